import { ServiceUnavailableError } from '../errors.ts';
import { evidenceOf } from '../execution/evidence.ts';
import { createJournal } from '../execution/journal.ts';
import type { Operation } from '../execution/model.ts';
import { types } from '../ports/kubernetes.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { operationOf, planOf } from '../testing/operations.ts';
import { ListReader } from './list-reader.ts';
import { createDrService } from './service.ts';

const day = 86_400_000;
const start = Date.parse('2026-01-15T12:00:00Z');
const caller = { name: 'portal' };

/** A drill of `shop` that ended so many days after the first. */
async function drill(id: string, after: number, components: string[], parts: Partial<Operation> = {}): Promise<Operation> {
  const plan = await planOf({
    intent: 'Drill',
    components,
    target: [
      { cluster: 'east', namespaces: ['a'] },
      { cluster: 'west', namespaces: ['b'] },
    ],
  });
  const endedAt = new Date(start + after * day).toISOString();
  const cleanUp = { requestedBy: 'portal', requestedAt: endedAt, endedAt, steps: [] };
  const ended = operationOf(plan, { id, state: 'Succeeded', endedAt, cleanUp, ...parts });
  return { ...ended, evidence: await evidenceOf(ended) };
}

async function world(drills: readonly Operation[], policy?: { keepFor?: string }) {
  const clock = new FakeClock(new Date(start));
  const clusters = ['east', 'west'].map((name) => new MemoryCluster({ name, clock }));
  const [east, west] = clusters as [MemoryCluster, MemoryCluster];
  const journal = createJournal(clusters, 'kubectl-dr');
  for (const operation of drills) await journal.create('east', operation);
  const entities = [
    {
      apiVersion: 'kubectl-dr.dev/v1alpha1',
      kind: 'DRPolicy',
      metadata: { name: 'gold' },
      spec: { owner: 'platform', drills: { every: '30d', ...policy } },
    },
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'System',
      metadata: { name: 'shop', annotations: { 'kubectl-dr.dev/policy': 'gold' } },
      spec: { owner: 'team' },
    },
    ...['db', 'web'].map((name) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name },
      spec: { type: 'service', owner: 'team', system: 'shop' },
    })),
  ];
  const service = createDrService({
    clusters,
    reader: new ListReader(clusters),
    engines: [],
    clock,
    holder: 'portal',
    catalog: { read: async () => ({ entities, problems: [] }) },
  });
  const kept = (cluster: MemoryCluster) => cluster.peek(types.configMaps, 'kubectl-dr').map(({ metadata }) => metadata.name);
  const removed = async (options: { keepFor?: number } = {}) =>
    (await service.removeOldEvidence(caller, options)).map(({ id }) => id).toSorted();
  return { clock, service, east, west, kept, removed };
}

describe('evidence that is older than it has to be kept', () => {
  it('goes from every cluster when all that it proved was proven again, and not before', async () => {
    const drills = [
      await drill('first', 0, ['db', 'web']),
      await drill('again-db', 30, ['db']),
      await drill('failed', 40, ['db', 'web'], { state: 'Failed' }),
    ];
    const { clock, removed, kept, east, west } = await world(drills, { keepFor: '60d' });
    await clock.advance(200 * day);
    // Nobody has proven `web` since, and what failed since proves nothing.
    expect(await removed()).toEqual([]);
    await createJournal([east, west], 'kubectl-dr').create('east', await drill('again-web', 190, ['web']));
    expect(await removed()).toEqual(['first']);
    expect([kept(east), kept(west)].map((names) => names.toSorted())).toEqual([
      ['again-db', 'again-web', 'failed'],
      ['again-db', 'again-web', 'failed'],
    ]);
    await createJournal([east, west], 'kubectl-dr').create('east', await drill('both', 199, ['db', 'web']));
    // `again-web` is younger than sixty days.
    expect(await removed()).toEqual(['again-db', 'failed']);
    await clock.advance(900 * day);
    expect(await removed()).toEqual(['again-web']);
    expect([kept(east), kept(west)]).toEqual([['both'], ['both']]);
  });

  it.each([
    ['its policy', { keepFor: '60d' }, {}, 60],
    ['its policy rather than the portal', { keepFor: '60d' }, { keepFor: 5 * day }, 60],
    ['the portal', undefined, { keepFor: 5 * day }, 5],
    ['nobody', undefined, {}, Infinity],
  ])('is kept as long as %s says', async (_, policy, options, days) => {
    const { clock, removed } = await world([await drill('first', 0, ['db']), await drill('second', 1, ['db'])], policy);
    await clock.advance(Math.min(days, 10_000) * day);
    expect(await removed(options)).toEqual([]);
    await clock.advance(1);
    expect(await removed(options)).toEqual(days === Infinity ? [] : ['first']);
  });

  it('stays where the newer one was changed by hand, or where the drill itself left something behind', async () => {
    const changed = await drill('changed', 1, ['db']);
    changed.evidence!.record.status.measured.rtoSeconds = 1;
    const left = await drill('left', 0, ['db'], {
      state: 'Failed',
      cleanUp: { requestedBy: 'portal', requestedAt: '2026-01-15T12:00:00Z', steps: [] },
    });
    const { clock, removed, east } = await world([await drill('first', 0, ['db']), left, changed], { keepFor: '1d' });
    await clock.advance(100 * day);
    expect(await removed()).toEqual([]);
    await createJournal([east], 'kubectl-dr').create('east', await drill('sound', 50, ['db']));
    expect(await removed()).toEqual(['changed', 'first']);
  });

  it('is told where it cannot be removed, and is removed the next time', async () => {
    const { clock, service, east, removed, kept } = await world([await drill('first', 0, ['db']), await drill('second', 1, ['db'])], {
      keepFor: '1d',
    });
    await clock.advance(3 * day);
    east.intercept = ({ verb }) => {
      if (verb === 'delete') throw new ServiceUnavailableError('east does not answer', { cluster: 'east' });
    };
    const left: string[] = [];
    const onLeft = ({ id }: Operation, { message }: Error) => void left.push(`${id}: ${message}`);
    expect(await service.removeOldEvidence(caller, { onLeft })).toEqual([]);
    expect(left).toEqual(['first: east does not answer']);
    east.intercept = undefined;
    expect(await removed()).toEqual(['first']);
    expect(kept(east)).toEqual(['second']);
  });
});
