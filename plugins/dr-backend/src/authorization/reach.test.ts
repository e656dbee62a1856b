import type { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { writes } from '@kubectl-dr/core/testing/memory-cluster';
import type { TestPortal } from '../testing/backend.ts';
import { portalForTest } from '../testing/backend.ts';
import { entities } from '../testing/world.ts';

const { deployment, namespace } = builders;

const entity = (kind: string, name: string, spec: object, annotations: Record<string, string> = {}): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, annotations },
  spec: { type: 'service', ...spec } as never,
});
const ref = (name: string) => `/v1/applications/system/default/${name}`;
const everybody = ['alice', 'bob', 'mia', 'olivia'];

async function statuses(world: TestPortal, path: string, body: object, who: readonly string[] = everybody): Promise<number[]> {
  const answers = [];
  for (const name of who) answers.push((await world.as(name)('post', path).send(body)).status);
  return answers;
}

describe("an entity that claims another team's cluster by annotation", () => {
  /** On west, the namespace `shop` is of team-ml; on east it is of team-shop. */
  const west = () => {
    const cluster = new MemoryCluster({ name: 'west', identity: 'uid-west', clock: systemClock });
    cluster.seed([
      namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-ml' } } }),
      deployment('shop/trainer'),
    ]);
    return cluster;
  };
  const in_ = (place: object) => ({ 'backstage.io/kubernetes-namespace': 'shop', ...place });

  it.each([
    ['by name', { 'backstage.io/kubernetes-cluster': 'west' }],
    ['by naming none, which means all', {}],
  ])(
    '%s gets no data and no action there, and nobody else does in its name',
    async (_, place) => {
      const cluster = west();
      const world = await portalForTest({
        clusters: [cluster],
        entities: [
          entity('System', 'stretch', { owner: 'team-shop' }),
          entity('Component', 'far', { system: 'stretch', owner: 'team-shop' }, in_(place)),
        ],
      });
      const refused = [403, 403, 403, 403];
      expect(await statuses(world, `${ref('stretch')}/plans`, { intent: 'Backup' })).toEqual(refused);
      expect(await statuses(world, `${ref('stretch')}/plans`, { intent: 'Restore', mode: 'inPlace' })).toEqual(refused);
      const { body } = await world.as('alice')('get', ref('stretch'));
      expect(JSON.stringify(body)).not.toContain('trainer');
      expect(body.allowed.restore).toBe(false);
      expect(cluster.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
    },
    30_000,
  );
});

describe('an application that changes hands while an operation runs', () => {
  it('is no longer that of the old owner, and of the new one once its namespace agrees', async () => {
    const world = await portalForTest();
    world.engine.looksUntilEnd = Number.POSITIVE_INFINITY;
    const plan = await world
      .as('alice')('post', `${ref('shop')}/plans`)
      .send({ intent: 'Backup' });
    const started = await world
      .as('alice')('post', '/v1/operations')
      .set('Idempotency-Key', 'moving')
      .send({ plan: { id: plan.body.spec.id, hash: plan.body.spec.hash } });
    expect(started.status).toBe(202);
    const id: string = started.body.metadata.name;
    const verbs = ['cancel', 'resume', 'undo', 'confirm'];
    const tried = async (who: string) => {
      const answers = [];
      for (const verb of verbs) answers.push((await world.as(who)('post', `/v1/operations/${id}/${verb}`)).status);
      return answers;
    };

    const moved = new Set(['shop', 'web', 'orders-db']);
    const now = entities.map((one) =>
      moved.has(one.metadata.name)
        ? { ...one, metadata: { ...one.metadata, etag: 'moved' }, spec: { ...one.spec, owner: 'team-labs' } }
        : one,
    ) as Entity[];
    const named = new Map(now.map((one) => [`${one.kind.toLowerCase()}:default/${one.metadata.name}`, one]));
    vi.spyOn(world.catalog, 'getEntitiesByRefs').mockImplementation(async ({ entityRefs }) => ({
      items: entityRefs.map((one) => named.get(one)),
    }));
    vi.spyOn(world.catalog, 'queryEntities').mockResolvedValue({ items: now, totalItems: now.length, pageInfo: {} });
    // Before the portal's own copy knows of it.
    expect((await tried('alice')).every((status) => status === 409 || status === 403)).toBe(true);
    const owner = async () => (await world.as('olivia')('get', ref('shop'))).body.spec.owner as string;
    await vi.waitFor(async () => expect(await owner()).toBe('group:default/team-labs'), { timeout: 15_000, interval: 100 });
    // The namespace still says team-shop: neither has it now.
    expect(await tried('alice')).toEqual([403, 403, 403, 403]);
    expect(await tried('bob')).toEqual([403, 403, 403, 403]);
    await world.east.patch({ type: types.namespaces, name: 'shop' }, 'merge', {
      metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-labs' } },
    });
    const may = async (who: string) => (await world.as(who)('get', ref('shop'))).body.allowed.operate as boolean;
    await vi.waitFor(async () => expect(await may('bob')).toBe(true), { timeout: 15_000, interval: 100 });
    expect(await tried('alice')).toEqual([403, 403, 403, 403]);
    expect((await world.as('bob')('post', `/v1/operations/${id}/cancel`)).status).toBe(202);
  }, 60_000);
});

describe('dependents that are restarted with what goes back', () => {
  const placed = (place: string, app: string) => ({
    'backstage.io/kubernetes-namespace': place,
    'backstage.io/kubernetes-cluster': 'east',
    'backstage.io/kubernetes-label-selector': `app=${app}`,
  });

  it.each([
    ['their own', 'team-shop', 'shop', 'web', ['web']],
    ["another team's that lies in their namespace", 'team-ml', 'shop', 'web', []],
    ["another team's in its own namespace", 'team-ml', 'ml', 'model', []],
    ["another team's in a namespace that is shared", 'team-ml', 'ml-shared', 'search', []],
  ])(
    'are %s: never one of another team, whoever asks',
    async (_, owner, place, app, expected) => {
      const world = await portalForTest({
        entities: [
          entity('System', 'chain', { owner: 'team-shop' }),
          entity('Component', 'base', { system: 'chain', owner: 'team-shop' }, placed('shop', 'orders-db')),
          entity('Component', 'leaf', { system: 'chain', owner, dependsOn: ['component:base'] }, placed(place, app)),
        ],
      });
      world.east.seed([
        builders.object('v1', 'PersistentVolume', 'pvc-shop-data-orders-db-0', {
          spec: { claimRef: { namespace: 'shop', name: 'data-orders-db-0' }, persistentVolumeReclaimPolicy: 'Retain' },
        }),
      ]);
      const body = { intent: 'Restore', mode: 'inPlace', components: ['base'], restartDependents: true };
      expect(await statuses(world, `${ref('chain')}/plans`, body)).toEqual([200, 403, 403, 200]);
      for (const who of ['alice', 'olivia']) {
        const plan = (
          await world
            .as(who)('post', `${ref('chain')}/plans`)
            .send(body)
        ).body.spec;
        expect(plan.blockers).toEqual([]);
        const steps = plan.waves.flat() as { action: { kind: string; target?: { name: string } } }[];
        expect(steps.flatMap(({ action }) => (action.kind === 'workload.restart' ? [action.target?.name] : []))).toEqual(expected);
      }
    },
    30_000,
  );
});

describe('what is wrong with the catalog', () => {
  it('is told to operators; others hear how much is', async () => {
    const world = await portalForTest({
      entities: [
        {
          ...entity('DRPolicy', 'private-plans', { owner: 'platform', objectives: { rpo: 'soon' } }),
          apiVersion: 'kubectl-dr.dev/v1alpha1',
        },
      ],
    });
    const health = async (who: string) => (await world.as(who)('get', '/v1/health')).body;
    expect(JSON.stringify((await health('olivia')).problems)).toContain('private-plans');
    for (const who of ['alice', 'bob', 'guest']) {
      const seen = await health(who);
      expect(seen).toMatchObject({ problemCount: 1, clusters: [{ name: 'east' }] });
      expect(JSON.stringify(seen)).not.toContain('private-plans');
    }
  }, 30_000);
});

describe('who may not see an application', () => {
  it('is not told whose it is', async () => {
    const nothing = createServiceFactory({
      service: coreServices.permissions,
      deps: {},
      factory: () => ({
        authorizeConditional: async (asked) => asked.map(() => ({ result: AuthorizeResult.DENY }) as never),
        authorize: async (asked) => asked.map(() => ({ result: AuthorizeResult.DENY })),
      }),
    });
    const { startPortal } = await import('../testing/backend.ts');
    const world = await startPortal({ features: [nothing] });
    onTestFinished(() => world.backend.stop());
    const entityRefs = ['system:default/shop', 'component:default/web'];
    await vi.waitFor(async () => {
      const { body } = await world.as('bob')('post', '/v1/applications/by-refs').send({ entityRefs });
      expect(body.items).toMatchObject([{ kind: 'forbidden' }, { kind: 'forbidden' }]);
      expect(JSON.stringify(body)).not.toContain('team-shop');
    }, 10_000);
  }, 30_000);
});
