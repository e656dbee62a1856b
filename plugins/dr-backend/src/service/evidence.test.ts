import { planLife } from '@kubectl-dr/core/planning/assemble';
import type { WireDoctorReport } from '@kubectl-dr/core/wire/doctor';
import type { WireDiff } from '@kubectl-dr/core/wire/plan';
import type { WireReport } from '@kubectl-dr/core/wire/report';
import { writes } from '@kubectl-dr/core/testing';
import { startPortal } from '../testing/backend.ts';
import type { TestPortal } from '../testing/backend.ts';
import { journals } from '../testing/world.ts';

let portal: TestPortal;
beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

const ref = (name: string): string => `/v1/applications/system/default/${name}`;
const routes = ['diff', 'doctor', 'report', 'policy-changes'];

describe('what is looked at more closely', () => {
  it('is for whoever may plan with each component that it tells of', async () => {
    const statuses: Record<string, number[]> = {};
    for (const route of routes) {
      statuses[route] = [];
      for (const [who, name] of [
        ['alice', 'mixed'],
        ['mia', 'mixed'],
        ['olivia', 'mixed'],
        ['olivia', 'grab'],
        ['alice', 'orphan'],
      ] as const)
        statuses[route].push((await portal.as(who)('get', `${ref(name)}/${route}`)).status);
    }
    expect(statuses).toEqual(Object.fromEntries(routes.map((route) => [route, [403, 403, 200, 403, 403]])));
    const own = await portal.as('alice')('get', `${ref('mixed')}/diff?component=front`);
    expect([own.status, (own.body as WireDiff).spec.components]).toEqual([200, ['front']]);
    expect((await portal.as('alice')('get', `${ref('mixed')}/diff?component=model`)).status).toBe(403);
  });

  it('of a component is of that component alone, and of none that there is not', async () => {
    const { body } = await portal.as('alice')('get', '/v1/applications/component/default/web/diff');
    expect((body as WireDiff).spec.components).toEqual(['web']);
    const missing = await portal.as('alice')('get', `${ref('shop')}/diff?component=wbe`);
    expect([missing.status, missing.body.error.hint]).toEqual([404, 'did you mean "web"?']);
    const nowhere = await portal.as('alice')('get', `${ref('shop')}/diff?point=shop-7`);
    expect(nowhere.status).toBe(404);
  });

  it('tells the audit of each refusal, and of nothing else', async () => {
    portal.audit.length = 0;
    for (const route of routes) {
      await portal.as('alice')('get', `${ref('shop')}/${route}`);
      await portal.as('bob')('get', `${ref('shop')}/${route}`);
    }
    await portal.as('bob')('get', '/v1/report');
    const refused = { outcome: 'fail', meta: { actor: 'user:default/bob', refused: true, code: 'FORBIDDEN' } };
    expect(portal.audit).toMatchObject(
      ['diff-fetch', 'doctor-fetch', 'report-fetch', 'policy-fetch', 'report-fetch'].map((eventId) => ({ eventId, ...refused })),
    );
    expect(portal.audit.map(({ meta }) => meta.application)).toEqual(['shop', 'shop', 'shop', 'shop', undefined]);
  });

  it('writes nothing', async () => {
    portal.east.calls.length = 0;
    for (const route of [...routes, 'policy-lint']) await portal.as('alice')('get', `${ref('shop')}/${route}`);
    expect(portal.east.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
    expect(journals(portal.east)).toEqual([]);
  });
});

describe('what it says', () => {
  it('a difference is what a plan would change, and lasts no longer than the question', async () => {
    const { body } = await portal.as('alice')('get', `${ref('shop')}/diff`);
    const plan = await portal
      .as('alice')('post', `${ref('shop')}/plans`)
      .send({ intent: 'Restore', mode: 'configOnly' });
    expect((body as WireDiff).spec.changes).toEqual(plan.body.spec.changes);
    expect(body.spec.waves).toBeUndefined();
  });

  it('the doctor looks at what the watches do not keep, too', async () => {
    portal.east.calls.length = 0;
    const { body } = await portal.as('alice')('get', `${ref('shop')}/doctor`);
    const { status } = body as WireDoctorReport;
    expect(status.findings.map(({ code }) => code)).toContain('NO_SCHEDULE');
    expect(status.unseen).toEqual([]);
    expect(portal.east.calls.filter(({ verb }) => verb === 'list').map((call) => call.resource)).toContain('persistentvolumes');
  });

  it('a report tells of one application what there is, and of all only an operator', async () => {
    const { body } = await portal.as('alice')('get', `${ref('shop')}/report?days=0.02`);
    const { status, spec } = body as WireReport;
    expect(spec).toEqual({ application: 'shop', days: 0.02 });
    expect(status.applications.map(({ metadata }) => metadata.name)).toEqual(['shop']);
    // Half an hour: the point of an hour ago is not of that time.
    expect(status.timelines.map(({ component, points }) => [component, points.map(({ name }) => name)])).toEqual([
      ['web', ['shop-2']],
      ['orders-db', ['shop-2']],
    ]);
    const all = await portal.as('olivia')('get', '/v1/report');
    expect((all.body as WireReport).status.applications).toHaveLength(6);
    const refused = await portal.as('alice')('get', '/v1/report');
    expect([refused.status, refused.body.error.hint]).toEqual([403, 'Name one of your applications.']);
  });
});

describe('a plan that is made again', () => {
  const again = async (body: object) =>
    portal
      .as('alice')('post', `${ref('shop')}/plans`)
      .send(body);
  const made = async (body: object = {}) =>
    (await again({ intent: 'Restore', ...body })).body.spec as {
      id: string;
      hash: string;
      createdAt: string;
      expiresAt: string;
      request: { application: string };
    };

  it('as it was asked for is the same one, and lives no longer than the first', async () => {
    const first = await made();
    const { application, ...request } = first.request;
    const { status, body } = await again(request);
    expect([status, body.spec.hash, application]).toEqual([200, first.hash, 'shop']);
    const { at } = request as unknown as { at: string };
    expect(body.spec.expiresAt).toBe(new Date(Date.parse(at) + planLife).toISOString());
  });

  it('is refused when the first has expired, or is of a time to come', async () => {
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const late = await again({ intent: 'Restore', at: at(-31) });
    expect([late.status, late.body.error.code]).toEqual([409, 'PLAN_EXPIRED']);
    const early = await again({ intent: 'Restore', at: at(5) });
    expect([early.status, early.body.error.code]).toEqual([400, 'BAD_INPUT']);
  });

  it('takes no point of another application', async () => {
    const pin = { component: 'web', cluster: 'east', namespace: 'shop', pointId: 'east/fake/fake/mixed-1' };
    const { body } = await again({ intent: 'Restore', components: ['web'], at: new Date().toISOString(), pins: [pin] });
    expect(body.spec.points).toEqual([]);
    expect(body.spec.blockers.length).toBeGreaterThan(0);
  });
});
