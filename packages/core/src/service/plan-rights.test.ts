import { textAt } from '../application/raw.ts';
import { type PlanDraft, sealPlan } from '../planning/assemble.ts';
import type { Step } from '../planning/model.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster, unreachable } from '../testing/memory-cluster.ts';
import { planOf } from '../testing/operations.ts';
import { withRights } from './plan-rights.ts';

const now = new Date('2026-01-15T12:00:00Z');
const made = (cluster: string, namespace: string): Step => ({
  id: `make-${namespace}`,
  title: 'Create',
  cluster,
  action: { kind: 'namespace.create', namespace, labels: {}, annotations: {} },
});
const removed = (cluster: string, namespace: string): Step => ({
  id: `remove-${namespace}`,
  title: 'Remove',
  cluster,
  action: { kind: 'namespace.remove', namespace, timeoutSeconds: 30 },
});

/** Two clusters on which some verbs are forbidden; of what was asked there, the verbs of namespaces. */
function world(forbidden: { east?: string[]; west?: string[] }) {
  const clock = new FakeClock(now);
  const asked: string[] = [];
  const clusters = (['east', 'west'] as const).map((name) => {
    const cluster = new MemoryCluster({ name, clock });
    cluster.allows = ({ spec }) => {
      const [verb, resource] = [textAt(spec, 'resourceAttributes', 'verb'), textAt(spec, 'resourceAttributes', 'resource')];
      asked.push(`${name}: ${verb} ${resource}`);
      return !(forbidden[name] ?? []).includes(`${verb} ${resource}`);
    };
    return cluster;
  });
  const [east, west] = clusters as [MemoryCluster, MemoryCluster];
  const checked = (plan: PlanDraft) => withRights(plan, { clusters, engines: [] } as unknown as Parameters<typeof withRights>[1]);
  return { east, west, asked, checked };
}

const told = ({ blockers, warnings }: PlanDraft) => [
  ...blockers.map(({ cluster, evidence }) => ['blocked', cluster, evidence]),
  ...warnings.map(({ cluster, evidence }) => ['warned', cluster, evidence]),
];

describe('the rights that a plan needs', () => {
  it('are those of every step on every cluster, and where none is missing the plan stays as it is', async () => {
    const { checked, asked } = world({});
    const plan = await planOf({ waves: [[made('east', 'a')], [made('west', 'b')]], cleanUp: [[removed('west', 'b')]] });
    expect(await checked(plan)).toBe(plan);
    expect(asked).toEqual(expect.arrayContaining(['east: create namespaces', 'west: create namespaces', 'west: delete namespaces']));
    expect(asked).not.toContain('east: delete namespaces');
  });

  it.each([
    ['a step', { waves: [[made('west', 'a')]] }, 'create namespaces'],
    ['the cleaning up', { cleanUp: [[removed('west', 'a')]] }, 'delete namespaces'],
    ['the release', { undo: { text: '', possible: false, release: [[removed('west', 'a')]] } }, 'delete namespaces'],
  ])('block it where one of %s is missing', async (_, parts, right) => {
    const plan = await planOf(parts);
    const checked = await world({ west: [right] }).checked(plan);
    expect(told(checked)).toEqual([['blocked', 'west', [right]]]);
    expect(checked.blockers[0]).toMatchObject({ code: 'PERMISSION_MISSING', severity: 'blocker' });
    // What is shown is what was looked at: another plan than the one without.
    expect((await sealPlan(checked, now)).hash).not.toBe(plan.hash);
    expect(told(await world({ east: [right] }).checked(plan))).toEqual([]);
  });

  it('warn where only the way back is missing, once', async () => {
    const undo = { text: '', possible: true, waves: [[removed('east', 'a')]] };
    const checked = await world({ east: ['delete namespaces'] }).checked(await planOf({ waves: [[made('east', 'a')]], undo }));
    expect(told(checked)).toEqual([['warned', 'east', ['delete namespaces']]]);
    expect(checked.warnings[0]!.message).toMatch(/^it cannot be taken back: /);
    const both = await planOf({ waves: [[made('east', 'a')], [removed('east', 'b')]], undo });
    expect(told(await world({ east: ['delete namespaces'] }).checked(both))).toEqual([['blocked', 'east', ['delete namespaces']]]);
  });

  it('are told together with those that the target was found to lack, and nobody else’s reasons go', async () => {
    const { checked } = world({ east: ['create namespaces'] });
    const target = {
      code: 'PERMISSION_MISSING' as const,
      severity: 'blocker' as const,
      cluster: 'east',
      message: 'you may not create deployments.apps in a on east',
      evidence: ['create deployments.apps in a'],
    };
    const other = { ...target, message: 'the volume a cannot be looked at', evidence: [] };
    const { blockers } = await checked(await planOf({ waves: [[made('east', 'a')]], blockers: [target, other] }));
    expect(blockers.map(({ evidence }) => evidence)).toEqual([[], ['create deployments.apps in a', 'create namespaces']]);
  });

  it('are not asked of a cluster that is silent', async () => {
    const { checked, west } = world({ east: ['create namespaces'], west: ['create namespaces'] });
    west.intercept = () => {
      throw unreachable('west');
    };
    const plan = await planOf({ waves: [[made('east', 'a')], [made('west', 'a')]] });
    expect(told(await checked(plan))).toEqual([['blocked', 'east', ['create namespaces']]]);
  });
});
