import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** Of the HTTPS door; a cluster is at `<url>/clusters/<name>`. */
  url: string;
  /** PEM. */
  ca: string;
  clusters: string[];
  /** Kubeconfig user -> bearer token. The first one is used by the contexts. Without any, no credential is sent. */
  users?: Record<string, string>;
  /** Default: the first cluster. */
  current?: string;
  /** Namespace of every context. */
  namespace?: string;
}

/** A kubeconfig as YAML: one context per cluster, called as the cluster. */
export function kubeconfig({ url, ca, clusters, users = {}, current, namespace }: KubeconfigOptions): string {
  const names = Object.keys(users);
  const user = names[0] ?? 'sandbox';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current ?? clusters[0] ?? '',
    clusters: clusters.map((name) => ({
      name,
      cluster: { server: `${url}/clusters/${name}`, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
    })),
    users: names.length === 0 ? [{ name: user, user: {} }] : Object.entries(users).map(([name, token]) => ({ name, user: { token } })),
    contexts: clusters.map((name) => ({ name, context: { cluster: name, user, ...(namespace === undefined ? {} : { namespace }) } })),
  });
}
