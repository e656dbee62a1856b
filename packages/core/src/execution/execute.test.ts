import type { Plan, Step } from '../planning/model.ts';
import { types } from '../ports/kubernetes.ts';
import { FakeClock } from '../testing/clock.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { killedAt } from '../testing/killed.ts';
import { MemoryCluster, writes } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { execute } from './execute.ts';
import { createJournal } from './journal.ts';
import { createLock } from './lock.ts';
import type { OperationEvent } from './model.ts';

const namespace = 'kubectl-dr';

function restoreStep(id: string): Step {
  return {
    id,
    title: `Restore ${id}`,
    cluster: 'east',
    action: {
      kind: 'engine.restore',
      engine: 'fake',
      engineNamespace: 'fake',
      request: {
        point: { id: 'east/fake/fake/p', name: 'p', namespace: 'fake', cluster: 'east' },
        namespaces: ['shop'],
        namespaceMapping: { shop: 'shop-copy' },
        rewrites: [],
        labels: {},
        annotations: {},
      },
    },
  };
}

const waves: Step[][] = [
  [
    {
      id: 'prepare',
      title: 'Create',
      cluster: 'east',
      action: { kind: 'namespace.create', namespace: 'shop-copy', labels: {}, annotations: {} },
    },
  ],
  [
    {
      id: 'isolate',
      title: 'Isolate',
      cluster: 'east',
      action: { kind: 'namespace.isolate', namespace: 'shop-copy', policyName: 'isolate' },
    },
  ],
  [restoreStep('db'), restoreStep('queue')],
  [restoreStep('web')],
  [{ id: 'ready', title: 'Wait', cluster: 'east', action: { kind: 'await.ready', namespaces: ['shop-copy'], timeoutSeconds: 60 } }],
];

function aPlan(): Promise<Plan> {
  return planOf({
    components: ['db', 'queue', 'web'],
    target: [{ cluster: 'east', namespaces: ['shop-copy'] }],
    mode: 'clone',
    waves,
    undo: { text: '', possible: true },
  });
}

async function world() {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const cluster = new MemoryCluster({ name: 'east', clock });
  const engine = new FakeEngine();
  const deps = { clusters: [cluster], engines: [engine], clock, journal: createJournal([cluster], namespace) };
  const lock = createLock({ clusters: [cluster], namespace, clock, duration: 30 });
  const operation = operationOf(await aPlan());
  return { clock, cluster, engine, deps, lock, operation };
}

type World = Awaited<ReturnType<typeof world>>;

async function begin({ deps, operation }: World) {
  return deps.journal.create('east', operation);
}

async function carryOut(
  { deps, lock, operation }: World,
  holder: string,
  signal = new AbortController().signal,
): Promise<OperationEvent[]> {
  const held = await lock.acquire({ cluster: 'east', application: 'shop', holder, operation: operation.id });
  const events: OperationEvent[] = [];
  for await (const event of execute(await deps.journal.read('east', operation.id), held, deps, signal)) events.push(event);
  return events;
}

const endOf = async ({ deps, operation }: World) => (await deps.journal.read('east', operation.id)).operation;
const started = ({ engine }: World) => engine.started.map((name) => name.replace('restore-shop-1-', ''));

describe('execute', () => {
  it('carries a plan out in waves and journals each step', async () => {
    const at = await world();
    await begin(at);
    const events = await carryOut(at, 'a');
    const end = await endOf(at);
    expect(end).toMatchObject({ state: 'Succeeded', message: 'restored into east/shop-copy' });
    expect(end.steps.map((step) => step.state)).toEqual(['Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 'Succeeded']);
    expect(started(at)).toEqual(['db', 'queue', 'web']);
    expect(events.at(-1)).toMatchObject({ type: 'operation', operation: { state: 'Succeeded' } });
    expect(at.cluster.peek(types.networkPolicies, 'shop-copy')).toHaveLength(1);
  });

  it('writes nothing outside the target and its own namespace', async () => {
    const at = await world();
    await begin(at);
    await carryOut(at, 'a');
    const places = at.cluster.calls
      .filter((call) => writes.includes(call.verb))
      .map((call) => call.namespace ?? `${call.resource}/${call.name}`);
    expect(new Set(places)).toEqual(new Set(['namespaces/kubectl-dr', 'kubectl-dr', 'namespaces/shop-copy', 'shop-copy']));
  });

  it('ends Failed with the sentence of the step that failed, and does not go on', async () => {
    const at = await world();
    at.engine.failing = 'queue';
    await begin(at);
    await carryOut(at, 'a');
    const end = await endOf(at);
    expect(end.state).toBe('Failed');
    expect(end.message).toContain('ended Failed: the disk is gone');
    expect(started(at)).toEqual(['db', 'queue']);
  });

  it('stops on request of another process', async () => {
    const at = await world();
    at.engine.looksUntilEnd = 100;
    await begin(at);
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
    expect((await endOf(at)).state).toBe('Cancelled');
    expect(started(at)).not.toContain('web');
  });

  it('stops on a request that it takes in while a step of it ends', async () => {
    // How many turns after that write the second look comes back: some of them are before the next write, some after.
    for (let turns = 0; turns < 40; turns += 1) {
      const at = await world();
      at.engine.looksUntilEnd = 20;
      await begin(at);
      const { journal } = at.deps;
      let reads = 0;
      let written: (() => void) | undefined;
      const journalOfRun = {
        ...journal,
        async read(cluster: string, id: string) {
          reads += 1;
          const entry = await journal.read(cluster, id);
          // Asked for right before the run looks the first time; its second look takes until the end of a step is written.
          if (reads === 2) return journal.update(entry, { ...entry.operation, cancelRequested: true });
          if (reads === 3) await Promise.race([new Promise<void>((resolve) => (written = resolve)), at.clock.sleep(600_000)]);
          return entry;
        },
        async update(...args: Parameters<typeof journal.update>) {
          const entry = await journal.update(...args);
          void (async () => {
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            written?.();
          })();
          return entry;
        },
      };
      await carryOut({ ...at, deps: { ...at.deps, journal: journalOfRun } }, 'a');
      expect((await endOf(at)).state).toBe('Cancelled');
    }
  });
});

/** Every write of a whole run is a place to die at, before it and after it; resuming must end as if nothing happened. */
describe('killed at every write, then resumed', () => {
  it('ends like a run that was never killed, and starts nothing twice', async () => {
    const whole = await world();
    await begin(whole);
    const before = whole.cluster.calls.length;
    await carryOut(whole, 'a');
    const total = whole.cluster.calls.slice(before).filter((call) => writes.includes(call.verb)).length;
    const wanted = (await endOf(whole)).steps.map((step) => [step.id, step.state, step.message]);
    expect(total).toBeGreaterThan(15);

    for (const when of ['intercept', 'afterwards'] as const) {
      for (let death = 0; death < total; death += 1) {
        const at = await world();
        await begin(at);
        await killedAt(at.cluster, when, death, (signal) => carryOut(at, 'a', signal));
        await carryOut(at, 'b');
        const end = await endOf(at);
        expect(end.state, `killed ${when} write ${death}`).toBe('Succeeded');
        expect(end.steps.map((step) => [step.id, step.state, step.message])).toEqual(wanted);
        expect(started(at).toSorted()).toEqual(['db', 'queue', 'web']);
        expect(at.cluster.peek(types.networkPolicies)).toHaveLength(1);
      }
    }
  }, 60_000);
});

describe('lock', () => {
  it('refuses a second operation at once, naming the holder', async () => {
    const { lock } = await world();
    const held = await lock.acquire({ cluster: 'east', application: 'shop', holder: 'alice@laptop/1', operation: 'restore-shop-1' });
    await expect(
      lock.acquire({ cluster: 'east', application: 'shop', holder: 'portal-0', operation: 'restore-shop-2' }),
    ).rejects.toMatchObject({
      code: 'OPERATION_RUNNING',
      message: expect.stringContaining('held by alice@laptop/1'),
      details: { operation: 'restore-shop-1' },
    });
    await held.release();
    await (await lock.acquire({ cluster: 'east', application: 'shop', holder: 'portal-0', operation: 'restore-shop-2' })).release();
  });

  it('does not take over from a holder that renews', async () => {
    const { lock } = await world();
    const held = await lock.acquire({ cluster: 'east', application: 'shop', holder: 'a', operation: 'restore-shop-1' });
    await expect(lock.acquire({ cluster: 'east', application: 'shop', holder: 'b', operation: 'restore-shop-1' })).rejects.toMatchObject({
      code: 'OPERATION_RUNNING',
    });
    await held.release();
  });
});
