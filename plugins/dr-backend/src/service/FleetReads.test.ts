import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Placement } from '@kubectl-dr/core/application/model';
import type { Schedule } from '@kubectl-dr/core/protection/model';
import { FakeEngine } from '@kubectl-dr/core/testing/fake-engine';
import { operationOf, planOf } from '@kubectl-dr/core/testing/operations';
import { engineListSchema, restoreListSchema, scheduleListSchema } from '@kubectl-dr/core/wire/protection';
import { FleetReads } from './FleetReads.ts';

const noon = new Date('2026-01-15T12:00:00Z');
const asker = { credentials: {} as BackstageCredentials } as never;

function schedule(name: string, namespaces: Schedule['scope']['namespaces'], parts: Partial<Schedule> = {}): Schedule {
  const { cluster = 'east' } = parts;
  return {
    id: `${cluster}/velero/velero/${name}`,
    name,
    namespace: 'velero',
    engine: 'velero',
    cluster,
    expression: '30 * * * *',
    paused: false,
    valid: true,
    scope: { namespaces, excludedNamespaces: [] },
    ...parts,
  };
}

const schedules = [
  schedule('shop', ['shop']),
  schedule('all', '*'),
  schedule('all-but-shop', '*', { scope: { namespaces: '*', excludedNamespaces: ['shop'] } }),
  schedule('shop-elsewhere', ['shop'], { cluster: 'west' }),
  schedule('payments', ['payments']),
];

/** Reads of somebody who may see one application, placed there. */
async function readsOf(placements: Placement[], operator = false): Promise<FleetReads> {
  const component = { name: 'web', kind: 'Component', dependsOn: [], external: [], placements };
  const plan = await planOf({ mode: 'clone', target: [{ cluster: 'east', namespaces: ['shop-copy'] }] });
  const operations = [operationOf(plan, { state: 'Succeeded' }), operationOf({ ...plan, intent: 'Backup' })];
  return new FleetReads({
    reads: {
      visible: async () => ({ applications: [{ components: [{ component }] }], access: { assertMayLook: () => undefined } }),
      clocks: () => () => noon,
    },
    index: { current: () => ({ fleet: { schedules, clusters: [{ name: 'east', engines: [{ engine: 'fake', installed: true }] }] } }) },
    configured: [],
    engines: [new FakeEngine()],
    who: async () => ({ operator }),
    operations: async () => operations,
  } as never);
}

const namesFor = async (placements: Placement[], operator = false): Promise<string[]> =>
  scheduleListSchema.parse(await (await readsOf(placements, operator)).schedules(asker)).items.map(({ metadata }) => metadata.name);

it('shows a schedule to whoever may see something that it reaches, and all to operators', async () => {
  expect(await namesFor([{ cluster: 'east', namespace: 'shop', claim: 'claimed' }])).toEqual(['shop', 'all']);
  expect(await namesFor([{ namespace: 'shop', claim: 'mapped' }])).toEqual(['shop', 'all', 'shop-elsewhere']);
  expect(await namesFor([{ cluster: 'east', namespace: 'shop', claim: 'unclaimed' }])).toEqual([]);
  expect(await namesFor([])).toEqual([]);
  expect(await namesFor([], true)).toEqual(schedules.map(({ name }) => name));
});

it('tells when a schedule runs next by the clock of its cluster', async () => {
  const reads = await readsOf([{ cluster: 'east', namespace: 'shop', claim: 'claimed' }]);
  expect((await reads.schedules(asker)).items[0]!.status.nextRun).toBe('2026-01-15T12:30:00.000Z');
});

it('tells of restores what operations brought back, and of no backup', async () => {
  const { items } = restoreListSchema.parse(await (await readsOf([])).restores(asker, { limit: 10 }));
  expect(items).toMatchObject([{ metadata: { name: 'restore-shop-1' }, spec: { application: 'shop' }, status: { state: 'Succeeded' } }]);
});

it('tells where each engine is installed', async () => {
  const { items } = engineListSchema.parse(await (await readsOf([])).engines(asker));
  expect(items).toMatchObject([{ metadata: { name: 'fake' }, status: { clusters: ['east'] } }]);
});
