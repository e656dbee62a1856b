import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import request from 'supertest';
import { exampleAuthProvider } from './exampleAuthProvider.ts';

const alice = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'alice' },
  spec: { memberOf: ['team-shop'] },
  relations: [{ type: 'memberOf', targetRef: 'group:default/team-shop' }],
};

async function start(provider: object = { dangerouslyAllowOutsideDevelopment: true }) {
  const backend = await startTestBackend({
    features: [
      import('@backstage/plugin-auth-backend'),
      exampleAuthProvider,
      createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalogServiceMock({ entities: [alice] }) }),
      mockServices.rootConfig.factory({ data: { app: { baseUrl: 'http://localhost:3000' }, auth: { providers: { example: provider } } } }),
    ],
  });
  onTestFinished(() => backend.stop());
  return (cookie?: string) => {
    const call = request(backend.server).get('/api/auth/example/refresh');
    return cookie === undefined ? call : call.set('Cookie', cookie);
  };
}

describe('signing in as anybody', () => {
  it('takes the user that the page chose, with their groups', async () => {
    const refresh = await start();
    const { status, body } = await refresh('other=1; dr-demo-user=alice');
    expect(status).toBe(200);
    expect(body.backstageIdentity).toMatchObject({ token: expect.any(String), identity: { userEntityRef: 'user:default/alice' } });
  });

  it('says that nobody was chosen', async () => {
    const refresh = await start();
    const { status, body } = await refresh();
    expect([status, body.error.message]).toEqual([401, 'No user was chosen: the cookie dr-demo-user is missing']);
  });

  it('is refused outside of development', async () => {
    const refresh = await start({});
    const { status, body } = await refresh('dr-demo-user=alice');
    expect([status, body.error.name]).toEqual([403, 'NotAllowedError']);
  });
});
