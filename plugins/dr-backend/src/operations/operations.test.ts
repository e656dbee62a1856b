import { labels } from '@kubectl-dr/core/application/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { createDrService } from '@kubectl-dr/core/service/service';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { TestPortal as Portal } from '../testing/backend.ts';
import { portalForTest as portal } from '../testing/backend.ts';
import { entities, journals } from '../testing/world.ts';

const shop = '/v1/applications/system/default/shop';

async function planned({ as }: Portal, body: object = {}): Promise<{ id: string; hash: string }> {
  const answer = await as('alice')('post', `${shop}/plans`).send({ intent: 'Restore', ...body });
  expect(answer.body.error?.message).toBeUndefined();
  return { id: answer.body.spec.id, hash: answer.body.spec.hash };
}

const start = ({ as }: Portal, plan: object, key: string, who = 'alice', reason?: string) =>
  as(who)('post', '/v1/operations')
    .set('Idempotency-Key', key)
    .send({ plan, ...(reason && { reason }) });

const until = ({ as }: Portal, id: string, state: string) =>
  vi.waitFor(
    async () => {
      const { body } = await as('bob')('get', `/v1/operations/${id}`);
      expect(body.status?.state).toBe(state);
      return body;
    },
    { timeout: 15_000, interval: 50 },
  );

/** Another process with its own idea of who it is, as the command line is. */
function commandLine({ east, engine }: Portal) {
  return createDrService({
    clusters: [east],
    reader: new ListReader([east]),
    engines: [engine],
    clock: systemClock,
    holder: 'alice@laptop/1',
    catalog: { read: async () => ({ entities, problems: [] }) },
  });
}

describe('from plan to restored namespace', () => {
  it('what was previewed is carried out, and everybody sees it', async () => {
    const world = await portal();
    const plan = await planned(world, { namespace: 'shop-copy' });
    const accepted = await start(world, plan, 'one', 'alice', 'look at yesterday');
    expect(accepted.status).toBe(202);
    expect(accepted.body).toMatchObject({
      kind: 'Operation',
      status: { state: 'Pending', requestedBy: 'user:default/alice', reason: 'look at yesterday' },
    });
    const id = accepted.body.metadata.name;
    const done = await until(world, id, 'Succeeded');
    expect(done.spec.hash).toBe(plan.hash);
    expect(done.status.steps.every(({ state }: { state: string }) => state === 'Succeeded')).toBe(true);
    expect([...world.engine.restores.values()].map(({ request }) => request.namespaceMapping)).toContainEqual({ shop: 'shop-copy' });
    const [created] = world.east.peek(types.namespaces).filter(({ metadata }) => metadata.name === 'shop-copy');
    expect(created!.metadata.annotations?.['kubectl-dr.dev/owner']).toBe('group:default/team-shop');
    expect(world.audit.at(-1)).toMatchObject({
      eventId: 'restore-create',
      outcome: 'success',
      meta: { operation: id, planHash: plan.hash },
    });
    const list = await world.as('bob')('get', '/v1/operations?application=shop');
    expect(list.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([id]);
  });

  it('never lets a secret of the application out', async () => {
    const world = await portal();
    const plan = await planned(world);
    const { body } = await start(world, plan, 'one');
    await until(world, body.metadata.name, 'Succeeded');
    const paths = ['/v1/applications', `${shop}/points`, '/v1/operations', '/v1/clusters', '/v1/locations', '/v1/coverage', '/v1/health'];
    for (const path of paths) expect((await world.as('olivia')('get', path)).text).not.toContain('planted-secret');
  });

  it('a plan that the world has overtaken is refused, and may be tried again under the same key', async () => {
    const world = await portal();
    const plan = await planned(world, { namespace: 'shop-copy' });
    await world.east.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-copy' } });
    await vi.waitFor(async () => {
      const { status, body } = await start(world, plan, 'one');
      expect([status, body.error?.code]).toEqual([409, 'PLAN_STALE']);
    });
    await world.east.delete({ type: types.namespaces, name: 'shop-copy' });
    await vi.waitFor(async () => expect((await start(world, plan, 'one')).status).toBe(202));
  });
});

describe('idempotency', () => {
  it('two presses of the same button start one operation, at the same moment and later', async () => {
    const world = await portal();
    const plan = await planned(world);
    const answers = await Promise.all([start(world, plan, 'same'), start(world, plan, 'same'), start(world, plan, 'same')]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.metadata.name)).size).toBe(1);
    const id = answers[0]!.body.metadata.name;
    await until(world, id, 'Succeeded');
    const later = await start(world, plan, 'same');
    expect([later.status, later.body.metadata.name, later.body.status.state]).toEqual([202, id, 'Succeeded']);
    expect(journals(world.east)).toHaveLength(1);
    expect(world.audit.filter(({ eventId, outcome }) => eventId === 'restore-create' && outcome === 'success').length).toBeLessThanOrEqual(
      3,
    );
  });

  it('a key that was used for something else is refused', async () => {
    const world = await portal();
    await start(world, await planned(world), 'same');
    const other = await start(world, await planned(world, { namespace: 'other' }), 'same');
    expect([other.status, other.body.error.message]).toEqual([409, 'This Idempotency-Key was used for another request']);
  });

  it('the same key of another person is another request', async () => {
    const world = await portal();
    const plan = await planned(world);
    await start(world, plan, 'same');
    const { status, body } = await start(world, plan, 'same', 'bob');
    expect([status, body.error.name]).toEqual([403, 'NotAllowedError']);
  });
});

describe('portal and command line', () => {
  it('an operation that the command line started appears, and blocks a second one by naming its holder', async () => {
    const world = await portal();
    world.engine.looksUntilEnd = 1_000;
    const line = commandLine(world);
    const started = await line.execute(await line.plan({ intent: 'Backup', application: 'shop' }, { name: 'alice' }), { name: 'alice' });
    const gone = new AbortController();
    const running = (async () => {
      for await (const _ of started.events) if (gone.signal.aborted) return;
    })();
    await vi.waitFor(async () => {
      const { body } = await world.as('bob')('get', '/v1/operations');
      expect(body.items).toMatchObject([{ metadata: { name: started.operation.id }, status: { state: 'Running' } }]);
    });
    const refused = await start(world, await planned(world), 'second');
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      { code: 'OPERATION_RUNNING', message: expect.stringContaining('alice@laptop/1'), details: { holder: 'alice@laptop/1' } },
    ]);
    gone.abort();
    const cancelled = await world.as('alice')('post', `/v1/operations/${started.operation.id}/cancel`);
    expect([cancelled.status, cancelled.body.status.cancelRequested]).toEqual([202, true]);
    await running;
  });

  it('cancels what it runs itself; others than the owner may not', async () => {
    const world = await portal();
    world.engine.looksUntilEnd = 1_000;
    const { body } = await start(world, await planned(world), 'one');
    const id = body.metadata.name;
    const statuses = [];
    for (const who of [undefined, 'bob', 'carol']) statuses.push((await world.as(who)('post', `/v1/operations/${id}/cancel`)).status);
    expect(statuses).toEqual([401, 403, 202]);
    await until(world, id, 'Cancelled');
    const again = await world.as('alice')('post', `/v1/operations/${id}/cancel`);
    expect([again.status, again.body.error.message]).toEqual([409, `the operation ${id} has already ended: Cancelled`]);
    expect(world.audit.filter(({ eventId }) => eventId === 'operation-cancel').map(({ outcome, meta }) => [outcome, meta.actor])).toEqual([
      ['fail', 'user:default/bob'],
      ['success', 'user:default/carol'],
      ['fail', 'user:default/alice'],
    ]);
  });

  it('resumes what a dead process left, but not a journal that somebody edited', async () => {
    const world = await portal();
    const line = commandLine(world);
    const leave = new AbortController();
    const started = await line.execute(
      await line.plan({ intent: 'Restore', application: 'shop' }, { name: 'alice' }),
      { name: 'alice' },
      { signal: leave.signal },
    );
    let events = 0;
    await expect(async () => {
      for await (const _ of started.events) if ((events += 1) === 3) leave.abort(new Error('killed'));
    }).rejects.toThrow('killed');
    const { id } = started.operation;
    await until(world, id, 'Running');
    expect((await world.as('bob')('post', `/v1/operations/${id}/resume`)).status).toBe(403);

    const [journal] = journals(world.east);
    const forged = structuredClone(journal!) as unknown as { data: { plan: string } };
    forged.data.plan = forged.data.plan.replaceAll('"namespaces":["shop"]', '"namespaces":["ml"]');
    world.east.seed([forged as never]);
    const refused = await world.as('alice')('post', `/v1/operations/${id}/resume`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'PLAN_STALE']);

    world.east.seed([journal!]);
    const resumed = await world.as('alice')('post', `/v1/operations/${id}/resume`);
    expect([resumed.status, resumed.body.error?.message]).toEqual([202, undefined]);
    await until(world, id, 'Succeeded');
  });

  it('a journal of an application that nobody knows is for operators only; a broken one hides no other', async () => {
    const world = await portal();
    await start(world, await planned(world), 'one');
    const [journal] = journals(world.east);
    const stranger = JSON.parse(
      JSON.stringify(journal)
        .replaceAll('"shop"', '"payroll"')
        .replaceAll('\\"application\\":\\"shop\\"', '\\"application\\":\\"payroll\\"'),
    );
    stranger.metadata.name = 'stranger';
    stranger.data.status = stranger.data.status.replace(/"id":"[^"]+"/, '"id":"stranger"');
    const broken = structuredClone(journal!);
    broken.metadata = { ...broken.metadata, name: 'broken', labels: { [labels.operation]: 'broken' } };
    broken.data = { plan: '{', status: 'nonsense' };
    world.east.seed([stranger, broken]);
    await vi.waitFor(async () => expect((await world.as('olivia')('get', '/v1/operations')).body.items).toHaveLength(2));
    expect((await world.as('alice')('get', '/v1/operations')).body.items).toHaveLength(1);
    expect((await world.as('alice')('get', '/v1/operations/stranger')).status).toBe(404);
    expect((await world.as('olivia')('get', '/v1/operations/stranger')).status).toBe(200);
  });
});
