import { planHash } from '@kubectl-dr/core/planning/hash';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import request from 'supertest';
import { abandoned } from '../testing/abandoned.ts';
import { type TestPortal, portalForTest } from '../testing/backend.ts';
import { callers, headerOf, httpAuth } from '../testing/callers.ts';
import { journals } from '../testing/world.ts';

const verbs = ['cancel', 'resume', 'undo', 'confirm', 'approve', 'reject'] as const;

const ask = (world: TestPortal, who: string, method: 'get' | 'post', path: string, body?: object) =>
  request(world.backend.server)
    [method](`/api/dr${path}`)
    .set('Authorization', headerOf(who))
    .set('Idempotency-Key', `key-${who}`)
    .send(body);

/** Refused by its status; `in`: past the door, whatever the state of the operation then says. */
const door = (status: number): string => ([202, 400, 409].includes(status) ? 'in' : String(status));

/** An operation of each kind, as whoever runs it left it. */
const kinds: Record<string, { request: PlanRequest; becomes?: Partial<Plan> }> = {
  Backup: { request: { intent: 'Backup', application: 'shop' } },
  Restore: { request: { intent: 'Restore', application: 'shop', mode: 'clone' } },
  'Restore in place': { request: { intent: 'Restore', application: 'shop', components: ['web'], mode: 'configOnly' } },
  Drill: { request: { intent: 'Drill', application: 'shop' } },
  // Moves need a second site. What decides who may is in the journal, and the same for all of them.
  ...Object.fromEntries(
    (['Failover', 'Relocate', 'Failback'] as const).map((intent) => [
      intent,
      { request: { intent: 'Backup', application: 'shop' } satisfies PlanRequest, becomes: { intent } },
    ]),
  ),
};

describe(`an operation that exists, for ${callers.join(', ')}`, { timeout: 60_000 }, () => {
  it.each(Object.entries(kinds))('%s', async (_, { request: asked, becomes }) => {
    const world = await portalForTest({ features: [httpAuth] });
    const id = await abandoned(world, asked);
    if (becomes) {
      const [journal] = journals(world.east);
      const data = journal!.data as { plan: string };
      const plan = { ...(JSON.parse(data.plan) as Plan), ...becomes };
      world.east.seed([{ ...journal!, data: { ...data, plan: JSON.stringify({ ...plan, hash: await planHash(plan) }) } } as never]);
      await vi.waitFor(async () =>
        expect((await ask(world, 'olivia', 'get', `/v1/operations/${id}`)).body.spec.intent).toBe(becomes.intent),
      );
    }
    const path = `/v1/operations/${id}`;
    const seen = [];
    for (const who of callers) seen.push((await ask(world, who, 'get', path)).status);
    expect(seen.join(' ')).toBe('401 200 200 200 200 200 200 200 404');

    const before = JSON.stringify(journals(world.east));
    const strangers = ['nobody', 'guest', 'bob', 'service', 'reader', 'stranger'];
    for (const verb of verbs) {
      const statuses = [];
      for (const who of strangers) statuses.push((await ask(world, who, 'post', `${path}/${verb}`, {})).status);
      // It waits for no approval, which whoever sees it may know.
      const expected = verb === 'approve' || verb === 'reject' ? '401 409 409 409 409 404' : '401 403 403 403 403 404';
      expect(`${verb}: ${statuses.join(' ')}`).toBe(`${verb}: ${expected}`);
    }
    expect(JSON.stringify(journals(world.east))).toBe(before);

    for (const who of ['alice', 'carol', 'olivia']) expect(door((await ask(world, who, 'post', `${path}/cancel`)).status)).toBe('in');
    for (const guessed of [`${id}x`, id.slice(0, -1), id.toUpperCase(), `${id}%00`, `..%2f${id}`]) {
      const { status } = await ask(world, 'alice', 'post', `/v1/operations/${guessed}/cancel`);
      expect([guessed, status]).toEqual([guessed, expect.toBeOneOf([400, 404])]);
    }
  });

  it('one that waits for an approval', async () => {
    const world = await portalForTest({ features: [httpAuth] });
    const inPlace = { intent: 'Restore', mode: 'configOnly', components: ['web'] };
    const { body: plan } = await ask(world, 'alice', 'post', '/v1/applications/system/default/shop/plans', inPlace);
    const { id, hash } = plan.spec;
    const asked = await ask(world, 'alice', 'post', '/v1/operations', { plan: { id, hash }, confirm: 'shop' });
    expect(asked.body.status.state).toBe('WaitingForApproval');
    const path = `/v1/operations/${asked.body.metadata.name}`;
    for (const verb of ['approve', 'reject'] as const) {
      const statuses = [];
      for (const who of callers.filter((caller) => !['carol', 'olivia'].includes(caller)))
        statuses.push((await ask(world, who, 'post', `${path}/${verb}`, {})).status);
      // Neither does whoever asked, whatever they own.
      expect(`${verb}: ${statuses.join(' ')}`).toBe(`${verb}: 401 403 403 403 403 403 404`);
    }
    expect(journals(world.east)).toEqual([]);
    expect((await ask(world, 'carol', 'post', `${path}/approve`, {})).status).toBe(202);
    expect(door((await ask(world, 'olivia', 'post', `${path}/reject`, {})).status)).toBe('in');
  });
});
