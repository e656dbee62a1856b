import { configMap, TestApi } from './client.testing.ts';

const maps = '/api/v1/namespaces/shop/configmaps';
const tokens = {
  root: { username: 'root', groups: ['system:masters'], uid: '7' },
  dev: { username: 'dev', groups: ['team-a'] },
  robot: { username: 'system:serviceaccount:shop:robot' },
};
const by = (token: string, extra: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...extra });
let test: TestApi;

beforeEach(async () => {
  test = new TestApi({ tokens });
  await test.ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } }, by('root'));
});
afterEach(() => test.api.close());

const bind = (name: string, kind: string, role: string, subject: object) =>
  test.ask(
    'POST',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings',
    { metadata: { name }, roleRef: { kind, name: role }, subjects: [subject] },
    by('root'),
  );

it('knows its users by their tokens', async () => {
  expect((await test.ask('GET', maps, undefined, by('nobody'))).body).toMatchObject({ kind: 'Status', code: 401, reason: 'Unauthorized' });
  expect((await test.ask('GET', maps)).body.message).toBe(
    'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "shop"',
  );
  expect((await test.ask('GET', '/version')).status).toBe(200);
  expect((await test.ask('GET', '/apis')).status).toBe(403);
  const who = await test.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { kind: 'SelfSubjectReview' }, by('root'));
  expect(who.body.status).toEqual({ userInfo: { username: 'root', uid: '7', groups: ['system:masters', 'system:authenticated'] } });
  const open = new TestApi();
  expect((await open.ask('GET', '/api/v1/secrets')).status).toBe(200);
});

it('lets bindings decide, for users, groups and service accounts', async () => {
  expect((await test.ask('GET', maps, undefined, by('dev'))).status).toBe(403);
  await bind('view', 'ClusterRole', 'view', { kind: 'Group', name: 'team-a' });
  expect((await test.ask('GET', maps, undefined, by('dev'))).status).toBe(200);
  expect((await test.ask('GET', '/api/v1/namespaces/shop/secrets', undefined, by('dev'))).status).toBe(403);
  expect((await test.ask('GET', '/api/v1/configmaps', undefined, by('dev'))).body.message).toContain('at the cluster scope');
  expect((await test.ask('POST', maps, configMap('a'), by('dev'))).status).toBe(403);
  await test.ask(
    'POST',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles',
    { metadata: { name: 'one' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'update'], resourceNames: ['a'] }] },
    by('root'),
  );
  await bind('one', 'Role', 'one', { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' });
  await test.ask('POST', maps, configMap('a'), by('root'));
  expect((await test.ask('GET', `${maps}/a`, undefined, by('robot'))).status).toBe(200);
  expect((await test.ask('GET', `${maps}/kube-root-ca.crt`, undefined, by('robot'))).status).toBe(403);
  expect((await test.ask('GET', maps, undefined, by('robot'))).status).toBe(403);
});

it('aggregates roles', async () => {
  const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  await bind('view', 'ClusterRole', 'view', { kind: 'User', name: 'dev' });
  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
  await test.ask(
    'POST',
    roles,
    { metadata: { name: 'more', labels }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }] },
    by('root'),
  );
  expect((await test.ask('GET', '/api/v1/namespaces/shop/secrets', undefined, by('dev'))).status).toBe(200);
});

it('impersonates for those who may', async () => {
  const as = { 'impersonate-user': 'eve' };
  expect((await test.ask('GET', maps, undefined, by('dev', as))).body.message).toBe(
    'users "eve" is forbidden: User "dev" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
  expect((await test.ask('GET', maps, undefined, by('root', as))).body.message).toContain('User "eve" cannot list');
  const headers = new Headers(by('root', as));
  headers.append('impersonate-group', 'a');
  headers.append('impersonate-group', 'cn=b,ou=c');
  headers.append('content-type', 'application/json');
  const answer = await test.api.fetch(
    new Request('https://test.invalid/apis/authentication.k8s.io/v1/selfsubjectreviews', { method: 'POST', body: '{}', headers }),
  );
  expect(((await answer.json()) as { status: unknown }).status).toEqual({
    userInfo: { username: 'eve', groups: ['a', 'cn=b,ou=c', 'system:authenticated'] },
  });
  expect((await test.ask('GET', maps, undefined, by('root', { 'impersonate-group': 'a' }))).status).toBe(500);
});

it('answers access reviews', async () => {
  const group = '/apis/authorization.k8s.io/v1';
  await bind('view', 'ClusterRole', 'view', { kind: 'User', name: 'dev' });
  const ask = async (verb: string, token = 'dev') =>
    (
      await test.ask(
        'POST',
        `${group}/selfsubjectaccessreviews`,
        { spec: { resourceAttributes: { verb, resource: 'configmaps', namespace: 'shop' } } },
        by(token),
      )
    ).body.status;
  expect(await ask('list')).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "view/shop"' });
  expect(await ask('delete')).toEqual({ allowed: false, reason: '' });
  expect(await ask('delete', 'root')).toMatchObject({ allowed: true });
  const other = { spec: { user: 'dev', resourceAttributes: { verb: 'list', resource: 'configmaps', namespace: 'shop' } } };
  expect((await test.ask('POST', `${group}/subjectaccessreviews`, other, by('root'))).body.status).toMatchObject({ allowed: true });
  expect((await test.ask('POST', `${group}/subjectaccessreviews`, other, by('dev'))).status).toBe(403);
  const rules = await test.ask('POST', `${group}/selfsubjectrulesreviews`, { spec: { namespace: 'shop' } }, by('dev'));
  expect(rules.body.status).toMatchObject({ resourceRules: expect.arrayContaining([expect.objectContaining({ apiGroups: ['apps'] })]) });
});

it('gives out tokens of service accounts, valid for a time and as long as the account is there', async () => {
  const test = new TestApi({ tokens: { root: { username: 'root', groups: ['system:masters'] } } });
  const root = { authorization: 'Bearer root' };
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } };
  await test.ask('POST', accounts, account, root);
  const request = (spec: object = {}) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
  const { status, body } = await test.ask('POST', `${accounts}/robot/token`, request(), root);
  expect(status).toBe(201);
  const { token } = body.status as { token: string };
  const whoami = async () => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    return test.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, { authorization: `Bearer ${token}` });
  };
  expect((await whoami()).body.status).toMatchObject({ userInfo: { username: 'system:serviceaccount:default:robot' } });
  test.clock.advance(3_600_000);
  expect((await whoami()).status).toBe(401);
  test.clock.advance(-1000);
  expect((await whoami()).status).toBe(201);
  await test.ask('DELETE', `${accounts}/robot`, undefined, root);
  await test.ask('POST', accounts, account, root);
  expect((await whoami()).status).toBe(401);

  expect((await test.ask('POST', `${accounts}/nobody/token`, request(), root)).body.message).toBe('serviceaccounts "nobody" not found');
  expect((await test.ask('POST', `${accounts}/robot/token`, request({ expirationSeconds: 10 }), root)).body.message).toContain(
    'may not specify a duration less than 10 minutes',
  );
});
