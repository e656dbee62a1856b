import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { ServiceUnavailableError, ConflictError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { comparable } from '@kubectl-dr/core/planning/diff/comparable';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import { marksOf } from '@kubectl-dr/core/planning/diff/marks';
import { RollBackWorld } from './roll-back-world.ts';

const caller = { name: 'alice' };
/** Every how manieth place is tried: KILL_EVERY=1 for all of them. */
const every = Number(process.env.KILL_EVERY ?? 9);
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

class Killed extends Error {}

const writes = new Set(['create', 'replace', 'patch', 'delete']);
const reads = new Set(['get', 'list', 'discover', 'now', 'identity', 'version', 'download', 'raw', 'whoami']);

interface Hooks {
  before?(call: string, verb: string): void;
  after?(call: string, verb: string): void;
}

/** The cluster as a process sees it that dies, or whose calls fail. */
function seenBy(cluster: ClusterClient, hooks: Hooks): ClusterClient {
  return new Proxy(cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      if (!writes.has(property) && !reads.has(property)) return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const [about] = args as [{ resource?: string; type?: { resource: string } }?];
        const call = `${property} ${about?.type?.resource ?? about?.resource ?? ''}`;
        hooks.before?.(call, property);
        const result: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        hooks.after?.(call, property);
        return result;
      };
    },
  });
}

async function prepared(spec: Record<string, unknown>): Promise<RollBackWorld> {
  const world = await RollBackWorld.open();
  await world.velero.backup('before', { includedNamespaces: ['shop'], ...spec });
  await world.pass(12);
  world.write(corrupt);
  const { cluster } = world.velero.stage;
  await cluster.patch({ type: types.secrets, namespace: 'shop', name: 'orders-db' }, 'merge', { data: { password: 'bmV3' } });
  await cluster.patch({ type: types.statefulSets, namespace: 'shop', name: 'orders-db' }, 'merge', {
    metadata: { labels: { team: 'new' } },
  });
  await cluster.create(types.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'later', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'orders-db', 'app.kubernetes.io/part-of': 'shop' } },
    data: {},
  });
  await world.velero.stage.idle();
  return world;
}

/** Everything of the namespace that somebody meant, and what is on the disk. */
async function stateOf(world: RollBackWorld): Promise<unknown> {
  await world.velero.stage.idle();
  const { cluster } = world.velero.stage;
  const kinds = [types.secrets, types.configMaps, types.statefulSets, types.deployments, types.persistentVolumeClaims];
  const lists = await Promise.all(kinds.map((type) => cluster.list(type, { namespace: 'shop' })));
  const meant = (object: KubeObject): unknown => {
    const { spec, metadata, data } = comparable(object, marksOf(velero));
    const { labels, annotations } = metadata as KubeObject['metadata'];
    const { dataSource: _, dataSourceRef: __, ...rest } = (spec ?? {}) as Record<string, unknown>;
    return { name: object.metadata.name, labels, annotations, spec: rest, data };
  };
  const volumes = (await cluster.list(types.persistentVolumes)).items.map(
    ({ spec }) => (spec as Record<string, unknown>).persistentVolumeReclaimPolicy,
  );
  return { objects: lists.map(({ items }) => items.map(meant)), files: await world.files(), volumes: volumes.map(String).toSorted() };
}

async function begin(world: RollBackWorld, cluster: ClusterClient, signal?: AbortSignal) {
  const service = world.service('first', cluster);
  const plan = await world
    .service()
    .plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'inPlace', prune: true }, caller);
  expect(plan.blockers).toEqual([]);
  return service.execute(plan, caller, { operationId: 'restore-shop-1', ...(signal && { signal }) });
}

const methods: [string, Record<string, unknown>][] = [
  ['a CSI snapshot', {}],
  ['a data mover', { snapshotMoveData: true }],
  ['a file system backup', { defaultVolumesToFsBackup: true }],
];

describe.each(methods)('a roll-back by %s, killed at a write', (_, spec) => {
  it('ends after resume as if it had never been killed, and undone as if it had never been begun', async () => {
    const whole = await prepared(spec);
    const before = await stateOf(whole);
    let total = 0;
    const counted = seenBy(whole.velero.stage.cluster, { before: (__, verb) => void (writes.has(verb) && (total += 1)) });
    const started = await begin(whole, counted);
    const setUp = total;
    expect(await started.run()).toMatchObject({ state: 'Succeeded' });
    const during = total - setUp;
    const wanted = await stateOf(whole);
    expect(await whole.files()).toEqual(good);
    total = 0;
    expect(await (await whole.service('second', counted).undo('restore-shop-1', caller)).run()).toMatchObject({ state: 'Undone' });
    const undoing = total;
    expect(await stateOf(whole)).toEqual(before);
    whole.close();

    let tried = 0;
    for (const when of ['before', 'after'] as const) {
      for (let death = when === 'before' ? 0 : Math.floor(every / 2); death < during; death += every) {
        tried += 1;
        const world = await prepared(spec);
        await dieAt(world, when, death);
        const ended = await resumed(world);
        expect(ended, `${when} write ${death}`).toMatchObject({ state: 'Succeeded' });
        expect(await stateOf(world), `${when} write ${death}`).toEqual(wanted);
        world.close();
        const other = await prepared(spec);
        await dieAt(other, when, death);
        // Whoever dies in the very last write has ended already.
        if ((await other.service().operation('restore-shop-1')).state !== 'Succeeded')
          await other.service('second').cancel('restore-shop-1', caller);
        const undone = await (await other.service('second').undo('restore-shop-1', caller)).run();
        expect(undone, `undo, killed ${when} write ${death}`).toMatchObject({ state: 'Undone' });
        expect(await stateOf(other), `undo, killed ${when} write ${death}`).toEqual(before);
        other.close();
      }
      for (let death = when === 'before' ? 2 : 2 + Math.floor(every / 2); death < undoing; death += every) {
        tried += 1;
        const world = await prepared(spec);
        await (await begin(world, world.velero.stage.cluster)).run();
        await dieAt(world, when, death, true);
        const { undo } = await world.service().operation('restore-shop-1');
        // Who died before it was written down that an undo was asked for has asked for nothing.
        const undone = undo ? await resumed(world) : await (await world.service('third').undo('restore-shop-1', caller)).run();
        expect(undone, `undo killed ${when} write ${death}`).toMatchObject({ state: 'Undone' });
        expect(await stateOf(world), `undo killed ${when} write ${death}`).toEqual(before);
        world.close();
      }
    }
    expect(tried).toBeGreaterThan(5);
  }, 600_000);
});

/** Continued by another process, unless it had ended. */
async function resumed(world: RollBackWorld) {
  const found = await world.service().operation('restore-shop-1');
  if (found.state === 'Undone' || (found.state === 'Succeeded' && !found.undo)) return found;
  return (await world.service('second').resume('restore-shop-1', caller)).run();
}

/** From its nth write on, the process can do nothing more. */
async function dieAt(world: RollBackWorld, when: 'before' | 'after', nth: number, undo = false): Promise<void> {
  let count = 0;
  let dead = false;
  let armed = undo;
  const process = new AbortController();
  const die = (verb: string): void => {
    if (dead) throw new Killed();
    if (!armed || !writes.has(verb)) return;
    if (count === nth) {
      dead = true;
      process.abort(new Killed());
      throw new Killed();
    }
    count += 1;
  };
  const cluster = seenBy(world.velero.stage.cluster, {
    before: (_, verb) => {
      if (dead) throw new Killed();
      if (when === 'before') die(verb);
    },
    after: (_, verb) => {
      if (when === 'after') die(verb);
    },
  });
  try {
    const started = undo
      ? await world.service('second', cluster).undo('restore-shop-1', caller, { signal: process.signal })
      : await begin(world, cluster, process.signal);
    armed = true;
    await started.run();
  } catch (error) {
    if (!dead) throw error;
  }
}

const faults: [string, () => Error][] = [
  ['409', () => new ConflictError('somebody else wrote', { cluster: 'east' })],
  ['429', () => new ServiceUnavailableError('too many requests', { code: 'TOO_MANY_REQUESTS', cluster: 'east' })],
  ['500', () => new ServiceUnavailableError('internal error', { code: 'CLUSTER_ERROR', cluster: 'east' })],
  ['timeout', () => new ServiceUnavailableError('no answer in time', { code: 'TIMEOUT', cluster: 'east' })],
  ['reset', () => new ServiceUnavailableError('connection reset', { cluster: 'east' })],
];

describe.each(faults)('a roll-back of which a call fails with %s', (name, fault) => {
  it('succeeds, or stops in a state from which resume or undo works', async () => {
    const whole = await prepared({ snapshotMoveData: true });
    let total = 0;
    const started = await begin(whole, seenBy(whole.velero.stage.cluster, { before: () => void (total += 1) }));
    const setUp = total;
    await started.run();
    const wanted = await stateOf(whole);
    whole.close();
    const ends: Record<string, number> = {};
    for (let failing = 0; failing < total - setUp; failing += every) {
      const world = await prepared({ snapshotMoveData: true });
      let count = 0;
      let armed = false;
      // A timeout or a reset may come after the server has done what it was asked for.
      const lost = name === 'timeout' || name === 'reset';
      const fail = (verb: string): void => {
        // Only a write can be in conflict.
        if (armed && count++ === failing && !(name === '409' && !writes.has(verb))) throw fault();
      };
      const cluster = seenBy(world.velero.stage.cluster, lost ? { after: (_, verb) => fail(verb) } : { before: (_, verb) => fail(verb) });
      const run = await begin(world, cluster);
      armed = true;
      const end = await run.run().catch((error: Error) => error.message);
      let state = typeof end === 'string' ? 'stopped' : end.state;
      ends[state] = (ends[state] ?? 0) + 1;
      if (state !== 'Succeeded') state = (await (await world.service('second').resume('restore-shop-1', caller)).run()).state;
      expect(state, `call ${failing}`).toBe('Succeeded');
      expect(await stateOf(world), `call ${failing}`).toEqual(wanted);
      world.close();
    }
    // eslint-disable-next-line no-console -- the counts are the result of this test
    console.log(`${name}: ${total - setUp} calls`, ends);
    expect(ends.Succeeded).toBeGreaterThan(0);
  }, 600_000);
});
