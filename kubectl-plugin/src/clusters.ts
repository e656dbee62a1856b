import { InputError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { configuredCluster } from '@kubectl-dr/kubernetes/configured';
import type { HttpClusterOptions } from '@kubectl-dr/kubernetes/http-cluster';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { ClusterConfig, ContextOverrides } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import type { Configuration } from './configuration.ts';
import type { Host } from './context.ts';
import { flagList, flagText, resolvePath } from './flags.ts';
import type { Arguments } from './definition.ts';
import { timeoutOf } from './request-timeout.ts';

/** The clusters of this command line. Nothing is connected yet. */
export async function clustersOf(
  args: Arguments,
  host: Host,
  configuration: Configuration,
  clock: Clock,
): Promise<{
  clusters: ClusterClient[];
  /** Those of the contexts, by cluster. */
  namespaces: ReadonlyMap<string, string>;
  close(): Promise<void>;
}> {
  const requestTimeout = timeoutOf(flagText(args, 'request-timeout'));
  const trace = typeof args.flags.v === 'number' && args.flags.v >= 6 ? await tracing(args.flags.v, host) : undefined;
  const configs = await fleetOf(args, host, configuration);
  const clusters = configs.map(
    (config) =>
      new HttpCluster({
        config: host.silent ? silenced(config) : config,
        clock,
        env: host.env,
        ...(requestTimeout === undefined ? {} : { requestTimeout }),
        ...(trace ? { trace } : {}),
      }),
  );
  return {
    clusters,
    namespaces: new Map(configs.flatMap(({ name, namespace }) => (namespace === undefined ? [] : [[name, namespace]]))),
    close: async () => {
      await Promise.all(clusters.map((cluster) => cluster.close()));
    },
  };
}

/**
 * Which clusters make up the fleet, nearest word first:
 * 1. `--contexts a,b`, or KUBECTL_DR_CONTEXTS;
 * 2. `--context`, `--cluster`, `--user`, `--server`: a fleet of one, as kubectl would choose it;
 * 3. `dr.clusters` of the configuration. A kubeconfig named by `--kubeconfig` or KUBECONFIG is nearer than a file: then
 *    only those of its contexts that the configuration names, where there are any;
 * 4. the current context.
 */
async function fleetOf(args: Arguments, host: Host, configuration: Configuration): Promise<ClusterConfig[]> {
  const overrides = overridesOf(args, host);
  const named = flagText(args, 'kubeconfig');
  const file = named === undefined ? {} : { file: resolvePath(host, named) };
  const contexts = flagText(args, 'contexts')?.split(',').filter(Boolean) ?? configuration.contexts;
  if (contexts !== undefined && contexts.length > 0) {
    const config = await loadKubeConfig({ env: host.env, ...file });
    return [...new Set(contexts)].map((context) => resolveContext(config, { ...overrides, context }));
  }
  const definitions = configuration.clusters ?? [];
  const one = ['context', 'cluster', 'user', 'server'].some((flag) => flagText(args, flag) !== undefined);
  const kubeconfigIsNearer = named !== undefined || Boolean(host.env.KUBECONFIG);
  if (one || kubeconfigIsNearer || definitions.length === 0) {
    const config = await loadKubeConfig({ env: host.env, ...file });
    const known = one ? [] : definitions.filter(({ name, context = name }) => config.contexts.has(context));
    return known.length === 0
      ? [resolveContext(config, overrides)]
      : known.map(({ name, context = name }) => ({ ...resolveContext(config, { ...overrides, context }), name }));
  }
  const repeated = definitions.find(({ name }, index) => definitions.findIndex((other) => other.name === name) < index);
  if (repeated)
    throw new InputError(`${repeated.where} repeats the name "${repeated.name}"`, {
      code: 'BAD_CONFIG',
      hint: 'give each cluster a name of its own',
    });
  const surroundings = { env: host.env, directory: host.cwd };
  return Promise.all(
    definitions.map((definition) => configuredCluster(definition, { ...surroundings, where: definition.where }, overrides)),
  );
}

function overridesOf(args: Arguments, host: Host): ContextOverrides {
  const user = flagText(args, 'as-user');
  const groups = flagList(args, 'as-group');
  const uid = flagText(args, 'as-uid');
  const authority = flagText(args, 'certificate-authority');
  const present = {
    context: flagText(args, 'context'),
    cluster: flagText(args, 'cluster'),
    user: flagText(args, 'user'),
    server: flagText(args, 'server'),
    token: flagText(args, 'token'),
    certificateAuthority: authority === undefined ? undefined : resolvePath(host, authority),
    tlsServerName: flagText(args, 'tls-server-name'),
    insecureSkipTlsVerify: args.flags['insecure-skip-tls-verify'] === true ? true : undefined,
    impersonate:
      user === undefined && groups === undefined && uid === undefined
        ? undefined
        : { ...(user === undefined ? {} : { user }), ...(groups ? { groups } : {}), ...(uid === undefined ? {} : { uid }) },
  };
  return Object.fromEntries(Object.entries(present).filter(([, value]) => value !== undefined)) as ContextOverrides;
}

async function tracing(level: number, host: Host): Promise<HttpClusterOptions['trace']> {
  const { traceText } = await import('@kubectl-dr/kubernetes/http/trace');
  return (traced) => host.output.err(traceText(level, traced));
}

function silenced(config: ClusterConfig): ClusterConfig {
  const { exec } = config.user;
  return exec ? { ...config, user: { ...config.user, exec: { ...exec, interactiveMode: 'Never', silent: true } } } : config;
}
