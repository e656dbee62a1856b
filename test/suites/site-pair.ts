import { numberAt, textAt } from '@kubectl-dr/core/application/raw';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { fencesLabel } from '@kubectl-dr/core/fencing/network-fence';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { refOf } from '@kubectl-dr/core/protection/replication';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { ClusterName } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import { find } from '@kubectl-dr/sandbox/simulators/find';
import { fenceController } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { location } from '@kubectl-dr/sandbox/simulators/velero/install';
import { copyBetween } from './copied.ts';
import { catalogOf, shop } from './shop.ts';
import { type OpenGround, type SiteGround, siteNames } from './site-ground.ts';

/** How the application comes from `east` to `west`. */
export interface PairShape {
  /** The application `shop` as it stands on `east`. Default: a database with its volume, and a web server. */
  objects?: readonly KubeObject[];
  /** VolSync copies the volume of the database so often, milliseconds. Default: not at all. */
  copied?: number;
  /** What the namespace of the shop is called on `west`. Default: the same. */
  there?: string;
  /** How often a cluster looks for backups of the other, as Velero takes it. Default: `1s`. */
  looks?: string;
  /** `east` reads the backups of `west` as well. */
  bothWays?: boolean;
  /** Of what takes longer than no time. */
  durations?: Partial<Durations>;
  /** Default: one that stands still unless somebody waits. */
  clock?: Clock;
}

const caller = { name: 'olivia' };
/** Of components that have a volume, and where they have one. */
export const claims = { 'orders-db': 'data-orders-db-0', web: 'uploads' } as const;
export type ClaimedComponent = keyof typeof claims;
const file = 'orders.csv';
/** Addresses of the nodes that a fence cuts off. */
const network = '192.0.2.0/24';

/** The application `shop` on `east`, and `west`, which can go on with it: what tests of moves between clusters stand on, on any ground. */
export class SitePair {
  readonly clock: Clock;
  readonly clusters: SiteGround['clusters'];
  /** What the namespace of the shop is called on each. */
  readonly namespaces: Record<ClusterName, string> = { east: 'shop', west: 'shop' };
  /** `spec` of the DRPolicy of the shop. */
  policy: Record<string, unknown> | undefined;
  /** What lies between a process and a cluster, unless it says so itself. */
  through: (cluster: ClusterClient) => ClusterClient = (cluster) => cluster;
  /** What has to be done besides what the clusters do, whenever time has passed. */
  meanwhile: () => Promise<void> = async () => undefined;
  /** Whether it is asked over a network, which takes its time. */
  readonly remote: boolean;
  readonly #ground: SiteGround;
  readonly #still: FakeClock | undefined;
  #points = 0;

  private constructor(clock: Clock, ground: SiteGround) {
    this.clock = clock;
    this.#still = clock instanceof FakeClock ? clock : undefined;
    this.#ground = ground;
    this.remote = ground.remote;
    this.clusters = ground.clusters;
  }

  static async open(open: OpenGround, shape: PairShape = {}): Promise<SitePair> {
    const { clock = new FakeClock(), copied, there = 'shop', looks = '1s', bothWays = false, durations = {} } = shape;
    const pair = new SitePair(clock, await open(clock));
    const { east, west } = pair.clusters;
    for (const site of [east, west]) Object.assign(site.durations, durations);
    await createAll(west.client, [reading('east', looks)]);
    if (bothWays) await createAll(east.client, [reading('west', looks)]);
    await createAll(east.client, shape.objects ?? shop('shop'));
    await pair.running('east');
    pair.namespaces.west = there;
    if (copied !== undefined) await copyBetween(pair.clusters, clock, copied, there);
    return pair;
  }

  /** Its clock, which has to be one that stands still. */
  get still(): FakeClock {
    if (!this.#still) throw new Error('time passes by itself here');
    return this.#still;
  }

  /** A storage that serves both clusters, and a fence for one of them that somebody prepared on the other. `behaviour`: how the storage fails. */
  async prepareFence(
    behaviour: { refuses?: string } = {},
    spec: Record<string, unknown> = {},
    labels: Record<string, string> = { [fencesLabel]: 'east' },
    of: ClusterName = 'east',
  ): Promise<void> {
    const on = this.clusters[of === 'east' ? 'west' : 'east'];
    await on.serve('fences');
    on.run([fenceController({ cluster: on.client, reached: { [network]: this.clusters[of].volumes }, behaviour })]);
    await createAll(on.client, [
      {
        apiVersion: 'csiaddons.openshift.io/v1alpha1',
        kind: 'NetworkFence',
        metadata: { name: of, labels },
        spec: { fenceState: 'Unfenced', networkFenceClassName: 'shared', cidrs: [network], ...spec },
      },
    ]);
    await this.settle();
  }

  /** Both, as a process reaches them. `through`: what lies between it and a cluster. */
  reached(through = this.through): ClusterClient[] {
    return siteNames.map((name) => through(this.clusters[name].reach()));
  }

  /** As a process of its own sees both. */
  service(holder = 'me', through?: (cluster: ClusterClient) => ClusterClient): DrService {
    const clusters = this.reached(through);
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine, volsync],
      clock: this.clock,
      holder,
      catalog: { read: async () => ({ entities: catalogOf('shop', this.policy), problems: [] }) },
    });
  }

  plan(request: Omit<PlanRequest, 'application'>, service = this.service()): Promise<Plan> {
    return this.during(service.plan({ application: 'shop', ...request }, caller));
  }

  /** Planned, nothing stands in the way, carried out, and it succeeds. */
  async moved(request: Omit<PlanRequest, 'application'>): Promise<{ plan: Plan; done: Operation }> {
    const plan = await this.plan(request);
    expect(plan.blockers).toEqual([]);
    const done = await this.carriedOut(plan);
    expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    return { plan, done };
  }

  carriedOut(plan: Plan): Promise<Operation> {
    return this.during(
      this.service()
        .execute(plan, caller)
        .then((operation) => operation.run()),
    );
  }

  /** A move that is taken back. */
  async takenBack({ id }: Operation): Promise<Operation> {
    const undone = await this.during(
      this.service()
        .undo(id, caller)
        .then((operation) => operation.run()),
    );
    expect(undone, undone.message).toMatchObject({ state: 'Undone' });
    return undone;
  }

  /** What is due when a cluster is back, by whoever looks. */
  released(): Promise<Operation[]> {
    return this.during(this.service().releaseExpired(caller));
  }

  /** Until nothing is due now. */
  async settle(): Promise<void> {
    await this.#ground.idle();
    await this.meanwhile();
  }

  /** Milliseconds pass, and everything happens that is due meanwhile. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now().getTime() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - this.clock.now().getTime()) await this.#step(Math.min(left, 5_000));
  }

  /** Time passes until it has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const ended = work.finally(() => (over = true));
    ended.catch(() => undefined);
    if (this.#still) while (!over) await this.#step(500);
    return ended;
  }

  /** Time passes until it is so. `within` milliseconds, or it fails. */
  async until(condition: () => Promise<boolean>, what: string, within = 150_000): Promise<void> {
    const end = this.clock.now().getTime() + within;
    await this.settle();
    while (!(await this.during(condition()))) {
      if (this.clock.now().getTime() > end) throw new Error(`within ${within / 1_000} s it did not happen that ${what}`);
      await this.#step(this.#still ? 500 : 20);
    }
  }

  async #step(milliseconds: number): Promise<void> {
    const still = this.#still;
    if (!still) return this.clock.sleep(milliseconds);
    await still.advance(this.remote ? Math.min(milliseconds, Math.max(1, still.untilNext)) : milliseconds);
    await this.settle();
  }

  /** A point of `shop` that has arrived at the other cluster: with `from: 'west'` at one that reads what is there (`bothWays`). Its name. */
  async capture(spec: Record<string, unknown> = { snapshotMoveData: true }, from: ClusterName = 'east'): Promise<string> {
    this.#points += 1;
    const name = `shop-p${this.#points}`;
    const metadata = { name, namespace: 'velero' };
    const to = from === 'east' ? 'west' : 'east';
    await createAll(this.clusters[from].client, [
      { apiVersion: 'velero.io/v1', kind: 'Backup', metadata, spec: { includedNamespaces: [this.namespaces[from]], ...spec } },
    ]);
    const { client } = this.clusters[to];
    await this.until(
      async () => (await find(client, { type: kinds.backups, namespace: 'velero', name })) !== undefined,
      `${name} arrives at ${to}`,
    );
    return name;
  }

  /** One more sync to `west`, now. */
  async synced(): Promise<void> {
    const replications = await this.#replications();
    const of = (role: 'source' | 'target') => replications.filter((one) => one.role === role && !one.paused).map(refOf);
    const end = (site: ClusterName) => ({ clock: this.clock, namespace: this.namespaces[site], cluster: this.clusters[site].client });
    const ends = { source: end('east'), target: end('west') };
    this.#points += 1;
    const request = { name: `sync-${this.#points}`, sources: of('source'), targets: of('target') };
    await this.until(async () => (await volsync.replicator!.sync(ends, request)).phase === 'Succeeded', 'it is synced once more');
    await volsync.replicator!.endSync(ends, request);
  }

  /** A sync whose data was captured from now on has arrived. */
  async received(site: ClusterName, since = 0): Promise<void> {
    const held = async (): Promise<number> => {
      const found = (await this.#replications()).find((one) => one.cluster === site && one.role === 'target' && one.holds);
      return Date.parse(found?.capturedAt ?? '');
    };
    // Of the start of a sync, which is told in whole seconds, a target knows only what came a moment after.
    await this.until(async () => (await held()) - 2_000 >= since, `a copy arrives at ${site}`);
  }

  /** Ends of copies that are paused, of clusters that answer. */
  async resting(): Promise<string[]> {
    return (await this.#replications())
      .filter(({ paused }) => paused)
      .map(({ cluster, role }) => `${cluster} ${role}`)
      .toSorted();
  }

  async #replications() {
    return (await this.during(this.service().fleet({ applications: [] }))).replications;
  }

  /** The lease of a dead process, which would run out in half a minute. */
  async giveBack(): Promise<void> {
    for (const { client } of Object.values(this.clusters))
      for (const { metadata } of (await client.list(types.leases, { namespace: 'kubectl-dr' })).items)
        await client.patch({ type: types.leases, namespace: 'kubectl-dr', name: metadata.name }, 'merge', { spec: { holderIdentity: '' } });
  }

  /** Instead of what the volume of the component holds. */
  async write(site: ClusterName, text: string, component: ClaimedComponent = 'orders-db'): Promise<void> {
    if (!(await this.change(site, () => text, component))) throw new Error(`${component} on ${site}: input/output error`);
  }

  /** What the volume of the component holds becomes something else. False: there is no volume, or its storage refuses. */
  async change(site: ClusterName, next: (before: string) => string, component: ClaimedComponent = 'orders-db'): Promise<boolean> {
    const { volumes } = this.clusters[site];
    const volume = await this.volumeOf(site, claims[component]);
    const before = volume === undefined ? undefined : volumes.read(volume);
    if (volume === undefined || before === undefined || volumes.fenced) return false;
    volumes.write(volume, { ...before, [file]: next(before[file] ?? '') });
    return true;
  }

  /** Undefined: there is no such volume. */
  async read(site: ClusterName, component: ClaimedComponent = 'orders-db', namespace = this.namespaces[site]): Promise<string | undefined> {
    const volume = await this.volumeOf(site, claims[component], namespace);
    return volume === undefined ? undefined : this.clusters[site].volumes.read(volume)?.[file];
  }

  /** Behind a claim; undefined while it has none. */
  async volumeOf(site: ClusterName, name: string, namespace = this.namespaces[site]): Promise<string | undefined> {
    return textAt(await find(this.clusters[site].client, { type: types.persistentVolumeClaims, namespace, name }), 'spec', 'volumeName');
  }

  /** Pods of `shop` there that somebody could use. */
  async pods(site: ClusterName): Promise<string[]> {
    const { client, powered } = this.clusters[site];
    if (!powered) return [];
    const { items } = await client.list(types.pods, { namespace: this.namespaces[site] });
    return items
      .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && textAt(status, 'phase') === 'Running')
      .map(({ metadata }) => metadata.name);
  }

  async workloads(site: ClusterName): Promise<KubeObject[]> {
    const lists = await Promise.all(
      [types.statefulSets, types.deployments].map((type) => this.clusters[site].client.list(type, { namespace: this.namespaces[site] })),
    );
    return lists.flatMap(({ items }) => items);
  }

  /** All of it that is meant to run there is ready. */
  async running(site: ClusterName): Promise<void> {
    const ready = (workload: KubeObject): boolean =>
      (numberAt(workload, 'status', 'readyReplicas') ?? 0) === (numberAt(workload, 'spec', 'replicas') ?? 1);
    await this.until(async () => (await this.workloads(site)).every(ready), `shop runs on ${site}`, 60_000);
  }

  close(): Promise<void> {
    return this.#ground.close();
  }
}

function reading(from: ClusterName, period: string): KubeObject {
  const shared = location({ name: from, bucket: 'backups', prefix: from, readOnly: true });
  return { ...shared, spec: { ...(shared.spec as object), backupSyncPeriod: period } };
}
