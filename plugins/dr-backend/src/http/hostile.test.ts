import { mockCredentials } from '@backstage/backend-test-utils';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import request from 'supertest';
import type { TestPortal } from '../testing/backend.ts';
import { startPortal } from '../testing/backend.ts';

let portal: TestPortal;
beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

const shop = '/v1/applications/system/default/shop';

const strange = [
  '../../../etc/passwd',
  'component:default/web\u0000',
  'component:default/web\r\nSet-Cookie: a=b',
  "component:default/web' OR 1=1 --",
  '__proto__',
  'constructor:default/prototype',
  'component:default/\u202egnp',
  '<script>alert(1)</script>',
  `component:default/${'a'.repeat(580)}`,
];

describe('entity references with strange characters', () => {
  it('stand for nothing, each alone', async () => {
    const { status, body } = await portal.as('alice')('post', '/v1/applications/by-refs').send({ entityRefs: strange });
    expect([status, body.applications]).toEqual([200, []]);
    expect(body.items).toEqual(strange.map((entityRef) => ({ kind: 'unknown', entityRef })));
  });

  it.each(strange.slice(0, 8))('%j in a path is nobody', async (name) => {
    for (const path of [`/v1/applications/component/default/${encodeURIComponent(name)}`, `/v1/operations/${encodeURIComponent(name)}`]) {
      const answer = await portal.as('alice')('get', path);
      expect(answer.status).toBe(404);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    }
  });
});

type Described = Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>>;

/** Of the document that is served: all that there is to attack. */
async function operations() {
  const { body } = await portal.as('alice')('get', '/openapi.json');
  return Object.entries(body.paths as Described).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [] }]) => ({
      path,
      method: method as 'get' | 'post',
      operationId,
      parameters,
    })),
  );
}

describe('every operation of the document', () => {
  it('takes a strange name in its path for a name that nobody has, and tells nothing of this process', async () => {
    const asked = (await operations()).filter(({ path }) => path.includes('{'));
    expect(asked.length).toBeGreaterThan(15);
    for (const { path, method, operationId } of asked)
      for (const name of [...strange, '..', '.', '%', '%2e%2e%2f', 'a'.repeat(300)]) {
        const filled = path.replaceAll(/\{[a-z]+\}/gi, encodeURIComponent(name));
        const call = portal.as('alice')(method, filled).set('Idempotency-Key', 'hostile');
        const answer = await (method === 'post' ? call.send(operationId === 'createPlan' ? { intent: 'Backup' } : {}) : call);
        // `.` and `..` are taken away by whoever sends or receives them: then it is another path.
        expect([400, 404], `${operationId} ${name}: ${answer.status}`).toContain(answer.status);
        expect(answer.headers['set-cookie']).toBeUndefined();
        expect(answer.headers['content-type'] ?? '').toMatch(/^(application\/json|$)/);
        expect(answer.text).not.toMatch(/node_modules|at \w+ \(|\/src\//);
      }
  }, 60_000);

  it('refuses a parameter that it does not describe, or does not look at it', async () => {
    for (const { path, method, operationId, parameters } of await operations()) {
      if (method !== 'get') continue;
      const filled = path.replace('{kind}/{namespace}/{name}', 'system/default/shop').replaceAll(/\{[a-z]+\}/gi, 'x');
      const strict = parameters.some((one) => one.in === 'query');
      for (const query of ['__proto__[operator]=true', 'user=user:default/olivia', 'limit[$gt]=1', 'a=%0d%0aSet-Cookie:%20a=b']) {
        const { status, headers } = await portal.as('bob')('get', `${filled}?${query}`);
        const plain = (await portal.as('bob')('get', filled)).status;
        // Such a name is dropped before anything reads it.
        expect(status, `${operationId}?${query}`).toBe(strict && !query.startsWith('__proto__') ? 400 : plain);
        expect(headers['set-cookie']).toBeUndefined();
      }
    }
  }, 60_000);
});

describe('unknown fields', () => {
  const bodies: [keyof typeof routes, string, object][] = [
    ['getApplicationsByRefs', '/v1/applications/by-refs', { entityRefs: ['component:default/web'] }],
    ['createPlan', `${shop}/plans`, { intent: 'Backup' }],
    ['startOperation', '/v1/operations', { plan: { id: 'a', hash: 'b' } }],
    ['approveOperation', '/v1/operations/x/approve', {}],
    ['rejectOperation', '/v1/operations/x/reject', {}],
  ];
  it('every route with a body is here', () => {
    const withBody = Object.entries(routes).flatMap(([id, route]) => ('body' in route ? [id] : []));
    expect(bodies.map(([id]) => id).sort()).toEqual(withBody.sort());
  });
  it.each(bodies)('%s refuses one that it does not know', async (_, path, body) => {
    const post = (more: object) =>
      portal
        .as('alice')('post', path)
        .set('Idempotency-Key', 'hostile')
        .send({ ...body, ...more });
    for (const more of [
      { requestedBy: 'user:default/olivia' },
      { application: 'payroll' },
      JSON.parse('{"__proto__x": {"operator": true}}'),
    ]) {
      const { status, body: answer } = await post(more);
      expect([status, answer.error?.name]).toEqual([400, 'InputError']);
    }
  });
});

describe('bodies', () => {
  const post = (text: string, type = 'application/json') =>
    portal.as('alice')('post', `${shop}/plans`).set('Content-Type', type).send(text);
  it.each([
    ['nested a hundred thousand deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['of null', 'null'],
    ['of a number', '7'],
    ['of a list', '[]'],
  ])('%s are refused', async (_, text) => {
    expect((await post(text)).status).toBe(400);
  });
  it('of a form, as another site could send, are not read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await post('{"intent":"Backup"}', type)).status).toBe(400);
  });
});

describe('another site', () => {
  it('has no word with a cookie alone, for any route', async () => {
    for (const { method, path } of Object.values(routes)) {
      const answer = await request(portal.backend.server)
        [method](`/api/dr${path}`)
        .set('Origin', 'https://evil.example')
        .set('Authorization', mockCredentials.none.header())
        .set('Cookie', mockCredentials.limitedUser.cookie('user:default/olivia'));
      expect(`${path} ${answer.status}`).toBe(`${path} 401`);
      expect(answer.headers['access-control-allow-origin']).not.toBe('https://evil.example');
    }
  });
});
