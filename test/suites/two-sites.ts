import { engine } from '@kubectl-dr/core/engines/velero/index';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { refOf } from '@kubectl-dr/core/protection/replication';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createSandbox, type Sandbox } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { copyBetween } from './copied.ts';
import { seenBy } from './seen-by.ts';
import { catalogOf, shop } from './shop.ts';

/** The application `shop` on `east`, whose backups `west` can read and not write. What is lost is lost for the product alone: workloads go on. */
export class TwoSites {
  readonly sandbox: Sandbox;
  /** Clusters that do not answer the product. */
  readonly lost = new Set<string>();
  /** Of the DRPolicy `gold`. */
  policy: Record<string, unknown> | undefined;
  #points = 0;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  /** `copied`: the database is copied to `west` by VolSync, every minute. */
  static async open({ copied = false }: { copied?: boolean } = {}): Promise<TwoSites> {
    const sites = new TwoSites(await createSandbox({ story: false, durations: instant }));
    const { east, west } = sites.sandbox.clusters;
    await createAll(west.client, [
      {
        apiVersion: 'velero.io/v1',
        kind: 'BackupStorageLocation',
        metadata: { name: 'east', namespace: 'velero' },
        spec: { provider: 'aws', accessMode: 'ReadOnly', objectStorage: { bucket: 'backups', prefix: 'east' }, backupSyncPeriod: '1s' },
      },
    ]);
    await createAll(east.client, shop('shop'));
    await sites.running('east');
    if (copied) {
      await copyBetween(sites.sandbox, 60_000);
      await sites.received('west');
    }
    return sites;
  }

  /** What the copy at that cluster holds, by its engine: from when its data is. */
  async #held(cluster: 'east' | 'west'): Promise<string | undefined> {
    const { replications } = await this.service().fleet({ applications: [] });
    return replications.find((one) => one.cluster === cluster && one.role === 'target' && one.holds)?.capturedAt;
  }

  /** A sync whose data was captured from now on has arrived. */
  async received(cluster: 'east' | 'west', since = 0): Promise<void> {
    // Of the start of a sync, which is told in whole seconds, a target knows only what came a moment after.
    await eventually(
      async () => Date.parse((await this.#held(cluster)) ?? '') - 2_000 >= since,
      `a copy has arrived at ${cluster}`,
      150_000,
    );
  }

  /** Both, as they answer the product. `through`: what lies between it and a cluster. */
  clusters(through: (cluster: ClusterClient) => ClusterClient = (cluster) => cluster): ClusterClient[] {
    return Object.values(this.sandbox.clusters).map(({ client, name }) =>
      through(
        seenBy(client, {
          before: () => {
            if (this.lost.has(name)) throw new ServiceUnavailableError(`${name} does not answer`, { cluster: name });
          },
        }),
      ),
    );
  }

  /** As a process of its own sees both. `through`: what lies between it and a cluster. */
  service(holder = 'me', through: (cluster: ClusterClient) => ClusterClient = (cluster) => cluster): DrService {
    const clusters = this.clusters(through);
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine, volsync],
      clock: systemClock,
      holder,
      catalog: { read: async () => ({ entities: catalogOf('shop', this.policy), problems: [] }) },
    });
  }

  /** A point of `shop` that has arrived at `west`. Its name. */
  async capture(spec: Record<string, unknown> = { snapshotMoveData: true }): Promise<string> {
    this.#points += 1;
    const name = `shop-p${this.#points}`;
    await createAll(this.sandbox.clusters.east.client, [
      {
        apiVersion: 'velero.io/v1',
        kind: 'Backup',
        metadata: { name, namespace: 'velero' },
        spec: { includedNamespaces: ['shop'], ...spec },
      },
    ]);
    const { west } = this.sandbox.clusters;
    const arrived = async (): Promise<boolean> =>
      (await west.client.list(kinds.backups, { namespace: 'velero' })).items.some(({ metadata }) => metadata.name === name);
    await eventually(arrived, `${name} has arrived at west`, 30_000);
    return name;
  }

  /** One more sync to `west`, now. */
  async synced(): Promise<void> {
    const { replications } = await this.service().fleet({ applications: [] });
    const of = (role: 'source' | 'target') => replications.filter((one) => one.role === role && !one.paused).map(refOf);
    const { east, west } = this.sandbox.clusters;
    const context = { clock: systemClock, namespace: 'shop' };
    const ends = { source: { ...context, cluster: east.client }, target: { ...context, cluster: west.client } };
    this.#points += 1;
    const request = { name: `sync-${this.#points}`, sources: of('source'), targets: of('target') };
    await eventually(async () => (await volsync.replicator!.sync(ends, request)).phase === 'Succeeded', 'one more sync', 60_000);
    await volsync.replicator!.endSync(ends, request);
  }

  /** Ends of copies that are paused, of clusters that answer. */
  async resting(): Promise<string[]> {
    const { replications } = await this.service().fleet({ applications: [] });
    return replications
      .filter(({ paused }) => paused)
      .map(({ cluster, role }) => `${cluster} ${role}`)
      .toSorted();
  }

  /** The lease of a dead process, which would run out in half a minute. */
  async giveBack(): Promise<void> {
    for (const { client } of Object.values(this.sandbox.clusters))
      for (const { metadata } of (await client.list(types.leases, { namespace: 'kubectl-dr' })).items)
        await client.patch({ type: types.leases, namespace: 'kubectl-dr', name: metadata.name }, 'merge', { spec: { holderIdentity: '' } });
  }

  write(cluster: 'east' | 'west', rows: string): void {
    this.sandbox.clusters[cluster].writeFiles('shop', 'data-orders-db-0', { 'orders.csv': rows });
  }

  rows(cluster: 'east' | 'west'): string | undefined {
    return this.sandbox.clusters[cluster].files('shop', 'data-orders-db-0')?.['orders.csv'];
  }

  /** Pods of `shop` that run there. */
  async pods(cluster: 'east' | 'west'): Promise<string[]> {
    const { items } = await this.sandbox.clusters[cluster].client.list(types.pods, { namespace: 'shop' });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
  }

  async running(cluster: 'east' | 'west'): Promise<void> {
    await eventually(
      async () => (await this.workloads(cluster)).every(({ spec, status }) => count(status, 'readyReplicas') === count(spec, 'replicas')),
      `shop runs on ${cluster}`,
      30_000,
    );
  }

  async workloads(cluster: 'east' | 'west'): Promise<KubeObject[]> {
    const { client } = this.sandbox.clusters[cluster];
    const list = async (type: ResourceType) => (await client.list(type, { namespace: 'shop' })).items;
    return [...(await list(types.statefulSets)), ...(await list(types.deployments))];
  }

  close(): void {
    this.sandbox.close();
  }
}

function count(of: unknown, field: string): number {
  return (of as Record<string, number> | undefined)?.[field] ?? 0;
}
