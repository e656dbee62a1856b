import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Files } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { TestRunner } from 'vitest';
import type { Ground, Standby } from './ground.ts';
import { catalogOf, labelsOf, shop } from './shop.ts';

/** Where a suite runs. */
export interface Worlds {
  /** How many worlds may be worked with at a time. */
  atOnce: number;
  /** Where there are too many cases, every how manieth is tried. */
  sample: number;
  open(): Promise<World>;
  /** Ends whatever is left. */
  close(): Promise<void>;
}

/** What worlds have besides. */
export interface WorldsOptions {
  /** A second cluster, that finds the backups of the first. */
  standby?: boolean;
}

/** Worlds on a cluster that other processes of this machine can work with. */
export interface LivingWorlds extends Worlds {
  /** A file. */
  kubeconfig: string;
  /** How many times faster leases run out and polls come round, for all processes. */
  haste: number;
}

/** A world of its own for each case of the `describe` around, made ready by `use`; the worlds are opened once. */
export function worldForEach(
  openWorlds: () => Promise<Worlds>,
  use: (world: World, skip: (why: string) => void) => void | Promise<void>,
): void {
  let worlds: Worlds;
  let world: World | undefined;
  beforeAll(async () => {
    worlds = await openWorlds();
  });
  beforeEach(async ({ skip }) => {
    world = await worlds.open();
    await use(world, skip);
  });
  afterEach(() => world?.close());
  afterAll(() => worlds?.close());
}

/** A process that works with the cluster. */
export interface Process {
  /** As leases name it. Default `me`. */
  holder?: string;
  /** As this process sees it, for cases in which it dies or calls fail. Default: as it is. */
  cluster?: ClusterClient;
  /** By how much its clock is ahead of the cluster's, milliseconds. */
  ahead?: number;
  /** Its clock goes as fast as what it waits for passes: for cases in which somebody's patience has to end. */
  impatient?: boolean;
  /** The standby, as this process sees it. Default: as it is. */
  standby?: ClusterClient | undefined;
}

export const orders: Files = { 'orders.csv': '1,apples\n2,pears\n' };

/** One application on a ground, alone in a namespace of its own name. */
export class World {
  /** Of the application and of its namespace. */
  readonly name: string;
  readonly ground: Ground;
  readonly cluster: ClusterClient;
  /** Takes away what the world left behind. */
  readonly close: () => Promise<void>;
  /** Whether a catalog names the parts. */
  catalogued = false;
  /** Of the application: `spec` of the DRPolicy `gold`, which only a catalog can name. */
  policy: Record<string, unknown> | undefined;
  /** What protects it. */
  engines: readonly Engine[] = [engine];
  #points = 0;

  private constructor(ground: Ground, name: string, close: () => Promise<void>) {
    this.ground = ground;
    this.close = close;
    this.name = name;
    this.cluster = ground.cluster;
  }

  /** Running, with orders on its disk. */
  static async open(ground: Ground, name: string, close: () => Promise<void>): Promise<World> {
    const world = new World(ground, name, close);
    await createAll(ground.cluster, shop(name));
    await ground.settle();
    await eventually(async () => (await world.readyReplicas()).every(Boolean), `${name} is running`, 60_000);
    await world.write(orders);
    return world;
  }

  service({
    holder = 'me',
    cluster = this.cluster,
    standby = this.ground.standby?.cluster,
    ahead = 0,
    impatient = false,
  }: Process = {}): DrService {
    const { clock, haste } = this.ground;
    const began = clock.now().getTime();
    const pace = impatient ? haste : 1;
    const clusters = [cluster, ...(standby ? [standby] : [])];
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: this.engines,
      clock: {
        now: () => new Date(began + (clock.now().getTime() - began) * pace + ahead),
        sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
      },
      holder,
      ...(this.catalogued && { catalog: { read: async () => ({ entities: catalogOf(this.name, this.policy), problems: [] }) } }),
    });
  }

  /** Of an object of the application's namespace, or without one. */
  ref(type: ResourceType, name: string): ObjectRef {
    return { type, name, ...(type.namespaced && { namespace: this.name }) };
  }

  get(type: ResourceType, name: string): Promise<KubeObject> {
    return this.cluster.get(this.ref(type, name));
  }

  change(type: ResourceType, name: string, patch: Record<string, unknown>): Promise<KubeObject> {
    return this.cluster.patch(this.ref(type, name), 'merge', patch);
  }

  create(object: KubeObject): Promise<void> {
    return createAll(this.cluster, [object]);
  }

  /** A ConfigMap `later` of a component, that no point of before holds. */
  addLater(component: string): Promise<void> {
    const metadata = { name: 'later', namespace: this.name, labels: labelsOf(this.name, component) };
    return this.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
  }

  async list(type: ResourceType): Promise<KubeObject[]> {
    return (await this.cluster.list(type, type.namespaced ? { namespace: this.name } : {})).items;
  }

  async names(type: ResourceType): Promise<string[]> {
    return (await this.list(type)).map(({ metadata }) => metadata.name).sort();
  }

  /**
   * A point of the whole namespace, that old. `spec` as a Backup has it. Its name. A case that wants what nobody here can capture is
   * skipped.
   */
  async capture(spec: Record<string, unknown> = {}, minutes = 12): Promise<string> {
    if (!this.ground.nodeAgent && (spec.snapshotMoveData === true || spec.defaultVolumesToFsBackup === true))
      TestRunner.getCurrentTest()?.context.skip('the node agent needs a kubelet, and none runs beside a real API server here');
    this.#points += 1;
    const name = `${this.name}-p${this.#points}`;
    await this.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name, namespace: 'velero' },
      spec: { includedNamespaces: [this.name], ...spec },
    });
    await this.ground.settle();
    const completed = async (): Promise<boolean> => {
      if ((await this.#phaseOf(name)) === 'Completed') return true;
      // Where time stands still, nobody else lets it pass.
      await this.ground.pass(100);
      return false;
    };
    await eventually(completed, `the backup ${name} is completed`, 60_000);
    if (minutes > 0) await this.ground.age(name, minutes);
    return name;
  }

  /** A point of one part that its engine makes as a plan asks it to. Its name. */
  async backUp(component = 'orders-db'): Promise<string> {
    // Points are named by the second.
    await this.ground.pass(1_000);
    const service = this.service();
    const plan = await service.plan({ intent: 'Backup', application: this.name, components: [component] }, { name: 'alice' });
    expect(plan.blockers).toEqual([]);
    const done = await (await service.execute(plan, { name: 'alice' })).run();
    expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    const [step] = plan.waves.flat();
    return step?.action.kind === 'engine.backup' ? step.action.request.name : '';
  }

  /** Every point of it is gone, made by whomever. */
  async forgetAll(): Promise<void> {
    const { items } = await this.cluster.list(kinds.backups, { namespace: 'velero' });
    const mine = items.filter(({ spec }) => (spec as { includedNamespaces?: string[] }).includedNamespaces?.includes(this.name));
    await Promise.all(mine.map(({ metadata }) => this.forget(metadata.name)));
  }

  /** The point is gone, with what it held. */
  async forget(point: string): Promise<void> {
    await this.cluster.delete({ type: kinds.backups, namespace: 'velero', name: point });
  }

  /** It has a second cluster in this world. */
  get standby(): Standby {
    const { standby } = this.ground;
    if (!standby) throw new Error('these worlds have no standby');
    return standby;
  }

  /** The standby has found the point in the bucket. */
  async arrived(point: string): Promise<void> {
    const found = async (): Promise<boolean> => {
      const { items } = await this.standby.cluster.list(kinds.backups, { namespace: 'velero' });
      if (items.some(({ metadata }) => metadata.name === point)) return true;
      await this.ground.pass(1_000);
      return false;
    };
    await eventually(found, `${point} has arrived at the standby`, 60_000);
  }

  async #phaseOf(backup: string): Promise<string> {
    const { status } = await this.cluster.get({ type: kinds.backups, namespace: 'velero', name: backup });
    const phase = (status as { phase?: string } | undefined)?.phase ?? '';
    if (/Failed/.test(phase)) throw new Error(`the backup ${backup} ended ${phase}: ${JSON.stringify(status)}`);
    return phase;
  }

  /** Name of the PersistentVolume that the orders are on now. */
  async volume(): Promise<string> {
    return ((await this.get(types.persistentVolumeClaims, 'data-orders-db-0')).spec as { volumeName?: string }).volumeName ?? '';
  }

  /** Those that are, or were, the orders' disk. */
  async volumes(): Promise<KubeObject[]> {
    const mine = ({ spec }: KubeObject): boolean => (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace === this.name;
    return (await this.list(types.persistentVolumes)).filter(mine);
  }

  async files(): Promise<Files | undefined> {
    return this.ground.read(await this.volume());
  }

  async write(files: Files): Promise<void> {
    await this.ground.write(await this.volume(), files);
  }

  async readyReplicas(): Promise<[database: boolean, web: boolean]> {
    const ready = async (type: ResourceType, name: string): Promise<boolean> => {
      const { spec, status } = (await this.get(type, name)) as { spec?: { replicas?: number }; status?: { readyReplicas?: number } };
      return (status?.readyReplicas ?? 0) === spec?.replicas;
    };
    return [await ready(types.statefulSets, 'orders-db'), await ready(types.deployments, 'web')];
  }
}
