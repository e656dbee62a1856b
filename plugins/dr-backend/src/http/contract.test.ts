import type { Route } from '@kubectl-dr/backstage-plugin-dr-common';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Router } from 'express';
import { startPortal } from '../testing/backend.ts';
import type { Handlers } from './router.ts';
import { createRouter } from './router.ts';

type OpenApi = {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; parameters?: { name: string; in: string; required: boolean }[]; requestBody?: unknown }>
  >;
};

let portal: Awaited<ReturnType<typeof startPortal>>;
beforeAll(async () => {
  portal = await startPortal();
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

/** `get /v1/applications/:kind` of everything that a router answers. */
function routesOf(router: Router): string[] {
  return router.stack.flatMap((layer) =>
    layer.route
      ? Object.keys((layer.route as unknown as { methods: object }).methods).map((method) => `${method} ${layer.route!.path}`)
      : [],
  );
}

describe('the API and its description', () => {
  it('the document that is served names exactly the routes of the router, with their parameters', async () => {
    const { status, body } = await portal.as('bob')('get', '/openapi.json');
    expect(status).toBe(200);
    const document = body as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path.replaceAll(/\{([a-z]+)\}/gi, ':$1')}`),
    );
    const router = createRouter({ httpAuth: {} as never, logger: {} as never, censor: {} as never, handlers: {} as Handlers });
    expect(
      routesOf(router)
        .filter((route) => route !== 'get /openapi.json')
        .sort(),
    ).toEqual(described.sort());
    expect(document.paths['/v1/operations']!.post).toMatchObject({
      operationId: 'startOperation',
      parameters: [{ name: 'Idempotency-Key', in: 'header', required: true }],
    });
    expect(document.paths['/v1/applications']!.get!.parameters!.map(({ name }) => name)).toEqual([
      'owner',
      'verdict',
      'cluster',
      'q',
      'sort',
      'order',
      'limit',
      'cursor',
    ]);
    expect(JSON.stringify(document)).not.toContain('"$ref":"#/$defs');
  });

  it('every answer is what the contract says, field by field', async () => {
    const { as } = portal;
    const alice = as('alice');
    const shop = '/v1/applications/system/default/shop';
    // It still runs when it is told to stop, however slow the machine is.
    portal.engine.looksUntilEnd = Number.POSITIVE_INFINITY;
    const plan = await alice('post', `${shop}/plans`).send({ intent: 'Backup' });
    const { id, hash } = plan.body.spec;
    const operation = await alice('post', '/v1/operations').set('Idempotency-Key', 'contract').send({ plan: { id, hash } });
    const answers = {
      listApplications: await alice('get', '/v1/applications?verdict=AtRisk&verdict=Unknown&owner=team-shop&limit=2'),
      getApplicationsByRefs: await alice('post', '/v1/applications/by-refs').send({
        entityRefs: ['component:default/web', 'system:default/shop', 'api:default/x'],
      }),
      getApplication: await alice('get', shop),
      listPoints: await alice('get', `${shop}/points`),
      createPlan: plan,
      getDiff: await alice('get', `${shop}/diff?component=web&point=shop-1`),
      getDoctorReport: await alice('get', `${shop}/doctor`),
      getReport: await alice('get', `${shop}/report?days=7`),
      listPolicyChanges: await alice('get', `${shop}/policy-changes`),
      listPolicyLint: await alice('get', `${shop}/policy-lint`),
      startOperation: operation,
      listOperations: await alice('get', '/v1/operations?application=system:default/shop'),
      getOperation: await alice('get', `/v1/operations/${operation.body.metadata.name}`),
      cancelOperation: await alice('post', `/v1/operations/${operation.body.metadata.name}/cancel`),
      listClusters: await alice('get', '/v1/clusters'),
      listPolicies: await alice('get', '/v1/policies'),
      listLocations: await alice('get', '/v1/locations'),
      listSchedules: await alice('get', '/v1/schedules'),
      listRestores: await alice('get', '/v1/restores'),
      listEngines: await alice('get', '/v1/engines'),
      getCoverage: await alice('get', '/v1/coverage'),
      listOwners: await alice('get', '/v1/owners'),
      getFleetDoctorReport: await as('olivia')('get', '/v1/doctor'),
      getFleetReport: await as('olivia')('get', '/v1/report'),
      listFleetPolicyChanges: await as('olivia')('get', '/v1/policy-changes'),
      listFleetPolicyLint: await as('olivia')('get', '/v1/policy-lint'),
      getHealth: await alice('get', '/v1/health'),
    };
    for (const [name, { status, body }] of Object.entries(answers)) {
      const route = (routes as Record<string, Route>)[name]!;
      expect(`${name} ${status}: ${status === route.status ? '' : JSON.stringify(body)}`).toBe(`${name} ${route.status}: `);
      const parsed = route.response.safeParse(body);
      expect(`${name} ${parsed.error?.message ?? ''}`).toBe(`${name} `);
      // Nothing that the contract does not name leaves the process either.
      expect({ name, body }).toEqual({ name, body: JSON.parse(JSON.stringify(parsed.data)) });
    }
    expect(answers.listApplications.body.metadata).toEqual({
      total: 3,
      verdicts: expect.any(Object),
      staleSeconds: expect.any(Number),
      nextCursor: expect.any(String),
    });
    expect(answers.getApplicationsByRefs.body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['ready', 'ready', 'unknown']);
    expect(answers.getApplicationsByRefs.body.applications).toHaveLength(1);
    expect(answers.getCoverage.body.volumes).toEqual({ total: 1, captured: 1 });
    expect(answers.listOperations.body.items).toHaveLength(1);
    // Resuming what runs here is refused; its success is the subject of the operations' tests.
    expect((await alice('post', '/v1/operations/nothing/resume')).status).toBe(404);
  }, 30_000);

  it('answers a conditional request without a body', async () => {
    const first = await portal.as('bob')('get', '/v1/locations');
    const again = await portal.as('bob')('get', '/v1/locations').set('If-None-Match', first.headers.etag!);
    expect(again.status).toBe(304);
  });

  it('pages through everything once, whatever the size of the page', async () => {
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await portal.as('bob')('get', `/v1/applications?limit=2${cursor}`);
      names.push(...body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name));
      cursor = body.metadata.nextCursor === undefined ? '' : `&cursor=${body.metadata.nextCursor}`;
    } while (cursor !== '');
    expect(names.toSorted()).toEqual(['grab', 'mixed', 'orphan', 'orphan.east', 'shop', 'trick']);
  });
});

describe('bad input', () => {
  const cases: [string, 'get' | 'post', string, unknown, string][] = [
    ['an unknown parameter', 'get', '/v1/applications?colour=red', undefined, 'the query'],
    ['a verdict that does not exist', 'get', '/v1/applications?verdict=Fine', undefined, 'the query: verdict'],
    ['a component that is no name', 'get', '/v1/applications/system/default/shop/diff?component=', undefined, 'the query: component'],
    ['a time that is none', 'get', '/v1/applications/system/default/shop/report?days=soon', undefined, 'the query: days'],
    ['a longer time than there is', 'get', '/v1/report?days=1e999', undefined, 'the query: days'],
    [
      'an instant that is none',
      'post',
      '/v1/applications/system/default/shop/plans',
      { intent: 'Restore', at: 'yesterday' },
      'the body: at',
    ],
    ['a limit that is no number', 'get', '/v1/applications?limit=many', undefined, 'the query: limit'],
    ['a cursor of our own making', 'get', '/v1/applications?cursor=eyJ4IjoxfQ', undefined, 'cursor is not one'],
    ['no references', 'post', '/v1/applications/by-refs', { entityRefs: [] }, 'the body: entityRefs'],
    ['too many references', 'post', '/v1/applications/by-refs', { entityRefs: Array(201).fill('component:a') }, 'the body: entityRefs'],
    ['a field that does not exist', 'post', '/v1/applications/system/default/shop/plans', { intent: 'Restore', undoWindow: 1 }, 'the body'],
    ['an intent that does not exist', 'post', '/v1/applications/system/default/shop/plans', { intent: 'Destroy' }, 'the body: intent'],
    ['a whole plan instead of its id', 'post', '/v1/operations', { plan: { id: 'p', hash: 'h', waves: [] } }, 'the body: plan'],
  ];
  it.each(cases)('%s is refused by name', async (_, method, path, body, where) => {
    const call = portal.as('alice')(method, path).set('Idempotency-Key', 'k');
    const answer = await (body === undefined ? call : call.send(body as object));
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ name: 'InputError', code: 'BAD_INPUT', message: expect.stringContaining(where) });
  });

  it('a body that is not JSON, one that is too large, and a missing key', async () => {
    const post = () => portal.as('alice')('post', '/v1/operations').set('Content-Type', 'application/json');
    expect((await post().send('{"plan":')).body.error).toMatchObject({ name: 'InputError', message: 'The body is not valid JSON' });
    const large = await post().send(JSON.stringify({ plan: 'x'.repeat(300_000) }));
    expect([large.status, large.body.error.message]).toEqual([413, 'The body is too large']);
    const keyless = await post().send({ plan: { id: 'a', hash: 'b' } });
    expect([keyless.status, keyless.body.error.message]).toEqual([400, 'the header Idempotency-Key is missing']);
  });

  it.each([
    '/v1/applications/system/default/..%2f..%2fetc',
    '/v1/applications/%00/%0a/x',
    '/v1/operations/..%2f..',
    '/v1/operations/a%0d%0ab',
  ])('%s is only a name that nobody has', async (path) => {
    const { status, body } = await portal.as('alice')('get', path);
    expect(status).toBe(404);
    expect(body.error.name).toBe('NotFoundError');
  });
});
