import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** Of the HTTPS door; a cluster is at `<url>/clusters/<name>`. */
  url: string;
  /** PEM. */
  ca: string;
  /** The first one is current. */
  clusters: string[];
  /** Kubeconfig user -> bearer token. The contexts use the first. */
  users: Record<string, string>;
}

/** A kubeconfig as YAML: one context per cluster, called as the cluster. */
export function kubeconfig({ url, ca, clusters, users }: KubeconfigOptions): string {
  const data = Buffer.from(ca).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': clusters[0],
    clusters: clusters.map((name) => ({ name, cluster: { server: `${url}/clusters/${name}`, 'certificate-authority-data': data } })),
    users: Object.entries(users).map(([name, token]) => ({ name, user: { token } })),
    contexts: clusters.map((name) => ({ name, context: { cluster: name, user: Object.keys(users)[0] } })),
  });
}
