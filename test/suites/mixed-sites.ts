import { textAt } from '@kubectl-dr/core/application/raw';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import { type KubeObject, types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { createSandbox } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { location } from '@kubectl-dr/sandbox/simulators/velero/install';
import { volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { type CopySite, copyBetween } from './copied.ts';
import { seenBy } from './seen-by.ts';
import { catalogOf, labelsOf, shop } from './shop.ts';
import { type StillTarget, memoryStage } from './still.ts';

export type Site = 'east' | 'west';
const sites = ['east', 'west'] as const;

interface Pair {
  clusters: Record<Site, CopySite>;
  idle(): Promise<void>;
  close(): void;
}

/** Two clusters on which time stands still, with Velero that reads what the other backs up, and without any application. */
const pairs: Record<StillTarget, (clock: FakeClock) => Promise<Pair>> = {
  async sandbox(clock) {
    const { clusters, idle, close } = await createSandbox({ story: false, clock, durations: instant });
    return { clusters, idle, close };
  },
  async memory(clock) {
    const buckets = new MemoryBuckets(['backups']);
    const open = async (name: Site): Promise<CopySite & { idle(): Promise<void>; close(): void }> => {
      const locations = [{ name: 'default', bucket: 'backups', prefix: name, isDefault: true }];
      const stage = await memoryStage({ name, clock, buckets, locations, velero: { moveData: true }, definitions: volsyncDefinitions() });
      const { cluster, durations, idle, close } = stage;
      return { client: cluster, stage, durations, idle, close };
    };
    const clusters = { east: await open('east'), west: await open('west') };
    return {
      clusters,
      async idle() {
        for (const name of sites) await clusters[name].idle();
      },
      close: () => sites.forEach((name) => clusters[name].close()),
    };
  },
};

const claims = { 'orders-db': 'data-orders-db-0', web: 'uploads' } as const;
type Component = keyof typeof claims;

/** The shop, whose web server keeps what was uploaded on a volume of its own. */
function mixedShop(): KubeObject[] {
  const uploads: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claims.web, namespace: 'shop', labels: labelsOf('shop', 'web') },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  };
  return shop('shop').flatMap((object) => {
    if (object.kind !== 'Deployment') return [object];
    const spec = structuredClone(object.spec) as { replicas: number; template: { spec: Record<string, unknown> } };
    spec.replicas = 1;
    spec.template.spec.volumes = [{ name: 'uploads', persistentVolumeClaim: { claimName: claims.web } }];
    return [uploads, { ...object, spec }];
  });
}

/**
 * The shop on `east`, whose database is copied to `west` by VolSync every minute, and whose web server is backed up by Velero; each cluster
 * reads the backups of the other. Time stands still unless somebody waits.
 */
export class MixedSites {
  readonly clock = new FakeClock();
  /** Clusters that do not answer the product; their workloads go on. */
  readonly lost = new Set<Site>();
  /** `spec` of the DRPolicy of the shop. */
  policy: Record<string, unknown> | undefined;
  #pair!: Pair;
  #points = 0;

  static async open(target: StillTarget): Promise<MixedSites> {
    const mixed = new MixedSites();
    mixed.#pair = await pairs[target](mixed.clock);
    for (const name of sites) {
      const other = name === 'east' ? 'west' : 'east';
      const theirs = location({ name: other, bucket: 'backups', prefix: other, readOnly: true });
      await createAll(mixed.client(name), [{ ...theirs, spec: { ...(theirs.spec as object), backupSyncPeriod: '1m' } }]);
    }
    await createAll(mixed.client('east'), mixedShop());
    await mixed.pass(30_000);
    await copyBetween(mixed.#pair, 60_000);
    await mixed.pass(180_000);
    return mixed;
  }

  client(site: Site): CopySite['client'] {
    return this.#pair.clusters[site].client;
  }

  service(holder = 'me'): DrService {
    const clusters = sites.map((name) =>
      seenBy(this.client(name), {
        before: () => {
          if (this.lost.has(name)) throw new ServiceUnavailableError(`${name} does not answer`, { cluster: name });
        },
      }),
    );
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine, volsync],
      clock: this.clock,
      holder,
      catalog: { read: async () => ({ entities: catalogOf('shop', this.policy), problems: [] }) },
    });
  }

  /** A backup of the web server with its volume, and of what else runs, without volumes; arrived at the other cluster. */
  async backUp(site: Site): Promise<void> {
    this.#points += 1;
    const backup = (name: string, spec: Record<string, unknown>): KubeObject => ({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: `${site}-${name}-${this.#points}`, namespace: 'velero' },
      spec: { includedNamespaces: ['shop'], ...spec },
    });
    const web = { labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } }, snapshotMoveData: true };
    await createAll(this.client(site), [backup('web', web), backup('rest', { snapshotVolumes: false })]);
    await this.pass(150_000);
  }

  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 5_000) {
      await this.clock.advance(Math.min(left, 5_000));
      await this.#pair.idle();
    }
  }

  /** Time passes until it has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const ended = work.finally(() => (over = true));
    ended.catch(() => undefined);
    while (!over) {
      await this.clock.advance(500);
      await this.#pair.idle();
    }
    return ended;
  }

  async write(site: Site, component: Component, text: string): Promise<void> {
    this.#pair.clusters[site].stage.volumes.write(await this.#volume(site, component), { 'rows.txt': text });
  }

  async read(site: Site, component: Component): Promise<string | undefined> {
    return this.#pair.clusters[site].stage.volumes.read(await this.#volume(site, component))?.['rows.txt'];
  }

  async #volume(site: Site, component: Component): Promise<string> {
    const claim = await this.client(site).get({ type: types.persistentVolumeClaims, namespace: 'shop', name: claims[component] });
    return textAt(claim, 'spec', 'volumeName') ?? '';
  }

  /** Workloads there as `wanted/ready` replicas, by kind and name, each with how many there are of it. */
  async running(site: Site): Promise<Record<string, string>> {
    const lists = await Promise.all(
      [types.statefulSets, types.deployments].map((type) => this.client(site).list(type, { namespace: 'shop' })),
    );
    return Object.fromEntries(
      lists.flatMap(({ items }) =>
        items.map(({ metadata, spec, status }) => [
          metadata.name,
          `${(spec as { replicas?: number }).replicas ?? 1}/${(status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0}`,
        ]),
      ),
    );
  }

  close(): void {
    this.#pair.close();
  }
}
