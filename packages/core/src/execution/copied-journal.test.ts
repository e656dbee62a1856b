import { ServiceUnavailableError } from '../errors.ts';
import { types } from '../ports/kubernetes.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { findOperation, hasEnded, listOperations } from '../service/operations.ts';
import { createJournal } from './journal.ts';
import { createLock } from './lock.ts';
import type { Operation } from './model.ts';

const namespace = 'kubectl-dr';

async function operation(): Promise<Operation> {
  const plan = await planOf({
    intent: 'Relocate',
    target: [
      { cluster: 'west', namespaces: ['shop'] },
      { cluster: 'east', namespaces: ['shop'] },
    ],
    home: 'west',
  });
  return operationOf(plan);
}

function world(options?: { auto: boolean }) {
  const clock = new FakeClock(undefined, options);
  const [east, west] = ['east', 'west'].map((name) => new MemoryCluster({ name, clock })) as [MemoryCluster, MemoryCluster];
  const clusters = [east, west];
  const journal = createJournal(clusters, namespace);
  return { clock, east, west, clusters, journal, deps: { clusters, journal, clock } };
}

const silence = (cluster: MemoryCluster) => {
  cluster.intercept = () => {
    throw new ServiceUnavailableError(`${cluster.name} does not answer`, { cluster: cluster.name });
  };
  return () => {
    cluster.intercept = undefined;
  };
};

const kept = (cluster: MemoryCluster): string[] =>
  cluster.peek(types.configMaps, namespace).map(({ data }) => (JSON.parse((data as { status: string }).status) as Operation).state);

describe('a journal of two clusters', () => {
  it('is on the other one as well, and told once', async () => {
    const { journal, deps, east, west } = world();
    const entry = await journal.create('west', await operation());
    await journal.update(entry, { ...entry.operation, state: 'Running' });
    expect([kept(west), kept(east)]).toEqual([['Running'], ['Running']]);
    expect((await listOperations(deps)).map(({ id, state }) => [id, state])).toEqual([['relocate-shop-1', 'Running']]);
    expect(await findOperation(deps, 'relocate-shop-1')).toMatchObject({ cluster: 'west', revision: 2 });
  });

  it('goes on where the other one is silent, and catches up with what it missed', async () => {
    const { journal, east, west } = world();
    let entry = await journal.create('west', await operation());
    const back = silence(east);
    entry = await journal.update(entry, { ...entry.operation, state: 'Running' });
    expect([kept(west), kept(east)]).toEqual([['Running'], ['Pending']]);
    back();
    // It is not asked again at once: what is silent costs time.
    for (let write = 0; write < 21; write += 1) entry = await journal.update(entry, { ...entry.operation, message: `${write}` });
    expect([kept(west), kept(east)]).toEqual([['Running'], ['Running']]);
  });

  it('is known, and can be ended, when the cluster that keeps it is gone; which takes that over when it is back', async () => {
    const { journal, deps, east, west } = world();
    const running = await journal.update(await journal.create('west', await operation()), { ...(await operation()), state: 'Running' });
    const back = silence(west);
    expect((await listOperations(deps)).map(({ state }) => state)).toEqual(['Running']);
    const copy = await findOperation(deps, 'relocate-shop-1');
    expect(copy).toMatchObject({ cluster: 'east', copyOf: 'west' });
    const ended = await journal.update(copy, { ...copy.operation, state: 'Cancelled', holder: 'another' });
    back();
    expect((await listOperations(deps)).map(({ state }) => state)).toEqual(['Cancelled']);
    expect(await findOperation(deps, 'relocate-shop-1')).toMatchObject({ cluster: 'east' });
    await createJournal(deps.clusters, namespace).update(ended, { ...ended.operation, message: 'ended by another' });
    expect([kept(west), kept(east)]).toEqual([['Cancelled'], ['Cancelled']]);
    await expect(journal.update(running, running.operation)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('stops whoever worked on beside a cluster that was taken over meanwhile', async () => {
    const { deps, east, west } = world();
    const mine = createJournal([west], namespace);
    const entry = await mine.create('west', await operation());
    const back = silence(west);
    const theirs = createJournal(deps.clusters, namespace);
    let copy = await theirs.create('east', { ...entry.operation, holder: 'another' });
    for (let write = 0; write < 3; write += 1) copy = await theirs.update(copy, copy.operation);
    back();
    const seeing = createJournal([east, west], namespace);
    await expect(seeing.update(entry, entry.operation)).rejects.toMatchObject({ code: 'OVERTAKEN', cluster: 'east' });
  });
});

describe('a lock of two clusters', () => {
  const request = (cluster: string, operationId: string, holder = 'alice') => ({
    cluster,
    besides: ['east', 'west'],
    application: 'shop',
    holder,
    operation: operationId,
  });

  it('is refused where another operation of the application runs on either, and keeps nothing then', async () => {
    const { clusters, clock, west } = world();
    const lock = createLock({ clusters, namespace, clock });
    const held = await lock.acquire({ ...request('east', 'restore-shop-1'), besides: [] });
    await expect(lock.acquire(request('west', 'failover-shop-1', 'bob'))).rejects.toMatchObject({ code: 'OPERATION_RUNNING' });
    expect(west.peek(types.leases, namespace).map(({ spec }) => (spec as { holderIdentity: string }).holderIdentity)).toEqual(['']);
    await held.release();
    await (await lock.acquire(request('west', 'failover-shop-1', 'bob'))).release();
  });

  it('is had without a cluster that does not answer', async () => {
    const { clusters, clock, east } = world();
    silence(east);
    const lock = createLock({ clusters, namespace, clock });
    await (await lock.acquire(request('west', 'failover-shop-1'))).release();
    await expect(lock.acquire(request('east', 'failover-shop-2'))).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  });

  it('is waited for no longer than a copy where a cluster hangs, neither to be had, nor kept, nor given back', async () => {
    const { clusters, clock, east, west } = world();
    const patience = 50;
    const lock = createLock({ clusters, namespace, clock, patience });
    // Who waited for it would wait until the test is ended.
    const hang = () => (east.intercept = () => new Promise(() => undefined));
    const holders = (cluster: MemoryCluster) =>
      cluster.peek(types.leases, namespace).map(({ spec }) => (spec as { holderIdentity: string }).holderIdentity);
    hang();
    const alone = await lock.acquire(request('west', 'failover-shop-1'));
    expect([holders(west), holders(east)]).toEqual([['alice'], []]);
    await alone.release();
    expect(holders(west)).toEqual(['']);

    east.intercept = undefined;
    const both = await lock.acquire(request('west', 'failover-shop-1'));
    hang();
    await clock.advance(11_000);
    await both.release();
    expect(both.lost.aborted).toBe(false);
    expect([holders(west), holders(east)]).toEqual([[''], ['alice']]);
  });

  it('that stayed on a cluster which was silent at the end is taken once its operation is known to have ended', async () => {
    const { clusters, clock, east, deps, journal } = world({ auto: true });
    const ended = async (id: string) => hasEnded((await findOperation(deps, id)).operation);
    const lock = createLock({ clusters, namespace, clock, hasEnded: ended });
    const entry = await journal.create('west', await operation());
    const held = await lock.acquire(request('west', 'relocate-shop-1'));
    const back = silence(east);
    await journal.update(entry, { ...entry.operation, state: 'Running' });
    await held.release();
    back();
    await expect(lock.acquire(request('east', 'restore-shop-2'))).rejects.toMatchObject({ code: 'OPERATION_RUNNING' });
    const now = await journal.read('west', 'relocate-shop-1');
    await journal.update(now, { ...now.operation, state: 'Succeeded' });
    await (await lock.acquire(request('east', 'restore-shop-2'))).release();
  });
});
