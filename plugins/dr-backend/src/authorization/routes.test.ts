import { startPortal } from '../testing/backend.ts';
import { journals } from '../testing/world.ts';

type Portal = Awaited<ReturnType<typeof startPortal>>;
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

const callers = ['nobody', 'alice', 'carol', 'bob', 'mia', 'olivia'] as const;
type Who = (typeof callers)[number];
const as = (who: Who) => portal.as(who === 'nobody' ? undefined : who);
const ref = (name: string): string => `/v1/applications/system/default/${name}`;

async function planOf(who: Who, name: string, body: object = {}) {
  return as(who)('post', `${ref(name)}/plans`).send({ intent: 'Backup', ...body });
}

/** A plan by somebody who may, for others to misuse. */
async function operatorsPlan(name: string, body: object = {}): Promise<{ id: string; hash: string }> {
  const answer = await planOf('olivia', name, body);
  expect(`${answer.status} ${answer.body.error?.message ?? ''}`).toBe('200 ');
  return { id: answer.body.spec.id, hash: answer.body.spec.hash };
}

describe('reading', () => {
  const routes = [
    '/v1/applications',
    ref('shop'),
    `${ref('shop')}/points`,
    '/v1/operations',
    '/v1/clusters',
    '/v1/policies',
    '/v1/locations',
    '/v1/schedules',
    '/v1/restores',
    '/v1/engines',
    '/v1/coverage',
    '/v1/owners',
    '/v1/health',
    '/openapi.json',
  ];
  it.each(routes)('%s is for whoever is signed in', async (path) => {
    const answers = await Promise.all(callers.map((who) => as(who)('get', path)));
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 200, 200, 200, 200]);
  });

  it('tells each caller what they may do, component by component', async () => {
    const names = ['shop', 'mixed', 'orphan', 'grab', 'trick'];
    const table = Object.fromEntries(
      await Promise.all(
        callers.slice(1).map(async (who) => {
          const { body } = await as(who)('post', '/v1/applications/by-refs').send({
            entityRefs: names.map((name) => `system:default/${name}`),
          });
          const allowed = Object.fromEntries(
            body.applications.map((application: { metadata: { name: string }; allowed: { restore: boolean } }) => [
              application.metadata.name,
              application.allowed.restore,
            ]),
          );
          return [who, names.filter((name) => allowed[name])];
        }),
      ),
    );
    // Nobody owns `orphan`, so its namespace cannot agree. Of `mixed` only the operator may do everything: `model` is of team-ml, and its namespace is not shared.
    expect(table).toEqual({
      alice: ['shop', 'trick'],
      carol: ['shop', 'trick'],
      bob: [],
      mia: [],
      olivia: ['shop', 'mixed', 'trick'],
    });
  });

  it('tells the owner of a component what they may do with that', async () => {
    const { body } = await as('mia')('post', '/v1/applications/by-refs').send({
      entityRefs: ['component:default/model', 'component:default/front'],
    });
    expect(body.items.map(({ allowed }: { allowed: { restore: boolean } }) => allowed.restore)).toEqual([true, false]);
  });
});

/** Who gets which status; the order is that of `callers`. */
const writes: [string, string, object, number[]][] = [
  ['their own', 'shop', {}, [401, 200, 200, 403, 403, 200]],
  ['with components of another team', 'mixed', {}, [401, 403, 403, 403, 403, 200]],
  ["only its owner's part", 'mixed', { components: ['front'] }, [401, 200, 200, 403, 403, 200]],
  ["only another team's part", 'mixed', { components: ['model'] }, [401, 403, 403, 403, 200, 200]],
  ['a part whose namespace is shared', 'mixed', { components: ['search'] }, [401, 200, 200, 403, 200, 200]],
  ['that nobody owns', 'orphan', {}, [401, 403, 403, 403, 403, 403]],
  ["that claims another team's namespace", 'grab', {}, [401, 403, 403, 403, 403, 403]],
  ['that names an owner who is not asked', 'trick', {}, [401, 200, 200, 403, 403, 200]],
];

describe('planning', () => {
  it.each(writes)('an application %s (%s %j)', async (_, name, body, expected) => {
    const answers = [];
    for (const who of callers) answers.push((await planOf(who, name, body)).status);
    expect(answers).toEqual(expected);
  });

  it('says which rule stands in the way', async () => {
    const error = async (who: Who, name: string, body = {}) => (await planOf(who, name, body)).body.error;
    expect(await error('bob', 'shop')).toMatchObject({
      name: 'NotAllowedError',
      code: 'FORBIDDEN',
      message: 'user:default/bob does not own web of shop: group:default/team-shop does',
      hint: 'Ask a member of group:default/team-shop, or an operator.',
    });
    expect(await error('bob', 'orphan')).toMatchObject({ message: 'orphan has no owner, so nobody but an operator may act on it' });
    expect(await error('bob', 'grab')).toMatchObject({
      code: 'UNCLAIMED_PLACEMENT',
      hint: expect.stringContaining('kubectl-dr.dev/owner'),
    });
    expect(await error('alice', 'mixed')).toMatchObject({
      hint: expect.stringContaining('kubectl-dr.dev/shared-with=group:default/team-shop'),
    });
  });

  it('of what does not exist is not found, by whomever', async () => {
    for (const who of callers.slice(1)) expect((await planOf(who, 'nothing')).status).toBe(404);
    expect((await planOf('alice', 'shop', { components: ['wbe'] })).body.error).toMatchObject({ hint: 'did you mean "web"?' });
  });
});

describe('a claimed namespace that did not agree', () => {
  it('gives no data, to nobody', async () => {
    for (const who of ['bob', 'alice', 'olivia'] as const) {
      const { body } = await as(who)('get', ref('grab'));
      expect(body.status).toMatchObject({ verdict: 'Unknown', components: [{ volumes: [], workloads: [] }] });
      expect(body.status.reasons).toMatchObject([{ code: 'PLACEMENT_UNCLAIMED' }]);
      expect(body.status.recoveryPoint).toBeUndefined();
      expect(body.allowed).toEqual({ plan: false, backup: false, restore: false, operate: false, approve: false });
      expect((await as(who)('get', `${ref('grab')}/points`)).body.items).toEqual([]);
    }
    const { body } = await as('bob')('get', '/v1/coverage');
    expect(body.gaps.filter(({ application }: { application: string }) => application === 'grab')).toEqual([]);
  });
});

describe('executing', () => {
  it('a plan that was made by an operator is refused to whoever does not own its application, and nothing is written', async () => {
    const plan = await operatorsPlan('shop', { intent: 'Restore' });
    const before = portal.east.calls.filter(({ verb }) => verb === 'create').length;
    const statuses = [];
    for (const who of ['nobody', 'bob', 'mia'] as const) {
      const { status } = await as(who)('post', '/v1/operations').set('Idempotency-Key', who).send({ plan });
      statuses.push(status);
    }
    expect(statuses).toEqual([401, 403, 403]);
    expect(portal.east.calls.filter(({ verb }) => verb === 'create').length).toBe(before);
    expect(journals(portal.east)).toEqual([]);
  });

  it('a plan with another hash, or of nobody, is not found', async () => {
    const plan = await operatorsPlan('shop');
    for (const wrong of [
      { ...plan, hash: 'x' },
      { ...plan, id: 'restore-shop-00000000' },
    ]) {
      const { status, body } = await as('alice')('post', '/v1/operations').set('Idempotency-Key', 'w').send({ plan: wrong });
      expect([status, body.error.name]).toEqual([404, 'NotFoundError']);
    }
  });

  it('every refusal and every write is audited, with who and what', async () => {
    portal.audit.length = 0;
    const plan = await operatorsPlan('shop', { intent: 'Restore' });
    await as('bob')('post', '/v1/operations').set('Idempotency-Key', 'audit').send({ plan, reason: 'curious' });
    expect(portal.audit).toMatchObject([
      { eventId: 'plan-create', outcome: 'success', meta: { actor: 'user:default/olivia', application: 'shop', planHash: plan.hash } },
      {
        eventId: 'restore-create',
        outcome: 'fail',
        meta: { actor: 'user:default/bob', application: 'shop', planHash: plan.hash, refused: true, code: 'FORBIDDEN', reason: 'curious' },
      },
    ]);
  });
});

describe('an owner who changed a moment ago', () => {
  it('is believed from the catalog, not from the copy', async () => {
    const other = await startPortal();
    try {
      await other.ready();
      const getEntitiesByRefs = vi.spyOn(other.catalog, 'getEntitiesByRefs').mockImplementation(async ({ entityRefs }) => ({
        items: entityRefs.map((entityRef) => ({
          apiVersion: 'v1',
          kind: 'System',
          metadata: { name: entityRef.replace(/.*\//, '') },
          spec: { owner: 'team-labs' },
        })),
      }));
      const plan = () =>
        other
          .as('alice')('post', `${ref('shop')}/plans`)
          .send({ intent: 'Backup' });
      expect((await plan()).body.error).toMatchObject({ name: 'ConflictError', message: 'system:default/shop has just got another owner' });
      getEntitiesByRefs.mockResolvedValue({ items: [undefined, undefined, undefined] });
      expect((await plan()).body.error).toMatchObject({ message: 'system:default/shop has just left the catalog' });
      getEntitiesByRefs.mockRejectedValue(new Error('down'));
      expect((await plan()).body.error).toMatchObject({ name: 'ServiceUnavailableError' });
    } finally {
      await other.backend.stop();
    }
  }, 30_000);
});

describe('without ownership (dr.authorization.requireOwnership: false)', () => {
  it('the permission policy alone decides; a namespace still has to agree', async () => {
    const other = await startPortal({ config: { dr: { authorization: { requireOwnership: false } } } });
    try {
      await other.ready();
      const statuses = [];
      for (const name of ['shop', 'mixed', 'grab']) {
        statuses.push(
          (
            await other
              .as('bob')('post', `${ref(name)}/plans`)
              .send({ intent: 'Backup' })
          ).status,
        );
      }
      expect(statuses).toEqual([200, 200, 403]);
    } finally {
      await other.backend.stop();
    }
  }, 30_000);
});
