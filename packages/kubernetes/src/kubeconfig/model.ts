/** A kubeconfig, merged as kubectl merges it; only what a client needs. Secrets stay in memory. */
export interface NamedCluster {
  name: string;
  server: string;
  caData?: string;
  caFile?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  proxyUrl?: string;
}

export interface ExecConfig {
  apiVersion: string;
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint?: string;
  provideClusterInfo: boolean;
  interactiveMode: 'Never' | 'IfAvailable' | 'Always';
  /** What it says on stderr is not shown (not of the kubeconfig: who completes a word is told nothing). */
  silent?: boolean;
}

export interface NamedUser {
  name: string;
  token?: string;
  tokenFile?: string;
  certData?: string;
  certFile?: string;
  keyData?: string;
  keyFile?: string;
  username?: string;
  password?: string;
  exec?: ExecConfig;
  /** A legacy auth-provider block: handed to client-node as it is. */
  authProvider?: unknown;
  impersonate?: { user?: string; groups?: string[]; uid?: string };
}

export interface NamedContext {
  name: string;
  cluster: string;
  user: string;
  namespace?: string;
}

export interface KubeConfigFile {
  clusters: Map<string, NamedCluster>;
  users: Map<string, NamedUser>;
  contexts: Map<string, NamedContext>;
  currentContext?: string;
  /** Files that were read, in order. */
  files: string[];
}
