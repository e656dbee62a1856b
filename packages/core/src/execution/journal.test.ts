import type { ClusterClient } from '../ports/cluster.ts';
import { types } from '../ports/kubernetes.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { createJournal } from './journal.ts';
import type { Operation } from './model.ts';

async function operation(changes: number): Promise<Operation> {
  const plan = await planOf({
    // Characters of one, two, three and four bytes, so that a cut in the wrong place shows.
    changes: Array.from({ length: changes }, (_, index) => ({
      action: 'create',
      cluster: 'east',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'shop',
      name: `n${index}`,
      why: 'aé恢😀'.repeat(40),
    })),
  });
  return operationOf(plan);
}

function world() {
  const clock = new FakeClock();
  const cluster = new MemoryCluster({ name: 'east', clock });
  return { cluster, clock, journal: createJournal([cluster], 'kubectl-dr') };
}

/** Of a process that dies when it would write that object. */
function seenWriting(cluster: MemoryCluster, doomed: string): ClusterClient {
  return new Proxy(cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const [, object] = args as [unknown, { metadata?: { name?: string } } | undefined];
        if (property === 'create' && object?.metadata?.name === doomed) throw new Error('died');
        return (value as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

const sizes = (cluster: MemoryCluster): number[] =>
  cluster.peek(types.configMaps, 'kubectl-dr').map((object) => new TextEncoder().encode(JSON.stringify(object)).length);

describe('journal', () => {
  it('keeps a plan that is larger than one ConfigMap may be in several, and reads it back whole', async () => {
    const { cluster, journal } = world();
    const large = await operation(3_000);
    const entry = await journal.create('east', large);
    expect(sizes(cluster).length).toBeGreaterThan(2);
    expect(Math.max(...sizes(cluster))).toBeLessThan(700 * 1024);
    expect((await journal.read('east', large.id)).operation).toEqual(large);
    await journal.update(entry, { ...large, state: 'Running' });
    expect((await journal.list('east')).map(({ operation: found }) => [found.id, found.state, found.plan.changes.length])).toEqual([
      ['restore-shop-1', 'Running', 3_000],
    ]);
  });

  it('keeps a small one in one', async () => {
    const { cluster, journal } = world();
    await journal.create('east', await operation(3));
    expect(sizes(cluster)).toHaveLength(1);
  });

  it('reads none of a journal of which a part is gone, and still the others', async () => {
    const { cluster, journal } = world();
    await journal.create('east', await operation(3_000));
    await journal.create('east', { ...(await operation(3)), id: 'other' });
    await cluster.delete({ type: types.configMaps, namespace: 'kubectl-dr', name: 'restore-shop-1.plan-2' });
    expect((await journal.list('east')).map(({ operation: { id } }) => id)).toEqual(['other']);
    await expect(journal.read('east', 'restore-shop-1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('removes all of it, and nothing that somebody has written since', async () => {
    const { cluster, journal } = world();
    const entry = await journal.create('east', await operation(3_000));
    const newer = await journal.update(entry, { ...entry.operation, state: 'Running' });
    await expect(journal.remove(entry)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await journal.read('east', entry.operation.id)).operation.state).toBe('Running');
    await journal.remove(newer);
    expect(sizes(cluster)).toEqual([]);
    await journal.remove(newer);
  });

  it('removes what a dead process left of one, when it is old enough that nobody writes it, and nothing of one that is whole', async () => {
    const { cluster, journal, clock } = world();
    const large = await operation(3_000);
    await journal.create('east', large);
    const dead = { ...large, id: 'dead' };
    const dying = seenWriting(cluster, 'dead');
    await expect(createJournal([dying], 'kubectl-dr').create('east', dead)).rejects.toThrow('died');
    const names = () => cluster.peek(types.configMaps, 'kubectl-dr').map(({ metadata }) => metadata.name);
    const left = names().filter((name) => name.startsWith('dead.'));
    expect(left.length).toBeGreaterThan(1);
    expect((await journal.list('east')).map(({ operation: { id } }) => id)).toEqual(['restore-shop-1']);
    await expect(journal.read('east', 'dead')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await journal.removeLeft('east')).toEqual([]);
    await clock.advance(2 * 3_600_000);
    // Whoever writes as large a one next finds them.
    await journal.create('east', { ...large, id: 'next' });
    expect(names().filter((name) => name.startsWith('dead'))).toEqual([]);
    expect((await journal.read('east', 'restore-shop-1')).operation).toEqual(large);
    expect(await journal.removeLeft('east')).toEqual([]);
  });

  it('refuses the writer that somebody else has overtaken', async () => {
    const { journal } = world();
    const mine = await journal.create('east', await operation(3));
    await journal.update(mine, { ...mine.operation, holder: 'other' });
    await expect(journal.update(mine, mine.operation)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
