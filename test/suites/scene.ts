import { keepLabel, kinds as volsyncKinds } from '@kubectl-dr/core/engines/volsync/kinds';
import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { type KubeObject, types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { meaningOf, meantKinds } from './meaning.ts';
import { MixedSites, type Site } from './mixed-sites.ts';
import type { OpenGround } from './site-ground.ts';

export const sites = ['east', 'west'] as const;

/** How the data comes from one cluster to the other: VolSync copies it, Velero backs it up where both read it, or a volume each. */
export type Holding = 'volsync' | 'velero' | 'both';

/** Everything of both sites that a move or a drill is about. */
export interface SceneState {
  /** By cluster; `silent` of one that was left out. */
  meant: Record<Site, unknown>;
  pods: Record<Site, number | string>;
  rows: Record<Site, Record<string, string | undefined> | string>;
  /** What a drill makes, and what is kept of copies. */
  besides: unknown;
  /** Ends of copies that are paused. */
  resting: string[];
}

/** Clusters that do not answer the product; their workloads go on. */
class Lost {
  readonly #sites: MixedSites;
  readonly #names = new Set<Site>();

  constructor(mixed: MixedSites) {
    this.#sites = mixed;
  }

  has(site: Site): boolean {
    return this.#names.has(site);
  }

  add(site: Site): void {
    this.#names.add(site);
    this.#sites.lost.add(site);
  }

  delete(site: Site): void {
    this.#names.delete(site);
    this.#sites.lost.delete(site);
  }
}

/** The shop on `east`, of which a process may die that moves it to `west`, or a cluster. Time stands still unless somebody waits. */
export class Scene {
  readonly lost: Lost;
  /** Moments in which a copy ran on each side. */
  readonly twoActive: string[] = [];
  readonly sites: MixedSites;
  readonly #by: Holding;
  #points = 0;

  private constructor(mixed: MixedSites, by: Holding) {
    this.sites = mixed;
    this.lost = new Lost(mixed);
    this.#by = by;
  }

  static async open(open: OpenGround, by: Holding, there?: string): Promise<Scene> {
    const scene = new Scene(await MixedSites.open(open, there), by);
    const { sites: mixed } = scene;
    if (by === 'volsync') {
      const east = mixed.client('east');
      const deployment = { type: types.deployments, namespace: 'shop', name: 'web' };
      await east.patch(deployment, 'merge', { spec: { template: { spec: { volumes: null } } } });
      await east.delete({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'uploads' });
    }
    if (by === 'velero') {
      const [east, west] = [mixed.client('east'), mixed.client('west')];
      for (const { metadata } of (await east.list(volsyncKinds.sources, { namespace: 'shop' })).items)
        await east.delete({ type: volsyncKinds.sources, namespace: 'shop', name: metadata.name });
      const namespace = mixed.pair.namespaces.west;
      for (const { metadata } of (await west.list(volsyncKinds.destinations, { namespace })).items)
        await west.delete({ type: volsyncKinds.destinations, namespace, name: metadata.name });
      const shop = { type: types.namespaces, name: namespace };
      await west.delete(shop);
      const isGone = () =>
        west.get(shop).then(
          () => false,
          () => true,
        );
      await mixed.pair.until(isGone, 'the namespace of the standby goes', 900_000);
    }
    await mixed.pass(30_000);
    return scene;
  }

  /** As a process of its own sees both. `through`: what lies between it and a cluster. */
  service(holder = 'me', through?: (cluster: ClusterClient) => ClusterClient): DrService {
    return this.sites.pair.service(holder, through);
  }

  /** A backup that has arrived at the other cluster. `whole`: with every volume, whoever else copies it. */
  async backUp(site: Site, whole = false): Promise<void> {
    if (this.#by === 'both' && !whole) return this.sites.backUp(site);
    this.#points += 1;
    const volumes = whole || this.#by === 'velero' ? { snapshotMoveData: true } : { snapshotVolumes: false };
    const metadata = { name: `${site}-all-${this.#points}`, namespace: 'velero' };
    const spec = { includedNamespaces: [this.sites.pair.namespaces[site]], ...volumes };
    await createAll(this.sites.client(site), [{ apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec }]);
    await this.sites.pass(150_000);
  }

  /** Both files of both volumes, or that of the one. */
  async write(site: Site, text: string): Promise<void> {
    await this.sites.write(site, 'orders-db', `orders ${text}`);
    if (this.#by !== 'volsync') await this.sites.write(site, 'web', `uploads ${text}`);
  }

  /** Time passes until it has ended, and somebody looks on. */
  async during<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.sites;
    let over = false;
    const ended = work.finally(() => (over = true));
    ended.catch(() => undefined);
    while (!over) {
      await this.sites.pass(Math.min(5_000, Math.max(500, clock.untilNext)));
      const [east, west] = [await this.#runningPods('east'), await this.#runningPods('west')];
      if (east.length > 0 && west.length > 0) this.twoActive.push(`${[...east, ...west].join()} at ${clock.now().toISOString()}`);
    }
    return ended;
  }

  async #runningPods(site: Site): Promise<string[]> {
    const { items } = await this.sites.client(site).list(types.pods, { namespace: this.sites.pair.namespaces[site] });
    return items
      .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && (status as { phase?: string }).phase === 'Running')
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === 'shop')
      .map(({ metadata }) => `${site}/${metadata.name}`);
  }

  /** When nothing happens any more. `silent`: clusters of which nothing is told. */
  async state(silent: readonly Site[] = []): Promise<SceneState> {
    await this.sites.pass(60_000);
    const at = async <T>(site: Site, of: () => Promise<T>): Promise<T | 'silent'> => (silent.includes(site) ? 'silent' : of());
    const both = async <T>(of: (site: Site) => Promise<T>): Promise<Record<Site, T | 'silent'>> => ({
      east: await at('east', () => of('east')),
      west: await at('west', () => of('west')),
    });
    const { replications } = await this.service().fleet({ applications: [] });
    const state: SceneState = {
      meant: await both((site) => this.#meant(site)),
      pods: await both(async (site) => (await this.#runningPods(site)).length),
      rows: await both(async (site) => ({
        'orders-db': await this.#rowsOf(site, 'orders-db'),
        web: await this.#rowsOf(site, 'web'),
      })),
      besides: await both((site) => this.#besides(site)),
      resting: replications.flatMap(({ paused, cluster, role }) => (paused ? [`${cluster} ${role}`] : [])).toSorted(),
    };
    // Snapshots have names of their own in each scene, and last backups the time of when they are made, and which attempt it was.
    const text = JSON.stringify(state)
      .replaceAll(/"velero-(data-orders-db-0|uploads)-[a-z0-9]{5}"/g, '"velero-$1-NAME"')
      .replaceAll(/"(move-shop-[a-z-]+)-\d{14}(?:-\d+)?"/g, '"$1-TIME"');
    return JSON.parse(text) as SceneState;
  }

  async #rowsOf(site: Site, component: 'orders-db' | 'web'): Promise<string | undefined> {
    return this.sites.read(site, component).catch(() => undefined);
  }

  async #meant(site: Site): Promise<unknown> {
    const lists = await Promise.all(
      meantKinds.map((type) => this.sites.client(site).list(type, { namespace: this.sites.pair.namespaces[site] })),
    );
    return lists.map(({ items }) => items.map(meaningOf));
  }

  async #besides(site: Site): Promise<unknown> {
    const client = this.sites.client(site);
    const [namespaces, volumes, snapshots] = await Promise.all([
      client.list(types.namespaces),
      client.list(types.persistentVolumes),
      client.list(snapshotKinds.snapshots, { namespace: this.sites.pair.namespaces[site] }),
    ]);
    const of = ({ spec }: KubeObject) => (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace;
    return {
      namespaces: namespaces.items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kubectl-dr'),
      scratchVolumes: volumes.items
        .filter((volume) => of(volume) !== this.sites.pair.namespaces[site])
        .map(({ metadata }) => metadata.name),
      kept: snapshots.items.filter(({ metadata }) => metadata.labels?.[keepLabel] !== undefined).map(({ metadata }) => metadata.name),
    };
  }

  close(): Promise<void> {
    return this.sites.close();
  }
}
