import { engines } from '@kubectl-dr/core/engines/registry.generated';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Catalog, CatalogContents } from '@kubectl-dr/core/ports/catalog';
import { lookedAt } from '@kubectl-dr/core/service/look';
import { createDrService } from '@kubectl-dr/core/service/service';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { clustersOf } from './clusters.ts';
import { locate } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import type { Configuration } from './configuration.ts';
import type { Fleet, Host } from './context.ts';
import { flagList, flagText } from './flags.ts';
import type { Arguments } from './definition.ts';

/** The fleet of this command line: clusters by flags, configuration or kubeconfig; catalog; core's service over both. */
export async function connect(args: Arguments, host: Host, clock: Clock): Promise<Fleet & { close(): Promise<void> }> {
  const configuration = await readConfiguration(host.cwd, host.env);
  const { clusters, close, namespaces } = host.clusters
    ? { clusters: host.clusters, close: async () => undefined, namespaces: new Map<string, string>() }
    : await clustersOf(args, host, configuration, clock);
  const chosen = flagText(args, 'namespace');
  const watched =
    args.flags.watch === true
      ? await (await import('./watched-fleet.ts')).watchedFleet(clusters, watchedKinds(args), clock, host.signal)
      : undefined;
  const reader =
    watched?.reader ?? new ListReader(clusters, (cluster) => [chosen ?? namespaces.get(cluster)].filter((name) => name !== undefined));
  const catalog = await catalogOf(args, host, configuration);
  const service = createDrService({
    clusters,
    reader,
    engines,
    clock,
    holder: host.who,
    ...(configuration.tenancy ? { tenancy: configuration.tenancy } : {}),
    ...(configuration.namespace ? { namespace: configuration.namespace } : {}),
    ...(catalog ? { catalog } : {}),
  });
  return {
    clusters,
    reader,
    service,
    caller: async () => ({ name: await callerName(clusters, host) }),
    ...(watched && { changed: watched.changed }),
    close: async () => {
      watched?.close();
      await close();
    },
  };
}

/** What every look reads, and the record of restores for who asks for it. */
function watchedKinds({ positionals }: Arguments): ResourceType[] {
  const more = positionals.KIND === 'restores' ? engines.flatMap(({ restoreKinds = [] }) => restoreKinds) : [];
  return [...lookedAt(engines), ...more];
}

/** The catalog alone, without a cluster; undefined when none is named. */
export async function readCatalog(args: Arguments, host: Host): Promise<CatalogContents | undefined> {
  return (await catalogOf(args, host, await readConfiguration(host.cwd, host.env)))?.read(host.signal);
}

async function catalogOf(args: Arguments, host: Host, configuration: Configuration): Promise<Catalog | undefined> {
  // Only `policy` has a repeatable `-f`, and means the same by it.
  const locations =
    (flagList(args, 'catalog') ?? flagList(args, 'filename'))?.map((location) => locate(host.cwd, location)) ?? configuration.catalog;
  return locations && locations.length > 0 ? (await import('./catalog-files.ts')).catalogFromFiles(locations) : undefined;
}

/** Who a cluster takes us for; the local user where none answers. Only asked when something is planned or written. */
async function callerName(clusters: ClusterClient[], host: Host): Promise<string> {
  try {
    return (await Promise.any(clusters.map((cluster) => cluster.whoami({ signal: host.signal })))).username;
  } catch {
    host.signal.throwIfAborted();
    return host.who;
  }
}
