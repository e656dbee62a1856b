import { generateKeyPairSync } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Agent, request } from 'undici';
import { stringify } from 'yaml';
import { certificates } from '../../../packages/sandbox/src/doors/certificates.ts';
import type { Tool } from './build.ts';
import { freePort, startService } from './process.ts';
import type { Service } from './process.ts';

/** Users of the token file: token, name, groups. */
const users = {
  admin: { token: 'admin', groups: ['system:masters'] },
  guest: { token: 'guest', groups: ['visitors'] },
};

/** A running control plane, as plain data. */
export interface ControlPlane {
  name: string;
  url: string;
  /** One context, called as the cluster; users `admin` (of the context) and `guest`. */
  kubeconfig: string;
  /** The program, of the version of the server. */
  kubectl: string;
  /** Client address of its etcd. */
  etcd: string;
  /** Holds the process number of the API server, which is started again when it dies. */
  apiServerPidFile: string;
}

export interface RunningControlPlane {
  plane: ControlPlane;
  /** Ends every process and removes what they kept. */
  stop(): Promise<void>;
}

/**
 * etcd, API server (RBAC, tokens, the default admission) and the controllers, on free ports of this machine, with all they
 * keep in `folder`. Without nodes: whoever needs pods that run brings something that plays the kubelet.
 */
export async function startControlPlane(...options: Parameters<typeof startOnce>): Promise<RunningControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(...options);
    } catch (error) {
      // A port that was free a moment ago may be that of somebody's connection when it is wanted.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(
  name: string,
  programs: Record<Tool, string>,
  folder: string,
  volumes: 'simulated' | 'real',
): Promise<RunningControlPlane> {
  await mkdir(folder, { recursive: true });
  const file = (of: string): string => path.join(folder, of);
  const { ca } = await certificates(folder);
  const accounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(file('accounts.key'), accounts.privateKey, { mode: 0o600 });
  await writeFile(file('accounts.pub'), accounts.publicKey);
  const rows = Object.entries(users).map(([user, { token, groups }]) => `${token},${user},${user},"${groups.join(',')}"\n`);
  await writeFile(file('tokens.csv'), rows.join(''), { mode: 0o600 });

  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const etcd = `http://127.0.0.1:${client}`;
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = file('kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(name, url, ca), { mode: 0o600 });

  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (tool: Tool, flags: Record<string, string>, ready: () => Promise<boolean>, restart = false): Promise<Service> => {
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const service = await startService(tool, { folder, command: programs[tool], args, ready, restart });
    started.push(service);
    return service;
  };
  const authority = new Agent({ connect: { ca } });
  const answers = async (address: string): Promise<boolean> => {
    const headers = { authorization: `Bearer ${users.admin.token}` };
    const { statusCode, body } = await request(address, { dispatcher: authority, headers });
    await body.dump();
    return statusCode === 200;
  };
  try {
    const peers = `http://127.0.0.1:${peer}`;
    await start(
      'etcd',
      {
        name,
        'data-dir': file('etcd'),
        'listen-client-urls': etcd,
        'advertise-client-urls': etcd,
        'listen-peer-urls': peers,
        'initial-advertise-peer-urls': peers,
        'initial-cluster': `${name}=${peers}`,
        'log-level': 'warn',
        // Nothing here has to survive a power cut.
        'unsafe-no-fsync': 'true',
      },
      () => answers(`${etcd}/health`),
    );
    const server = await start(
      'kube-apiserver',
      {
        'etcd-servers': etcd,
        'bind-address': '127.0.0.1',
        // Else it looks for the address of the default route, which a machine without a network has not.
        'advertise-address': '127.0.0.1',
        'secure-port': String(port),
        'tls-cert-file': file('server.crt'),
        'tls-private-key-file': file('server.key'),
        'token-auth-file': file('tokens.csv'),
        'authorization-mode': 'RBAC',
        'service-account-issuer': url,
        'service-account-key-file': file('accounts.pub'),
        'service-account-signing-key-file': file('accounts.key'),
        'service-cluster-ip-range': '10.96.0.0/16',
        // Nothing reaches this server from inside a pod.
        'endpoint-reconciler-type': 'none',
        'allow-privileged': 'true',
      },
      () => answers(`${url}/readyz`),
      true,
    );
    await start(
      'kube-controller-manager',
      {
        kubeconfig,
        'root-ca-file': file('ca.crt'),
        'service-account-private-key-file': file('accounts.key'),
        'leader-elect': 'false',
        // By default so few that a namespace takes ten seconds to go, type by type.
        'kube-api-qps': '500',
        'kube-api-burst': '1000',
        'secure-port': '0',
        // Nodes here are objects without a kubelet, which the first two would take for dead; simulated volumes are made and
        // bound by the same simulator as in the sandbox.
        controllers: `*,-node-lifecycle-controller,-taint-eviction-controller${volumes === 'real' ? '' : ',-persistentvolume-binder-controller'}`,
      },
      // The first thing that its controllers make.
      () => answers(`${url}/api/v1/namespaces/default/serviceaccounts/default`),
    );
    return { plane: { name, url, kubeconfig, kubectl: programs.kubectl, etcd, apiServerPidFile: server.pidFile }, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await authority.close();
  }
}

function kubeconfigOf(name: string, server: string, ca: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: Object.entries(users).map(([user, { token }]) => ({ name: user, user: { token } })),
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
  });
}
