import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { writes } from '@kubectl-dr/core/testing/memory-cluster';
import { portalPolicySchema } from '@kubectl-dr/backstage-plugin-dr-common';
import type { BackendOptions } from '../testing/backend.ts';
import { portalForTest } from '../testing/backend.ts';

const { deployment, namespace, object } = builders;
const annotated = (owner: string) => ({ metadata: { annotations: { 'kubectl-dr.dev/owner': `group:default/${owner}` } } });
const entity = (kind: string, name: string, spec: object, annotations = {}) => ({
  apiVersion: kind === 'DRPolicy' ? 'kubectl-dr.dev/v1alpha1' : 'backstage.io/v1alpha1',
  kind,
  metadata: { name, annotations },
  spec: spec as never,
});
const placed = (cluster: string, where: string) => ({
  'backstage.io/kubernetes-cluster': cluster,
  'backstage.io/kubernetes-namespace': where,
});

/** `bakery` of team-shop and `lab` of team-ml under gold on west, where a schedule of the bakery was edited by hand. */
async function world(policies?: object, features: NonNullable<BackendOptions['features']> = []) {
  const west = new MemoryCluster({ name: 'west', identity: 'uid-west', clock: systemClock, types: Object.values(veleroKinds) });
  west.seed([
    namespace('velero'),
    namespace('bakery', annotated('team-shop')),
    deployment('bakery/oven'),
    namespace('lab', annotated('team-ml')),
    deployment('lab/bench'),
    object('velero.io/v1', 'BackupStorageLocation', 'velero/default', { spec: {}, status: {} }),
    object(
      'velero.io/v1',
      'Schedule',
      'velero/dr-bakery-bakery',
      { spec: { schedule: '0 0 1 1 *', template: { includedNamespaces: ['bakery'] } } },
      { metadata: { labels: { 'kubectl-dr.dev/application': 'bakery', 'kubectl-dr.dev/policy': 'gold' } } },
    ),
  ]);
  const portal = await portalForTest({
    clusters: [west],
    features,
    config: { dr: { authorization: { operators: ['group:default/platform'] }, ...(policies && { policies }) } },
    entities: [
      entity('DRPolicy', 'gold', { owner: 'platform', objectives: { rpo: '4h' }, schedule: { every: '1h' } }),
      entity('DRPolicy', 'silver', { owner: 'platform', objectives: { rpo: '1d' } }),
      entity('System', 'bakery', { owner: 'team-shop' }, { 'kubectl-dr.dev/policy': 'gold' }),
      entity('Component', 'oven', { type: 'service', system: 'bakery', owner: 'team-shop' }, placed('west', 'bakery')),
      entity('System', 'lab', { owner: 'team-ml' }, { 'kubectl-dr.dev/policy': 'gold' }),
      entity('Component', 'bench', { type: 'service', system: 'lab', owner: 'team-ml' }, placed('west', 'lab')),
    ],
  });
  const policy = async (name: string, who = 'olivia') => (await portal.as(who)('get', `/v1/policies/default/${name}`)).body;
  const reasons = async () =>
    (await portal.as('alice')('get', '/v1/applications/system/default/bakery')).body.status.reasons.map(
      ({ code }: { code: string }) => code,
    );
  return { ...portal, west, policy, reasons };
}

const usually = { timeout: 20_000, interval: 100 };

it('mode report shows drift as a reason and on the policy, and writes nothing', async () => {
  const { west, policy, reasons } = await world();
  await vi.waitFor(async () => expect(await reasons()).toContain('POLICY_DRIFT'), usually);
  const answer = await policy('gold');
  const gold = portalPolicySchema.parse(answer);
  expect(answer).toEqual(JSON.parse(JSON.stringify(gold)));
  expect(gold).toMatchObject({
    metadata: { name: 'gold' },
    status: { applications: ['bakery', 'lab'] },
    users: [
      { name: 'bakery', owner: 'group:default/team-shop', components: ['oven'], verdict: 'Unprotected' },
      { name: 'lab', components: ['bench'], verdict: 'Unprotected' },
    ],
    reconciliation: {
      mode: 'report',
      prune: false,
      comparedAt: expect.stringMatching(/Z$/) as string,
      objects: [
        { metadata: { name: 'dr-bakery-bakery', cluster: 'west' }, status: { action: 'change', done: false } },
        { metadata: { name: 'dr-lab-lab' }, status: { action: 'create' } },
      ],
      corrections: [],
    },
  });
  expect(gold.reconciliation.objects[0]!.status.fields!.map(({ path }) => path)).toContain('spec.schedule');
  expect((await policy('silver')).users).toEqual([]);
  expect(await policy('golt')).toMatchObject({ error: { name: 'NotFoundError', hint: 'did you mean "gold"?' } });
  expect(west.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
}, 40_000);

it('mode off compares nothing, and says so', async () => {
  const { policy, reasons } = await world({ mode: 'off' });
  const gold = await policy('gold');
  expect(gold.reconciliation).toEqual({ mode: 'off', prune: false, objects: [], reasons: [], corrections: [] });
  expect(gold.users).toHaveLength(2);
  expect(await reasons()).not.toContain('POLICY_DRIFT');
}, 40_000);

it('a policy whose entity somebody may not see in the catalog does not exist for them', async () => {
  const permissions = createServiceFactory({
    service: coreServices.permissions,
    deps: {},
    factory: () => ({
      authorizeConditional: async (asked) => asked.map(() => ({ result: AuthorizeResult.CONDITIONAL }) as never),
      authorize: async (asked) =>
        asked.map((one) => ({
          result:
            one.permission.name === 'catalog.entity.read' && 'resourceRef' in one && one.resourceRef === 'drpolicy:default/gold'
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        })),
    }),
  });
  const { as, policy } = await world(undefined, [permissions]);
  const { body } = await as('alice')('get', '/v1/policies');
  expect(body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(['silver']);
  const { error } = await policy('gold');
  expect([error.name, error.hint]).toEqual(['NotFoundError', expect.not.stringContaining('gold')]);
  expect((await policy('silver')).metadata.name).toBe('silver');
}, 40_000);
