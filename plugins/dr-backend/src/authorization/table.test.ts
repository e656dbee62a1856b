import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { planHash } from '@kubectl-dr/core/planning/hash';
import request from 'supertest';
import { abandoned } from '../testing/abandoned.ts';
import { portalForTest, startPortal } from '../testing/backend.ts';
import type { TestPortal } from '../testing/backend.ts';
import { callers, headerOf, httpAuth } from '../testing/callers.ts';
import { journals } from '../testing/world.ts';

let portal: TestPortal;
beforeAll(async () => {
  portal = await startPortal({ features: [httpAuth] });
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

function ask(who: string, method: 'get' | 'post', path: string, body?: object) {
  const call = request(portal.backend.server)
    [method](`/api/dr${path}`)
    .set('Authorization', headerOf(who))
    .set('Idempotency-Key', `table-${who}`);
  return body === undefined ? call : call.send(body);
}

const shop = '/v1/applications/system/default/shop';
/** Of each route what is sent, and the status for each caller in their order. Everything about operations: with an id that was guessed. */
const table: Record<keyof typeof routes, [path: string, body: object | undefined, expected: string]> = {
  listApplications: ['/v1/applications', undefined, '401 200 200 200 200 200 200 200 200'],
  getApplicationsByRefs: ['/v1/applications/by-refs', { entityRefs: ['system:default/shop'] }, '401 200 200 200 200 200 200 200 200'],
  getApplication: [shop, undefined, '401 200 200 200 200 200 200 200 404'],
  listPoints: [`${shop}/points`, undefined, '401 200 200 200 200 200 200 200 404'],
  createPlan: [`${shop}/plans`, { intent: 'Backup' }, '401 403 200 200 403 200 403 403 404'],
  getDiff: [`${shop}/diff`, undefined, '401 403 200 200 403 200 403 403 404'],
  getDoctorReport: [`${shop}/doctor`, undefined, '401 403 200 200 403 200 403 403 404'],
  getReport: [`${shop}/report`, undefined, '401 403 200 200 403 200 403 403 404'],
  listPolicyChanges: [`${shop}/policy-changes`, undefined, '401 403 200 200 403 200 403 403 404'],
  listPolicyLint: [`${shop}/policy-lint`, undefined, '401 200 200 200 200 200 200 200 404'],
  startOperation: ['/v1/operations', { plan: { id: 'guessed', hash: 'guessed' } }, '401 404 404 404 404 404 404 404 404'],
  listOperations: ['/v1/operations', undefined, '401 200 200 200 200 200 200 200 200'],
  getOperation: ['/v1/operations/guessed', undefined, '401 404 404 404 404 404 404 404 404'],
  cancelOperation: ['/v1/operations/guessed/cancel', undefined, '401 404 404 404 404 404 404 404 404'],
  resumeOperation: ['/v1/operations/guessed/resume', undefined, '401 404 404 404 404 404 404 404 404'],
  undoOperation: ['/v1/operations/guessed/undo', undefined, '401 404 404 404 404 404 404 404 404'],
  confirmOperation: ['/v1/operations/guessed/confirm', undefined, '401 404 404 404 404 404 404 404 404'],
  approveOperation: ['/v1/operations/guessed/approve', {}, '401 404 404 404 404 404 404 404 404'],
  rejectOperation: ['/v1/operations/guessed/reject', {}, '401 404 404 404 404 404 404 404 404'],
  listClusters: ['/v1/clusters', undefined, '401 200 200 200 200 200 200 200 403'],
  listPolicies: ['/v1/policies', undefined, '401 200 200 200 200 200 200 200 403'],
  getPolicy: ['/v1/policies/default/guessed', undefined, '401 404 404 404 404 404 404 404 403'],
  listLocations: ['/v1/locations', undefined, '401 200 200 200 200 200 200 200 403'],
  listSchedules: ['/v1/schedules', undefined, '401 200 200 200 200 200 200 200 403'],
  listRestores: ['/v1/restores', undefined, '401 200 200 200 200 200 200 200 403'],
  listEngines: ['/v1/engines', undefined, '401 200 200 200 200 200 200 200 403'],
  getCoverage: ['/v1/coverage', undefined, '401 200 200 200 200 200 200 200 403'],
  listOwners: ['/v1/owners', undefined, '401 200 200 200 200 200 200 200 403'],
  getFleetDoctorReport: ['/v1/doctor', undefined, '401 403 403 403 403 200 403 403 403'],
  getFleetReport: ['/v1/report', undefined, '401 403 403 403 403 200 403 403 403'],
  listFleetPolicyChanges: ['/v1/policy-changes', undefined, '401 403 403 403 403 200 403 403 403'],
  listFleetPolicyLint: ['/v1/policy-lint', undefined, '401 403 403 403 403 200 403 403 403'],
  getHealth: ['/v1/health', undefined, '401 200 200 200 200 200 200 200 200'],
};

describe(`every route, for ${callers.join(', ')}`, () => {
  it.each(Object.entries(table))('%s', async (id, [path, body, expected]) => {
    const { method } = routes[id as keyof typeof routes];
    const statuses = [];
    for (const who of callers) statuses.push((await ask(who, method, path, body)).status);
    expect(statuses.join(' ')).toBe(expected);
  });

  it('which are the operations of the document that is served', async () => {
    const { body } = await ask('alice', 'get', '/openapi.json');
    const described = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(Object.keys(table).toSorted()).toEqual(described.toSorted());
  });

  it('a token that may not read is shown no application in a list either', async () => {
    expect((await ask('stranger', 'get', '/v1/applications')).body).toMatchObject({ metadata: { total: 0 }, items: [] });
    const { body } = await ask('stranger', 'post', '/v1/applications/by-refs', { entityRefs: ['system:default/shop'] });
    expect(body).toMatchObject({ items: [{ kind: 'forbidden' }], applications: [] });
  });
});

const ofModel = { intent: 'Backup', application: 'mixed', components: ['model'] } satisfies PlanRequest;

describe('an operation on the component of another team', () => {
  it('does not become that of the application owner when its journal is edited, with a hash that fits', async () => {
    const world = await portalForTest();
    const id = await abandoned(world, ofModel);
    const [journal] = journals(world.east);
    const data = journal!.data as { plan: string };
    const plan = { ...(JSON.parse(data.plan) as Plan), components: ['front'] };
    const forged = { ...plan, hash: await planHash(plan) };
    world.east.seed([{ ...journal!, data: { ...data, plan: JSON.stringify(forged) } } as never]);
    await vi.waitFor(async () => expect((await world.as('olivia')('get', `/v1/operations/${id}`)).body.spec.components).toEqual(['front']));
    const statuses = [];
    for (const verb of ['cancel', 'resume', 'undo', 'confirm'])
      statuses.push((await world.as('alice')('post', `/v1/operations/${id}/${verb}`)).status);
    expect(statuses).toEqual([403, 403, 403, 403]);
  });

  it('is not shown to whoever may not see that component, in no list and by no id', async () => {
    const permissions = createServiceFactory({
      service: coreServices.permissions,
      deps: {},
      factory: () => ({
        authorizeConditional: async (asked) => asked.map(() => ({ result: AuthorizeResult.CONDITIONAL }) as never),
        authorize: async (asked) =>
          asked.map((one) => ({
            result: 'resourceRef' in one && one.resourceRef === 'component:default/model' ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
          })),
      }),
    });
    const world = await portalForTest({ features: [permissions] });
    const model = await abandoned(world, ofModel);
    expect((await world.as('alice')('get', `/v1/operations/${model}`)).status).toBe(404);
    expect((await world.as('alice')('post', `/v1/operations/${model}/cancel`)).status).toBe(404);
    const { body } = await world.as('alice')('get', '/v1/operations');
    expect(body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).not.toContain(model);
    expect((await world.as('olivia')('get', `/v1/operations/${model}`)).status).toBe(200);
  });
});
