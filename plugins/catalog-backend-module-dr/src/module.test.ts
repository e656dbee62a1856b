import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogProcessorResult } from '@backstage/plugin-catalog-node';
import { catalogProcessingExtensionPoint, catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { DrPolicyProcessor } from './DrPolicyProcessor.ts';
import { Inheritance } from './Inheritance.ts';
import { catalogModuleDr } from './module.ts';

function entity(kind: string, name: string, spec: object = {}, policy?: string, apiVersion = 'backstage.io/v1alpha1'): Entity {
  return { apiVersion, kind, metadata: { name, ...(policy && { annotations: { 'kubectl-dr.dev/policy': policy } }) }, spec: { ...spec } };
}
const policy = (spec: object, name = 'gold', apiVersion = 'kubectl-dr.dev/v1alpha1') =>
  entity('DRPolicy', name, spec, undefined, apiVersion);
const gold = policy({ owner: 'platform', objectives: { rpo: '15m', rto: '1h' }, schedule: { every: '15m' } });

function processor(parents: Entity[] = []) {
  const catalog = catalogServiceMock({ entities: parents });
  let now = 0;
  const inheritance = new Inheritance({ catalog, auth: mockServices.auth(), logger: mockServices.logger.mock(), now: () => now });
  return { processor: new DrPolicyProcessor(inheritance), catalog, later: () => (now += 60_000) };
}

/** `component:default/web protectedBy drpolicy:default/gold` */
async function relations(of: DrPolicyProcessor, subject: Entity): Promise<string[]> {
  const emitted: CatalogProcessorResult[] = [];
  await of.postProcessEntity(subject, {}, (result) => emitted.push(result));
  const text = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }) =>
    `${kind}:${namespace}/${name}`.toLowerCase();
  return emitted.map((result) => {
    if (result.type !== 'relation') throw new Error(result.type);
    return `${text(result.relation.source)} ${result.relation.type} ${text(result.relation.target)}`;
  });
}

describe('validation', () => {
  it('knows its own kind, and leaves others to others', async () => {
    const { processor: it } = processor();
    expect(await it.validateEntityKind(gold)).toBe(true);
    expect(await it.validateEntityKind(entity('Component', 'web'))).toBe(false);
    expect(await it.validateEntityKind(policy({}, 'foreign', 'ramendr.openshift.io/v1alpha1'))).toBe(false);
  });

  it.each([
    [{ owner: 'platform', objectives: { rpo: 'soon' } }, /spec\.objectives\.rpo/],
    [{ owner: 'platform', schedule: { cron: '61 * * * *' } }, /spec\.schedule\.cron/],
    [{ owner: 'platform', schedule: { cron: '0 3 * * *', timeZone: 'Mars/Olympus' } }, /spec\.schedule\.timeZone/],
    [{ owner: 'platform', selfService: { restore: 'everybody' } }, /spec\.selfService\.restore/],
    [{ owner: 'platform', locations: [{ offsite: true }] }, /spec\.locations\[0\]\.name/],
    [{ objectives: { rpo: '1h' } }, /spec\.owner is missing/],
  ])('%j is refused by the name of the field', async (spec, message) => {
    await expect(processor().processor.validateEntityKind(policy(spec))).rejects.toThrow(message);
  });

  it('names every wrong field at once', async () => {
    const wrong = policy({ owner: 'platform', objectives: { rpo: 'x', rto: 'y' } }, 'bad');
    await expect(processor().processor.validateEntityKind(wrong)).rejects.toThrow(/^DRPolicy bad: .*objectives\.rpo.*; .*objectives\.rto/);
  });

  it('says which version it wants', async () => {
    await expect(processor().processor.validateEntityKind(policy({}, 'old', 'kubectl-dr.dev/v0'))).rejects.toThrow(
      'apiVersion must be kubectl-dr.dev/v1alpha1, not kubectl-dr.dev/v0',
    );
  });
});

describe('relations', () => {
  it('of a policy: its owner', async () => {
    expect(await relations(processor().processor, gold)).toEqual([
      'drpolicy:default/gold ownedBy group:default/platform',
      'group:default/platform ownerOf drpolicy:default/gold',
    ]);
  });

  it('of what it is assigned to, in both directions', async () => {
    expect(await relations(processor().processor, entity('Component', 'web', {}, 'gold'))).toEqual([
      'component:default/web protectedBy drpolicy:default/gold',
      'drpolicy:default/gold protects component:default/web',
    ]);
    expect(await relations(processor().processor, entity('Group', 'team', {}, 'gold'))).toEqual([]);
    expect(await relations(processor().processor, entity('Component', 'web'))).toEqual([]);
  });

  it('are inherited from System and Domains; the nearest wins', async () => {
    const { processor: it } = processor([
      entity('Domain', 'company', {}, 'bronze'),
      entity('Domain', 'retail', { subdomainOf: 'company' }),
      entity('System', 'shop', { domain: 'retail' }),
      entity('System', 'bank', { domain: 'retail' }, 'drpolicy:platform/gold'),
    ]);
    const [inherited] = await relations(it, entity('Component', 'web', { system: 'shop' }));
    expect(inherited).toBe('component:default/web protectedBy drpolicy:default/bronze');
    expect((await relations(it, entity('Resource', 'db', { system: 'bank' })))[0]).toBe(
      'resource:default/db protectedBy drpolicy:platform/gold',
    );
    expect((await relations(it, entity('Resource', 'db', { system: 'bank' }, 'silver')))[0]).toContain('drpolicy:default/silver');
    expect(await relations(it, entity('Component', 'lost', { system: 'nothing' }))).toEqual([]);
  });

  it('a circle of Domains ends', async () => {
    const { processor: it } = processor([entity('Domain', 'a', { subdomainOf: 'b' }), entity('Domain', 'b', { subdomainOf: 'a' })]);
    expect(await relations(it, entity('System', 'shop', { domain: 'a' }))).toEqual([]);
  });

  it('are inherited as before while the catalog does not answer, and anew when it does', async () => {
    const world = processor([entity('System', 'shop', {}, 'gold')]);
    const web = entity('Component', 'web', { system: 'shop' });
    expect(await relations(world.processor, web)).toHaveLength(2);
    world.later();
    const query = vi.spyOn(world.catalog, 'queryEntities').mockRejectedValueOnce(new Error('down'));
    expect(await relations(world.processor, web)).toHaveLength(2);
    expect(query).toHaveBeenCalledTimes(1);
    world.later();
    query.mockResolvedValueOnce({ items: [], totalItems: 0, pageInfo: {} });
    expect(await relations(world.processor, web)).toEqual([]);
  });

  it('reads Systems and Domains once for many entities', async () => {
    const world = processor([entity('System', 'shop', {}, 'gold')]);
    const query = vi.spyOn(world.catalog, 'queryEntities');
    for (let n = 0; n < 50; n += 1) await relations(world.processor, entity('Component', `c${n}`, { system: 'shop' }));
    expect(query).toHaveBeenCalledTimes(1);
  });
});

it('the module gives the catalog its processor', async () => {
  const addProcessor = vi.fn();
  const backend = await startTestBackend({
    extensionPoints: [[catalogProcessingExtensionPoint, { addProcessor } as never]],
    features: [catalogModuleDr, createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalogServiceMock() })],
  });
  expect(addProcessor).toHaveBeenCalledWith(expect.any(DrPolicyProcessor));
  await backend.stop();
});
