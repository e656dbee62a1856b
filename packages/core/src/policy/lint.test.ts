import type { CatalogEntity } from '../ports/catalog.ts';
import { lintPolicies } from './lint.ts';

const policy = (spec: Record<string, unknown>, name = 'gold'): CatalogEntity => ({
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'DRPolicy',
  metadata: { name },
  spec,
});
const good = {
  owner: 'platform',
  objectives: { rpo: '1h' },
  schedule: { cron: '0 * * * *' },
  retention: { keepFor: '30d' },
  drills: { every: '30d' },
};
const component = (assigned: string): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'web', annotations: { 'kubectl-dr.dev/policy': assigned } },
});
const told = (entities: CatalogEntity[]) =>
  lintPolicies({ entities, problems: [] }, [{ id: 'velero' }]).flatMap(({ problems }) =>
    problems.map(({ severity, message }) => `${severity}: ${message}`),
  );

it.each<[string, CatalogEntity[], string[]]>([
  ['nothing is wrong', [policy(good), component('gold')], []],
  [
    'a schedule that is too slow',
    [policy({ ...good, objectives: { rpo: '30m' } })],
    ['critical: its schedule lets up to 1h pass between two runs, and its RPO is 30m'],
  ],
  [
    'a schedule that is fast enough for a replication',
    [policy({ ...good, objectives: { rpo: '30m' }, replication: { to: 'west', every: '5m' } })],
    [],
  ],
  [
    'points that go too soon',
    [policy({ ...good, retention: { keepFor: '90m' } })],
    ['warning: points are kept for 1h30m, less than two intervals of 1h'],
  ],
  [
    'no objective and no schedule',
    [policy({ owner: 'x', drills: { every: '30d' } })],
    [
      'warning: it names no RPO, so the age of data is not judged',
      'warning: it has neither a schedule nor a replication: points are only made by hand',
    ],
  ],
  ['no drills', [policy({ ...good, drills: undefined })], ['critical: spec.drills', 'info: it asks for no drills']],
  ['an engine nobody knows', [policy({ ...good, engines: ['valero'] })], ['critical: spec.engines names valero, which is not known']],
  ['nothing offsite', [policy({ ...good, locations: [{ name: 'default' }] })], ['info: none of its locations is offsite']],
  ['a field of the wrong type', [policy({ ...good, objectives: { rpo: 'soon' } })], ['critical: spec.objectives.rpo']],
  ['a field nobody knows', [policy({ ...good, objective: {} })], ['warning: spec.objective']],
  ['two of a name', [policy(good), policy(good)], ['critical: gold is defined twice']],
  [
    'an assignment to nothing',
    [policy(good), component('glod')],
    ['critical: Component web is assigned the policy glod, which does not exist'],
  ],
])('%s', (what, entities, expected) => {
  const found = told(entities);
  if (what === 'no drills') expect(found.join()).toContain('drills');
  else expect(found.map((line, index) => line.slice(0, expected[index]?.length))).toEqual(expected);
});
