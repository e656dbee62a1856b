import path from 'node:path';
import { InputError } from '@kubectl-dr/core/errors';
import type { ExecConfig, KubeConfigFile, NamedCluster, NamedUser } from './model.ts';
import { plainYaml } from './plain-yaml.ts';

type Mapping = Record<string, unknown>;

const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** One file. Relative paths inside are relative to the file, as in kubectl. */
export async function parseKubeConfig(file: string, source: string): Promise<KubeConfigFile> {
  const root = plainYaml(source)?.value ?? (await anyYaml(file, source));
  if (root !== null && (typeof root !== 'object' || Array.isArray(root))) {
    throw new InputError(`the kubeconfig ${file} is not a kubeconfig: a mapping is expected at line 1`, {
      code: 'BAD_CONFIG',
      hint: 'name another with --kubeconfig or KUBECONFIG',
    });
  }
  const config = mapping(root);
  const resolve = (value: unknown): string | undefined => {
    const name = text(value);
    return name === undefined ? undefined : path.resolve(path.dirname(file), name);
  };
  const result: KubeConfigFile = { clusters: new Map(), users: new Map(), contexts: new Map(), files: [file] };
  const current = text(config['current-context']);
  if (current !== undefined) result.currentContext = current;
  for (const entry of list(config.clusters).map(mapping)) {
    const name = text(entry.name);
    if (name !== undefined && !result.clusters.has(name)) result.clusters.set(name, clusterOf(name, mapping(entry.cluster), resolve));
  }
  for (const entry of list(config.users).map(mapping)) {
    const name = text(entry.name);
    if (name !== undefined && !result.users.has(name)) result.users.set(name, userOf(name, mapping(entry.user), resolve));
  }
  for (const entry of list(config.contexts).map(mapping)) {
    const name = text(entry.name);
    const context = mapping(entry.context);
    if (name === undefined || result.contexts.has(name)) continue;
    const namespace = text(context.namespace);
    result.contexts.set(name, {
      name,
      cluster: text(context.cluster) ?? '',
      user: text(context.user) ?? '',
      ...(namespace ? { namespace } : {}),
    });
  }
  return result;
}

async function anyYaml(file: string, source: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const [error] = document.errors;
  if (!error) return document.toJS();
  throw new InputError(
    `the kubeconfig ${file} is not valid YAML at line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]!.replace(/ at line .*$/, '')}`,
    { code: 'BAD_CONFIG', hint: `correct the file, or name another with --kubeconfig` },
  );
}

/** Drops what is undefined, so that absent stays absent. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function clusterOf(name: string, raw: Mapping, resolve: (value: unknown) => string | undefined): NamedCluster {
  return present({
    name,
    server: text(raw.server) ?? '',
    caData: text(raw['certificate-authority-data']),
    caFile: resolve(raw['certificate-authority']),
    insecureSkipTlsVerify: raw['insecure-skip-tls-verify'] === true ? true : undefined,
    tlsServerName: text(raw['tls-server-name']),
    proxyUrl: text(raw['proxy-url']),
  }) as NamedCluster;
}

function userOf(name: string, raw: Mapping, resolve: (value: unknown) => string | undefined): NamedUser {
  const groups = list(raw['as-groups']).map(String);
  const impersonate = present({ user: text(raw.as), uid: text(raw['as-uid']), groups: groups.length > 0 ? groups : undefined });
  return present({
    name,
    token: text(raw.token),
    tokenFile: resolve(raw.tokenFile),
    certData: text(raw['client-certificate-data']),
    certFile: resolve(raw['client-certificate']),
    keyData: text(raw['client-key-data']),
    keyFile: resolve(raw['client-key']),
    username: text(raw.username),
    password: text(raw.password),
    exec: raw.exec === undefined ? undefined : execOf(mapping(raw.exec)),
    authProvider: raw['auth-provider'],
    impersonate: Object.keys(impersonate).length > 0 ? impersonate : undefined,
  }) as NamedUser;
}

function execOf(raw: Mapping): ExecConfig {
  const mode = raw.interactiveMode;
  return present({
    apiVersion: text(raw.apiVersion) ?? 'client.authentication.k8s.io/v1',
    command: text(raw.command) ?? '',
    args: list(raw.args).map(String),
    env: list(raw.env)
      .map(mapping)
      .map((entry) => ({ name: String(entry.name), value: String(entry.value) })),
    installHint: text(raw.installHint),
    provideClusterInfo: raw.provideClusterInfo === true,
    interactiveMode: mode === 'Never' || mode === 'Always' ? mode : 'IfAvailable',
  }) as ExecConfig;
}
