import { spawn } from 'node:child_process';
import { AuthenticationError } from '@kubectl-dr/core/errors';
import type { ExecConfig, NamedCluster } from '../kubeconfig/model.ts';

export interface ExecCredential {
  token?: string;
  certificate?: string;
  key?: string;
  /** Milliseconds since the epoch; absent: for the life of this process. */
  expiresAt?: number;
}

/**
 * Runs a credential plugin (client.authentication.k8s.io). It may talk to the person: stdin and stderr are ours, unless
 * it says that it never does.
 */
export function runExecPlugin(config: ExecConfig, cluster: NamedCluster, signal?: AbortSignal): Promise<ExecCredential> {
  const interactive = config.interactiveMode !== 'Never' && Boolean(process.stdin.isTTY);
  const spec: Record<string, unknown> = { interactive };
  if (config.provideClusterInfo) {
    spec.cluster = {
      server: cluster.server,
      'certificate-authority-data': cluster.caData,
      'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify,
      'tls-server-name': cluster.tlsServerName,
    };
  }
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: config.apiVersion, kind: 'ExecCredential', spec }),
  };
  for (const { name, value } of config.env) env[name] = value;
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown): void =>
      reject(
        new AuthenticationError(`the credential plugin "${config.command}" of the kubeconfig ${why}`, {
          hint: config.installHint ?? `run it by hand to see why: ${[config.command, ...config.args].join(' ')}`,
          ...(cause === undefined ? {} : { cause }),
        }),
      );
    const child = spawn(config.command, config.args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', config.silent ? 'ignore' : 'inherit'],
      ...(signal ? { signal } : {}),
    });
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => (signal?.aborted ? reject(signal.reason) : refuse('could not be started', error)));
    child.once('close', (code) => {
      if (code !== 0) return refuse(`ended with exit code ${code}`);
      try {
        const { status } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
          status?: { token?: string; clientCertificateData?: string; clientKeyData?: string; expirationTimestamp?: string };
        };
        const expiresAt = Date.parse(status?.expirationTimestamp ?? '');
        if (!status?.token && !status?.clientCertificateData) return refuse('returned no credential');
        resolve({
          ...(status.token ? { token: status.token } : {}),
          ...(status.clientCertificateData && status.clientKeyData
            ? { certificate: status.clientCertificateData, key: status.clientKeyData }
            : {}),
          ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
        });
      } catch (error) {
        refuse('returned something that is not an ExecCredential', error);
      }
    });
  });
}
