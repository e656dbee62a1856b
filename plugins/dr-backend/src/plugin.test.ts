import { openBackend } from './testing/backend.ts';

describe('a portal where nothing is configured', () => {
  it('starts, and answers everything with nothing', async () => {
    const { backend, as } = await openBackend({ entities: [], members: {}, config: { dr: undefined } });
    try {
      const ask = as('alice');
      const health = await ask('get', '/v1/health');
      expect([health.status, health.body.clusters]).toEqual([200, []]);
      for (const list of ['applications', 'clusters', 'locations', 'operations']) {
        const { status, body } = await ask('get', `/v1/${list}`);
        expect([list, status, body.items]).toEqual([list, 200, []]);
      }
      const { status, body } = await ask('post', '/v1/applications/by-refs').send({ entityRefs: ['component:default/web'] });
      expect([status, body.items]).toEqual([200, [expect.objectContaining({ entityRef: 'component:default/web' })]]);
    } finally {
      await backend.stop();
    }
  });
});
