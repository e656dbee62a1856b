import { InputError } from '@kubectl-dr/core/errors';
import type { ClusterConfig } from '../kubeconfig/context.ts';
import type { authProviderHeader } from './client-node.ts';
import type { ExecCredential, runExecPlugin } from './exec.ts';

export interface TlsOptions {
  ca?: string | string[];
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

export interface Credentials {
  tls(): Promise<TlsOptions>;
  /** The Authorization header for a request made now; undefined for anonymous or certificate users. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Forgets what was cached, after the server refused it: `used` is the header that was sent. Of several requests that were
   * refused together only the first makes it forget. True when asking again may help.
   */
  refresh(used: string | undefined): boolean;
  /** When the client certificate expired, by the local clock; undefined where there is none or it has not. Asked after a refusal only. */
  expired(): Promise<Date | undefined>;
}

/** Tokens of a projected volume are renewed by the kubelet: read again after a minute. */
const tokenFileLife = 60_000;
/** A token that is about to end would end in the middle of a request. */
const expiryMargin = 10_000;

export function credentialsOf(config: ClusterConfig, now: () => number): Credentials {
  const { cluster, user } = config;
  let exec: Promise<ExecCredential> | undefined;
  let execUntil = Infinity;
  let fromFile: { token: string; until: number } | undefined;
  let provider: Promise<string | undefined> | undefined;
  let latest: string | undefined;

  const execCredential = (signal?: AbortSignal): Promise<ExecCredential> => {
    if (exec === undefined || now() > execUntil - expiryMargin) {
      execUntil = Infinity;
      // One run for all requests that wait for it.
      exec = runPlugin(user.exec!, cluster, signal).then((credential) => {
        execUntil = credential.expiresAt ?? Infinity;
        return credential;
      });
      exec.catch(() => (exec = undefined));
    }
    return exec;
  };

  const tls = async (): Promise<TlsOptions> => {
    const options: TlsOptions = {};
    const ca = await pem(cluster.caData, cluster.caFile, 'certificate authority');
    if (ca !== undefined) options.ca = ca;
    if (cluster.insecureSkipTlsVerify) options.rejectUnauthorized = false;
    if (cluster.tlsServerName !== undefined) options.servername = cluster.tlsServerName;
    let cert = await pem(user.certData, user.certFile, 'client certificate');
    let key = await pem(user.keyData, user.keyFile, 'client key');
    if (user.exec && cert === undefined) ({ certificate: cert, key } = await execCredential());
    if (cert !== undefined && key !== undefined) Object.assign(options, { cert, key });
    return options;
  };

  return {
    tls,
    async expired() {
      const { cert } = await tls();
      if (cert === undefined) return undefined;
      const { X509Certificate } = await import('node:crypto');
      const { validToDate } = new X509Certificate(cert);
      return validToDate.getTime() < now() ? validToDate : undefined;
    },
    async authorization(signal) {
      return (latest = await header(signal));
    },
    refresh(used) {
      if (used === latest) {
        latest = undefined;
        exec = undefined;
        fromFile = undefined;
        provider = undefined;
      }
      return [user.exec, user.tokenFile, user.authProvider].some((renewed) => renewed !== undefined);
    },
  };

  async function header(signal?: AbortSignal): Promise<string | undefined> {
    if (user.tokenFile !== undefined) {
      if (!fromFile || now() > fromFile.until)
        fromFile = { token: (await text(user.tokenFile, 'token')).trim(), until: now() + tokenFileLife };
      return `Bearer ${fromFile.token}`;
    }
    if (user.token !== undefined) return `Bearer ${user.token}`;
    if (user.username !== undefined) return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    if (user.exec) {
      const { token } = await execCredential(signal);
      return token === undefined ? undefined : `Bearer ${token}`;
    }
    if (user.authProvider !== undefined) return (provider ??= headerOfProvider(config));
    return undefined;
  }
}

// Most users carry a token or a certificate: what the others need is loaded for them only.
const runPlugin: typeof runExecPlugin = async (...args) => (await import('./exec.ts')).runExecPlugin(...args);
const headerOfProvider: typeof authProviderHeader = async (...args) => (await import('./client-node.ts')).authProviderHeader(...args);

async function pem(data: string | undefined, file: string | undefined, what: string): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : text(file, what);
}

async function text(file: string, what: string): Promise<string> {
  try {
    const { readFile } = await import('node:fs/promises');
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new InputError(`the ${what} ${file} of the kubeconfig cannot be read`, {
      code: 'BAD_CONFIG',
      cause,
      hint: 'correct the path, which is relative to the kubeconfig, or log in again',
    });
  }
}
