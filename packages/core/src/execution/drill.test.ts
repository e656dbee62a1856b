import type { Plan, Step } from '../planning/model.ts';
import { types } from '../ports/kubernetes.ts';
import { assertResumable, resumed } from '../service/operations.ts';
import { FakeClock } from '../testing/clock.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { killedAt } from '../testing/killed.ts';
import { MemoryCluster, writes } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { isIntact } from './evidence.ts';
import { execute } from './execute.ts';
import { createJournal } from './journal.ts';
import { createLock } from './lock.ts';

const namespace = 'kubectl-dr';
const copy = 'shop-drill';
const common = { cluster: 'east' };
const engine = { engine: 'fake', engineNamespace: 'fake' };
const prepare: Step = {
  ...common,
  id: 'prepare',
  title: 'Create',
  action: { kind: 'namespace.create', namespace: copy, labels: {}, annotations: {} },
};
const restore: Step = {
  ...common,
  id: 'restore',
  title: 'Restore',
  action: {
    kind: 'engine.restore',
    ...engine,
    request: {
      point: { id: 'east/fake/fake/p', name: 'p', namespace: 'fake', cluster: 'east' },
      namespaces: ['shop'],
      namespaceMapping: { shop: copy },
      rewrites: [],
      labels: {},
      annotations: {},
    },
  },
};
const ready: Step = {
  ...common,
  id: 'ready',
  title: 'Wait',
  action: { kind: 'await.ready', namespaces: [copy], timeoutSeconds: 60 },
};
const cleanUp: Step[][] = [
  [
    {
      ...common,
      id: 'end',
      undoes: 'restore',
      title: 'End',
      action: { kind: 'engine.restore.end', ...engine, restore: 'restore', outcome: 'any' },
    },
  ],
  [
    {
      ...common,
      id: 'remove',
      undoes: 'prepare',
      title: 'Remove',
      action: { kind: 'namespace.remove', namespace: copy, timeoutSeconds: 30 },
    },
  ],
];

function aDrill(): Promise<Plan> {
  return planOf({
    intent: 'Drill',
    components: ['db'],
    points: [
      { component: 'db', cluster: 'east', namespace: 'shop', pointId: 'east/fake/fake/p', name: 'p', capturedAt: '2026-01-15T11:50:00Z' },
    ],
    target: [{ cluster: 'east', namespaces: [copy] }],
    mode: 'clone',
    waves: [[prepare], [restore], [ready]],
    cleanUp,
    objectives: [{ component: 'db', policy: 'gold', rpoSeconds: 300, rtoSeconds: 3_600 }],
  });
}

async function world() {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const cluster = new MemoryCluster({ name: 'east', clock });
  const fake = new FakeEngine();
  const deps = { clusters: [cluster], engines: [fake], clock, journal: createJournal([cluster], namespace) };
  const lock = createLock({ clusters: [cluster], namespace, clock, duration: 30 });
  const operation = operationOf(await aDrill());
  await deps.journal.create('east', operation);
  return { clock, cluster, engine: fake, deps, lock, operation };
}

type World = Awaited<ReturnType<typeof world>>;

async function carryOut({ deps, lock, operation }: World, holder: string, signal = new AbortController().signal): Promise<void> {
  const held = await lock.acquire({ cluster: 'east', application: 'shop', holder, operation: operation.id });
  for await (const _ of execute(await deps.journal.read('east', operation.id), held, deps, signal));
}

const endOf = async ({ deps, operation }: World) => (await deps.journal.read('east', operation.id)).operation;
const isGone = ({ cluster }: World) => !cluster.peek(types.namespaces).some(({ metadata }) => metadata.name === copy);

describe('a drill', () => {
  it('succeeds only when all that it made is gone, and keeps what it proved', async () => {
    const at = await world();
    await carryOut(at, 'a');
    const end = await endOf(at);
    expect(end).toMatchObject({ state: 'Succeeded', outcome: { state: 'Succeeded' }, cleanUp: { endedAt: expect.any(String) } });
    expect(isGone(at)).toBe(true);
    const { record } = end.evidence!;
    expect(record.status).toMatchObject({
      state: 'Succeeded',
      healthyAt: end.outcome!.at,
      measured: { rtoSeconds: Math.round((Date.parse(end.outcome!.at) - Date.parse(end.requestedAt)) / 1000), lossSeconds: 600 },
      // The point was older than the policy allows.
      met: { rto: true, rpo: false },
      components: [{ component: 'db', lossSeconds: 600 }],
      cleanUp: { state: 'Verified', steps: [{ state: 'Succeeded' }, { state: 'Succeeded' }] },
    });
    expect(await isIntact(end.evidence!)).toBe(true);
    expect(await isIntact({ ...end.evidence!, record: { ...record, status: { ...record.status, measured: { rtoSeconds: 1 } } } })).toBe(
      false,
    );
    expect(() => assertResumable(end)).toThrow(/what it made is gone/);
  });

  it('that fails is cleaned up all the same, measures no time, and cannot be resumed', async () => {
    const at = await world();
    at.engine.failing = 'restore';
    await carryOut(at, 'a');
    const end = await endOf(at);
    expect(end).toMatchObject({ state: 'Failed', message: expect.stringContaining('the disk is gone') });
    expect(end.message).toContain('gone again');
    expect(isGone(at)).toBe(true);
    expect(end.measured).toEqual({ lossSeconds: 600 });
    expect(end.evidence!.record.status).toMatchObject({ state: 'Failed', cleanUp: { state: 'Verified' } });
    expect(() => assertResumable(end)).toThrow(/kubectl dr drill shop|what it made is gone/);
  });

  it('whose namespace does not go ends Failed and says what is left; resume cleans up and nothing else', async () => {
    const at = await world();
    let stuck = true;
    at.cluster.intercept = ({ verb, resource, name }) => {
      // A finalizer holds it: the server takes the request and the namespace stays.
      if (stuck && verb === 'delete' && resource === 'namespaces' && name === copy) throw new (class extends Error {})('finalizer');
    };
    await carryOut(at, 'a');
    const stopped = await endOf(at);
    expect(stopped).toMatchObject({ state: 'Failed', outcome: { state: 'Succeeded' } });
    expect(stopped.message).toContain('the clean-up stopped');
    expect(stopped.evidence!.record.status.cleanUp.state).toBe('Failed');
    expect(isGone(at)).toBe(false);

    stuck = false;
    assertResumable(stopped);
    const entry = await at.deps.journal.read('east', at.operation.id);
    await at.deps.journal.update(entry, resumed(stopped));
    await carryOut(at, 'b');
    const end = await endOf(at);
    expect(end).toMatchObject({ state: 'Succeeded', measured: stopped.measured!, outcome: stopped.outcome! });
    expect(end.evidence!.record.status.cleanUp.state).toBe('Verified');
    expect(at.engine.started).toHaveLength(1);
    expect(isGone(at)).toBe(true);
  });

  it('that is stopped removes what it had begun', async () => {
    const at = await world();
    at.engine.looksUntilEnd = 100;
    const running = carryOut(at, 'a');
    await at.clock.sleep(1_000);
    for (let done = false; !done;) {
      const entry = await at.deps.journal.read('east', at.operation.id);
      done = await at.deps.journal.update(entry, { ...entry.operation, cancelRequested: true }).then(
        () => true,
        () => false,
      );
    }
    await running;
    expect(await endOf(at)).toMatchObject({ state: 'Cancelled', evidence: { record: { status: { cleanUp: { state: 'Verified' } } } } });
    expect(isGone(at)).toBe(true);
  });

  it('leaves a namespace of the same name alone that somebody else made meanwhile', async () => {
    const at = await world();
    await at.cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: copy } });
    await carryOut(at, 'a');
    expect(await endOf(at)).toMatchObject({ state: 'Failed', message: expect.stringContaining('appeared on east') });
    expect(isGone(at)).toBe(false);
  });

  it('waits for its namespace when that goes already, and with all that was in it has lost what says whose it was', async () => {
    const at = await world();
    at.engine.looksUntilEnd = 100;
    const running = carryOut(at, 'a');
    while (isGone(at)) await at.clock.sleep(1_000);
    const ref = { type: types.namespaces, name: copy };
    await at.cluster.patch(ref, 'merge', { metadata: { labels: null, finalizers: ['tests.example/hold'] } });
    await at.cluster.delete(ref);
    let looks = 0;
    let written = 0;
    at.cluster.intercept = ({ verb, resource, name }) => {
      if (resource !== 'namespaces' || name !== copy) return;
      if (verb !== 'get') written += 1;
      else if ((looks += 1) === 3) void at.cluster.patch(ref, 'merge', { metadata: { finalizers: null } });
    };
    await running;
    expect(await endOf(at)).toMatchObject({ state: 'Succeeded', evidence: { record: { status: { cleanUp: { state: 'Verified' } } } } });
    expect(isGone(at)).toBe(true);
    expect(written).toBe(1);
  });

  it('takes volumes along that their storage would keep, and none that a person made', async () => {
    const at = await world();
    const volume = (name: string, annotations: Record<string, string>) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations },
      spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace: copy, name: 'data' } },
    });
    await at.cluster.create(types.persistentVolumes, volume('made', { 'pv.kubernetes.io/provisioned-by': 'csi.example' }));
    await at.cluster.create(types.persistentVolumes, volume('by-hand', {}));
    at.cluster.afterwards = async ({ verb, resource, name }) => {
      // The storage takes a volume away when its claim is gone, if it was told to.
      if (verb !== 'delete' || resource !== 'namespaces' || name !== copy) return;
      for (const { metadata, spec } of at.cluster.peek(types.persistentVolumes))
        if ((spec as { persistentVolumeReclaimPolicy: string }).persistentVolumeReclaimPolicy === 'Delete')
          await at.cluster.delete({ type: types.persistentVolumes, name: metadata.name });
    };
    await carryOut(at, 'a');
    expect(await endOf(at)).toMatchObject({ state: 'Succeeded' });
    expect(at.cluster.peek(types.persistentVolumes).map(({ metadata }) => metadata.name)).toEqual(['by-hand']);
  });
});

describe('a drill killed at every write, then resumed', () => {
  it.each([
    ['succeeds', undefined],
    ['fails', 'restore'],
  ])(
    'that %s ends so all the same, with nothing left',
    async (_, failing) => {
      const whole = await world();
      whole.engine.failing = failing;
      const before = whole.cluster.calls.length;
      await carryOut(whole, 'a');
      const wanted = await endOf(whole);
      const total = whole.cluster.calls.slice(before).filter((call) => writes.includes(call.verb)).length;
      expect(total).toBeGreaterThan(12);
      for (const when of ['intercept', 'afterwards'] as const) {
        for (let death = 0; death < total; death += 1) {
          const at = await world();
          at.engine.failing = failing;
          await killedAt(at.cluster, when, death, (signal) => carryOut(at, 'a', signal));
          if ((await endOf(at)).evidence === undefined) await carryOut(at, 'b');
          const end = await endOf(at);
          expect(end.state, `killed ${when} write ${death}`).toBe(wanted.state);
          expect(isGone(at), `killed ${when} write ${death}`).toBe(true);
          expect(end.evidence!.record.status.cleanUp).toEqual(wanted.evidence!.record.status.cleanUp);
          expect(await isIntact(end.evidence!)).toBe(true);
          expect(at.engine.started).toHaveLength(1);
        }
      }
    },
    60_000,
  );
});
