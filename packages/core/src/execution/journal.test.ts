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
  const cluster = new MemoryCluster({ name: 'east', clock: new FakeClock() });
  return { cluster, journal: createJournal([cluster], 'kubectl-dr') };
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

  it('refuses the writer that somebody else has overtaken', async () => {
    const { journal } = world();
    const mine = await journal.create('east', await operation(3));
    await journal.update(mine, { ...mine.operation, holder: 'other' });
    await expect(journal.update(mine, mine.operation)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
