import { InputError } from '@kubectl-dr/core/errors';
import { nearest } from '@kubectl-dr/core/text/nearest';
import type { KubeConfigFile, NamedCluster, NamedUser } from './model.ts';

/** Flags that override parts of a context, as in kubectl. */
export interface ContextOverrides {
  context?: string;
  cluster?: string;
  user?: string;
  server?: string;
  token?: string;
  namespace?: string;
  certificateAuthority?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  impersonate?: { user?: string; groups?: string[]; uid?: string };
}

/** Everything needed to talk to one API server. */
export interface ClusterConfig {
  /** The context's name: what people call the cluster. */
  name: string;
  cluster: NamedCluster;
  user: NamedUser;
  /** Where it comes from a kubeconfig: what `kubectl --context` takes. */
  context?: string;
  /** Of the context; not `default`, so that a caller can tell. */
  namespace?: string;
}

export function resolveContext(config: KubeConfigFile, overrides: ContextOverrides = {}): ClusterConfig {
  const name = overrides.context ?? config.currentContext;
  const context = name === undefined ? undefined : config.contexts.get(name);
  if (name !== undefined && !context) throw unknown('context', name, [...config.contexts.keys()], config);
  if (!context && overrides.server === undefined && overrides.cluster === undefined) {
    throw new InputError(config.files.length === 0 ? 'there is no kubeconfig' : `no current context is set in ${config.files.join(', ')}`, {
      code: 'BAD_CONFIG',
      hint:
        config.contexts.size > 0
          ? `choose one with --context: ${[...config.contexts.keys()].slice(0, 5).join(', ')}`
          : 'set KUBECONFIG, or try: kubectl dr sandbox',
    });
  }
  const clusterName = overrides.cluster ?? context?.cluster;
  const userName = overrides.user ?? context?.user;
  const cluster = clusterName === undefined ? undefined : config.clusters.get(clusterName);
  if (!cluster && overrides.server === undefined) throw unknown('cluster', String(clusterName), [...config.clusters.keys()], config);
  const user = userName === undefined || userName === '' ? undefined : config.users.get(userName);
  if (!user && userName) throw unknown('user', userName, [...config.users.keys()], config);
  const resolved: ClusterConfig = {
    name: name ?? clusterName ?? overrides.server!,
    cluster: { name: clusterName ?? 'server', server: '', ...cluster },
    user: { name: userName ?? 'anonymous', ...user },
    ...(context && config.files.length > 0 ? { context: context.name } : {}),
  };
  if (overrides.server !== undefined) resolved.cluster.server = overrides.server;
  if (overrides.certificateAuthority !== undefined) {
    resolved.cluster.caFile = overrides.certificateAuthority;
    delete resolved.cluster.caData;
  }
  if (overrides.insecureSkipTlsVerify) resolved.cluster.insecureSkipTlsVerify = true;
  if (overrides.tlsServerName !== undefined) resolved.cluster.tlsServerName = overrides.tlsServerName;
  if (overrides.token !== undefined) resolved.user = { name: resolved.user.name, token: overrides.token };
  if (overrides.impersonate) resolved.user.impersonate = { ...resolved.user.impersonate, ...overrides.impersonate };
  const { user: asUser, groups, uid } = resolved.user.impersonate ?? {};
  if (asUser === undefined && (groups !== undefined || uid !== undefined))
    throw new InputError('a group or uid can only be impersonated together with a user', {
      code: 'BAD_CONFIG',
      hint: 'add --as-user USER',
    });
  const namespace = overrides.namespace ?? context?.namespace;
  if (namespace !== undefined) resolved.namespace = namespace;
  if (!URL.canParse(resolved.cluster.server)) {
    throw new InputError(`the cluster "${resolved.cluster.name}" has no valid server address: "${resolved.cluster.server}"`, {
      code: 'BAD_CONFIG',
      hint: 'set clusters[].cluster.server to https://HOST:PORT, or --server',
    });
  }
  return resolved;
}

function unknown(kind: string, name: string, known: string[], config: KubeConfigFile): InputError {
  const guess = nearest(name, known);
  return new InputError(`the ${kind} "${name}" does not exist in ${config.files.join(', ') || 'the kubeconfig'}`, {
    code: 'BAD_CONFIG',
    hint: guess
      ? `did you mean "${guess}"?`
      : known.length > 0
        ? `there are: ${known.slice(0, 5).join(', ')}`
        : 'set KUBECONFIG, or try: kubectl dr sandbox',
  });
}
