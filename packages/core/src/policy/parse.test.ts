import fc from 'fast-check';
import type { CatalogEntity } from '../ports/catalog.ts';
import { parsePolicy, readPolicy } from './parse.ts';
import { Policies } from './resolve.ts';
import { revisionOf } from './revision.ts';

const entity = (spec: Record<string, unknown>, name = 'gold', namespace?: string): CatalogEntity => ({
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'DRPolicy',
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});

const gold = {
  owner: 'group:default/platform',
  objectives: { rpo: '15m', rto: '1h' },
  schedule: { cron: '*/15 * * * *', timeZone: 'Etc/UTC' },
  retention: { keepFor: '30d', keepAtLeast: 3 },
  engines: ['velero', 'csi'],
  locations: [{ name: 'default', offsite: true, immutable: true }],
  replication: { to: 'west', every: '5m' },
  consistency: { volumes: 'group', hooks: 'required', skew: '5m' },
  drills: { every: '30d', keepFor: '400d', on: 'west' },
  selfService: { backup: 'owner', clone: 'owner', restore: 'owner', restoreInPlace: 'approval', failover: 'operator' },
};

describe('namespaces that are called otherwise', () => {
  const mapped = (namespaces: Record<string, unknown>) => readPolicy(entity({ ...gold, mapping: { west: { namespaces } } }));

  it('are read per target', () => {
    expect(mapped({ shop: 'shop-dr', ml: 'ml' }).policy?.mapping).toEqual({ west: { namespaces: { shop: 'shop-dr', ml: 'ml' } } });
  });

  it('are names that a namespace can have, and stay as many as they are', () => {
    expect(mapped({ shop: 'Shop DR' }).problems).toEqual([
      { field: 'spec.mapping.west.namespaces.shop', message: 'must be the name of a namespace, not "Shop DR"' },
    ]);
    expect(mapped({ shop: 'dr', ml: 'dr' }).problems).toEqual([
      { field: 'spec.mapping.west.namespaces.ml', message: 'becomes dr, as shop does: two namespaces cannot become one' },
    ]);
    expect(mapped({ shop: 3 }).problems).toEqual([
      { field: 'spec.mapping.west.namespaces.shop', message: expect.stringContaining('must be a text') },
    ]);
    expect(mapped({ shop: 'shop-dr' }).policy?.revision).not.toBe(mapped({ shop: 'shop-2' }).policy?.revision);
  });
});

describe('parsePolicy', () => {
  it('reads everything', () => {
    const { policy } = parsePolicy(entity(gold));
    expect(policy).toMatchObject({
      name: 'gold',
      entityRef: 'drpolicy:default/gold',
      owner: 'group:default/platform',
      objectives: { rpo: 900_000, rto: 3_600_000 },
      schedule: { cron: '*/15 * * * *', timeZone: 'Etc/UTC' },
      retention: { keepFor: 2_592_000_000, keepAtLeast: 3 },
      replication: { to: 'west', every: 300_000 },
      consistency: { volumes: 'group', hooks: 'required', skew: 300_000 },
      drills: { every: 2_592_000_000, keepFor: 400 * 86_400_000, on: 'west' },
    });
  });

  it('fills defaults', () => {
    const { policy } = parsePolicy(entity({ owner: 'platform', schedule: { every: '6h' } }, 'Bronze', 'infra'));
    expect(policy).toMatchObject({
      entityRef: 'drpolicy:infra/bronze',
      owner: 'group:infra/platform',
      objectives: {},
      schedule: { every: 21_600_000 },
      retention: { keepFor: 30 * 86_400_000, keepAtLeast: 1 },
      engines: [],
      locations: [],
      consistency: {},
      selfService: { backup: 'owner', clone: 'owner', restore: 'owner', restoreInPlace: 'approval', failover: 'operator' },
    });
    expect(policy).not.toHaveProperty('drills');
  });

  it.each([
    [{ objectives: { rpo: 15 } }, 'spec.objectives.rpo 15 has no unit'],
    [{ objectives: { rpo: '0s' } }, 'spec.objectives.rpo must be longer than nothing'],
    [{ objectives: 'fast' }, 'spec.objectives must be an object'],
    [{ schedule: {} }, 'spec.schedule needs cron or every'],
    [{ schedule: { cron: '* * *' } }, 'spec.schedule.cron is not a cron expression'],
    [{ schedule: { cron: '0 2 * * *', timeZone: 'Mars/Base' } }, 'spec.schedule.timeZone is not a time zone'],
    [{ schedule: { cron: '0 2 * * *', every: '1h' } }, 'spec.schedule has both'],
    [{ schedule: { every: 'often' } }, 'spec.schedule.every "often" is not a duration'],
    [{ retention: { keepAtLeast: 1.5 } }, 'spec.retention.keepAtLeast must be a whole number'],
    [{ engines: 'velero' }, 'spec.engines must be a list'],
    [{ engines: [1] }, 'spec.engines[0] must be a text'],
    [{ locations: [{ offsite: 'yes' }] }, 'spec.locations[0].name is missing; spec.locations[0].offsite must be true or false'],
    [{ replication: { to: 'west' } }, 'spec.replication.every is missing'],
    [{ consistency: { hooks: 'maybe' } }, 'spec.consistency.hooks must be one of required, optional'],
    [{ drills: {} }, 'spec.drills.every is missing'],
    [{ drills: { every: '1d', keepFor: 'long' } }, 'spec.drills.keepFor "long" is not a duration'],
    [{ selfService: { backup: 'anybody' } }, 'spec.selfService.backup must be one of owner, approval, operator'],
    [{ owner: 'a:b:c' }, 'spec.owner is not an entity reference'],
  ])('names the field of %j', (spec, message) => {
    const parsed = parsePolicy(entity(spec));
    expect(parsed.policy).toBeUndefined();
    expect('problem' in parsed && parsed.problem).toMatchObject({ code: 'BAD_POLICY', severity: 'warning' });
    expect('problem' in parsed && parsed.problem.message).toContain(message);
  });

  it('warns of a misspelt field and suggests', () => {
    const parsed = parsePolicy(entity({ objectvies: { rpo: '15m' }, retention: { keepfor: '1d' } }));
    expect(parsed.policy).toBeDefined();
    expect('warnings' in parsed && parsed.warnings[0]!.message).toContain('spec.objectvies is not known; did you mean objectives?');
    expect('warnings' in parsed && parsed.warnings[0]!.message).toContain('did you mean keepFor?');
  });

  it('never throws, whatever the spec', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(gold), 'x'), fc.anything()), (spec) => {
        const { policy, problems } = readPolicy(entity(spec));
        expect(policy === undefined).toBe(problems.length > 0);
      }),
    );
  });

  it('has a revision that follows the content, not the order of keys', () => {
    expect(revisionOf({ a: 1, b: [{ c: 2, d: undefined }] })).toBe(revisionOf({ b: [{ c: 2 }], a: 1 }));
    expect(revisionOf({ a: 1 })).not.toBe(revisionOf({ a: 2 }));
    expect(revisionOf(gold)).toMatch(/^[0-9a-f]{16}$/);
    const many = new Set(Array.from({ length: 20_000 }, (_, i) => revisionOf({ every: `${i}m` })));
    expect(many.size).toBe(20_000);
  });
});

describe('Policies', () => {
  const policies = new Policies({ entities: [entity(gold), entity({ objectives: { rpo: 3 } }, 'broken'), entity({}, 'gold', 'infra')] });
  const application = { name: 'shop', components: [], source: 'catalog' as const, problems: [], policy: 'gold' };
  const component = { name: 'db', dependsOn: [], external: [], placements: [] };

  it('takes the nearest', () => {
    expect(policies.of(component, application).policy?.entityRef).toBe('drpolicy:default/gold');
    expect(policies.of({ ...component, policy: 'drpolicy:infra/gold' }, application).policy?.entityRef).toBe('drpolicy:infra/gold');
    expect(policies.of(component, { ...application, policy: undefined })).toEqual({});
  });

  it('tells unknown and broken policies apart', () => {
    expect(policies.of({ ...component, policy: 'gald' }, application).reason).toMatchObject({ code: 'UNKNOWN_POLICY', component: 'db' });
    expect(policies.of({ ...component, policy: 'gald' }, application).reason!.message).toContain('did you mean gold?');
    expect(policies.of({ ...component, policy: 'broken' }, application).reason).toMatchObject({ code: 'BAD_POLICY', component: 'db' });
    expect(policies.problems.map(({ code }) => code)).toEqual(['BAD_POLICY']);
  });
});
