import { createServiceFactory } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { TestPortal as Portal } from '../testing/backend.ts';
import { portalForTest as portal } from '../testing/backend.ts';
import { journals } from '../testing/world.ts';

const shop = '/v1/applications/system/default/shop';

async function planned({ as }: Portal, who: string, body: object = {}) {
  const { body: plan } = await as(who)('post', `${shop}/plans`).send({
    intent: 'Restore',
    mode: 'configOnly',
    components: ['web'],
    ...body,
  });
  expect([plan.error?.message, plan.spec?.blockers]).toEqual([undefined, []]);
  return plan as { selfService: string; spec: { id: string; hash: string } };
}

let keys = 0;
const start = ({ as }: Portal, { spec }: { spec: { id: string; hash: string } }, who: string, confirm?: string) =>
  as(who)('post', '/v1/operations')
    .set('Idempotency-Key', `key-${(keys += 1)}`)
    .send({ plan: { id: spec.id, hash: spec.hash }, ...(confirm !== undefined && { confirm }), reason: 'bad release' });

const act = (
  { as }: Portal,
  who: string,
  id: string,
  verb: string,
  body: object | undefined = verb.endsWith('e') || verb === 'reject' ? {} : undefined,
) => as(who)('post', `/v1/operations/${id}/${verb}`).send(body);

const said = ({ status, body }: { status: number; body: { error?: { message: string } } }) => `${status} ${body.error?.message ?? ''}`;

async function requested(world: Portal): Promise<string> {
  const { status, body } = await start(world, await planned(world, 'alice'), 'alice', 'shop');
  expect([status, body.status?.state]).toEqual([202, 'WaitingForApproval']);
  return body.metadata.name;
}

const until = ({ as }: Portal, id: string, state: string) =>
  vi.waitFor(
    async () => {
      const { body } = await as('alice')('get', `/v1/operations/${id}`);
      expect(body.status).toMatchObject({ state });
      return body;
    },
    { timeout: 15_000, interval: 50 },
  );

describe('what changes an application in place', () => {
  it('is not done without the typed name, and not by the owner alone', async () => {
    const world = await portal();
    const plan = await planned(world, 'alice');
    expect(plan.selfService).toBe('approval');
    expect(said(await start(world, plan, 'alice'))).toBe('400 Not confirmed: no name was typed; nothing was changed');
    expect(said(await start(world, plan, 'alice', 'shopp'))).toBe('400 Not confirmed: "shopp" is not "shop"; nothing was changed');
    const { status, body } = await start(world, plan, 'alice', 'shop');
    expect([status, body.status.state, body.status.message]).toEqual([
      202,
      'WaitingForApproval',
      expect.stringMatching(/^Waits until .* for somebody else of group:default\/team-shop, or an operator, to approve it$/),
    ]);
    expect(journals(world.east)).toEqual([]);
  });

  it('runs when another person of the team has approved it, in the name of whoever asked, and can be undone', async () => {
    const world = await portal();
    const id = await requested(world);
    const waiting = await world.as('carol')('get', '/v1/operations?application=shop');
    expect(waiting.body.items.map(({ status }: { status: { state: string } }) => status.state)).toEqual(['WaitingForApproval']);
    expect(said(await act(world, 'alice', id, 'approve'))).toBe(
      `403 user:default/alice has requested the operation ${id}, so somebody else has to decide on it`,
    );
    expect((await act(world, 'bob', id, 'approve')).status).toBe(403);
    expect((await act(world, 'mia', id, 'reject')).status).toBe(403);
    const approved = await act(world, 'carol', id, 'approve');
    expect(said(approved)).toBe('202 ');
    const done = await until(world, id, 'Succeeded');
    expect(done.status).toMatchObject({ requestedBy: 'user:default/alice', approvedBy: 'user:default/carol', reason: 'bad release' });
    expect(said(await act(world, 'carol', id, 'approve'))).toMatch(/^409 The request .* is decided already/);
    expect((await act(world, 'bob', id, 'undo')).status).toBe(403);
    expect(said(await act(world, 'alice', id, 'undo'))).toBe('202 ');
    await until(world, id, 'Undone');
    const events = world.audit.map(({ eventId, outcome, meta }) => `${eventId} ${String(meta.actor).slice(13)} ${outcome}`);
    expect(events.slice(-8)).toEqual([
      'restore-create alice success',
      'operation-approve alice fail',
      'operation-approve bob fail',
      'operation-reject mia fail',
      'operation-approve carol success',
      'operation-approve carol fail',
      'operation-undo bob fail',
      'operation-undo alice success',
    ]);
  });

  it('is told to whoever may approve it, and its end to the owner and to whoever asked', async () => {
    const sent: string[] = [];
    const record: NotificationService = {
      send: async ({ recipients, payload }) => {
        const { entityRef } = recipients as { entityRef: string[] };
        sent.push(`${entityRef.toSorted().join(', ')}: ${payload.title} -> ${payload.link}`);
      },
    };
    const world = await portal({ features: [createServiceFactory({ service: notificationService, deps: {}, factory: () => record })] });
    const id = await requested(world);
    const shown = '/dr?operation=';
    expect(sent).toEqual([
      `group:default/platform, group:default/team-shop: user:default/alice asks for your approval: Restore of shop -> ${shown}${id}`,
    ]);
    await act(world, 'carol', id, 'approve');
    await until(world, id, 'Succeeded');
    await vi.waitFor(() =>
      expect(sent[1]).toBe(`group:default/team-shop, user:default/alice: Restore of shop: Succeeded -> ${shown}${id}`),
    );
    expect(sent).toHaveLength(2);
  });

  it('is started once when two approve it at the same moment', async () => {
    const world = await portal();
    const id = await requested(world);
    const answers = await Promise.all([act(world, 'carol', id, 'approve'), act(world, 'olivia', id, 'approve')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    await until(world, id, 'Succeeded');
    expect(journals(world.east)).toHaveLength(1);
  });

  it('is rejected by another, or withdrawn by whoever asked, and then stays so', async () => {
    const world = await portal();
    const first = await requested(world);
    expect(said(await act(world, 'carol', first, 'reject', { reason: 'not today' }))).toBe('200 ');
    expect((await until(world, first, 'Cancelled')).status.message).toBe('Rejected by user:default/carol: not today');
    expect((await act(world, 'carol', first, 'approve')).status).toBe(409);
    const second = await requested(world);
    expect(said(await act(world, 'alice', second, 'cancel'))).toBe('202 ');
    expect((await until(world, second, 'Cancelled')).status.message).toBe('Withdrawn by user:default/alice');
    expect((await act(world, 'carol', second, 'approve')).status).toBe(409);
    expect(journals(world.east)).toEqual([]);
  });

  it('is not carried out on a world that has changed since it was shown', async () => {
    const world = await portal();
    const id = await requested(world);
    const [web] = world.east.peek(types.deployments, 'shop');
    await world.east.replace(types.deployments, { ...web!, spec: { ...(web!.spec as object), replicas: 7 } } as never);
    const refused = await act(world, 'carol', id, 'approve');
    expect([refused.status, refused.body.error.code]).toEqual([409, 'PLAN_STALE']);
    expect((await until(world, id, 'Cancelled')).status.message).toMatch(/^Approved by user:default\/carol, but not started: .* is stale/);
  });

  it('needs nobody else when an operator does it', async () => {
    const world = await portal();
    const plan = await planned(world, 'olivia');
    expect(plan.selfService).toBe('owner');
    const { body } = await start(world, plan, 'olivia', 'shop');
    await until(world, body.metadata.name, 'Succeeded');
    expect(said(await act(world, 'alice', body.metadata.name, 'confirm'))).toBe('202 ');
    await vi.waitFor(async () => expect((await until(world, body.metadata.name, 'Succeeded')).status.release?.endedAt).toBeDefined());
    expect(said(await act(world, 'alice', body.metadata.name, 'undo'))).toMatch(/^409 /);
  });
});

it('limits how many operations an owner starts in an hour, and counts no one else', async () => {
  const world = await portal({
    config: { dr: { authorization: { operators: ['group:default/platform'] }, quota: { operationsPerHour: 2 } } },
  });
  let copies = 0;
  const clone = async (who: string) => start(world, await planned(world, who, { mode: 'clone', namespace: `copy-${(copies += 1)}` }), who);
  for (const _ of [1, 2]) {
    const { status, body } = await clone('alice');
    expect(status).toBe(202);
    await until(world, body.metadata.name, 'Succeeded');
  }
  const refused = await clone('carol');
  expect([refused.status, refused.body.error.code, refused.body.error.message]).toEqual([
    429,
    'QUOTA',
    'group:default/team-shop has started 2 operations within an hour, and may start no more',
  ]);
  expect((await clone('olivia')).status).toBe(202);
});
