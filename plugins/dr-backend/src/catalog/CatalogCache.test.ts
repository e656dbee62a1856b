import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { CatalogCache } from './CatalogCache.ts';

function group(name: string, parent?: string, relations: object[] = []) {
  return { apiVersion: 'v1', kind: 'Group', metadata: { name, etag: '1' }, spec: { parent }, relations };
}

function cache(entities: object[]) {
  const catalog = catalogServiceMock({ entities: entities as never });
  const onChange = vi.fn();
  const logger = mockServices.logger.mock();
  return {
    catalog,
    onChange,
    logger,
    cache: new CatalogCache({ catalog, auth: mockServices.auth(), logger, clock: systemClock, onChange }),
  };
}

describe('CatalogCache', () => {
  it('reads every page, and only the kinds that matter', async () => {
    const many = Array.from({ length: 1_201 }, (_, n) => ({ apiVersion: 'v1', kind: 'Component', metadata: { name: `c${n}` } }));
    const world = cache([...many, { apiVersion: 'v1', kind: 'API', metadata: { name: 'api' } }]);
    await world.cache.refresh();
    expect((await world.cache.read()).entities).toHaveLength(1_201);
  });

  it('says that it has not been read yet, and when it has, also if it holds nothing', async () => {
    const world = cache([]);
    expect((await world.cache.read()).problems).toMatchObject([{ message: expect.stringContaining('has not answered yet') }]);
    let tried = false;
    const waiting = world.cache.tried(60_000, new AbortController().signal).then(() => (tried = true));
    await systemClock.sleep(10);
    expect(tried).toBe(false);
    expect(() => world.cache.assertKnown()).toThrow('has not answered yet');
    await world.cache.refresh();
    await waiting;
    world.cache.assertKnown();
    expect((await world.cache.read()).problems).toEqual([]);
    expect(world.onChange).toHaveBeenCalledTimes(1);
  });

  it('keeps nobody waiting for a catalog that fails, or does not answer', async () => {
    const world = cache([]);
    await world.cache.tried(10, new AbortController().signal);
    vi.spyOn(world.catalog, 'queryEntities').mockRejectedValue(new Error('down'));
    await world.cache.refresh();
    await world.cache.tried(60_000, new AbortController().signal);
    expect(() => world.cache.assertKnown()).toThrow('has not answered yet');
  });

  it('tells of a change once', async () => {
    const world = cache([group('a')]);
    await world.cache.refresh();
    await world.cache.refresh();
    expect(world.onChange).toHaveBeenCalledTimes(1);
    vi.spyOn(world.catalog, 'queryEntities').mockResolvedValue({
      items: [{ ...group('a'), metadata: { name: 'a', etag: '2' } }] as never,
      totalItems: 1,
      pageInfo: {},
    });
    await world.cache.refresh();
    expect(world.onChange).toHaveBeenCalledTimes(2);
  });

  it('keeps what it has when the catalog does not answer, says so, and recovers', async () => {
    const world = cache([group('a')]);
    await world.cache.refresh();
    const query = vi.spyOn(world.catalog, 'queryEntities').mockRejectedValue(new Error('down'));
    await world.cache.refresh();
    await world.cache.refresh();
    const contents = await world.cache.read();
    expect(contents.entities).toHaveLength(1);
    expect(contents.problems).toEqual([{ location: 'catalog', message: 'the catalog could not be read: down' }]);
    expect(world.logger.warn).toHaveBeenCalledTimes(1);
    query.mockRestore();
    await world.cache.refresh();
    expect((await world.cache.read()).problems).toEqual([]);
  });

  it('climbs from a group to those above it, by field or relation; a circle ends', async () => {
    const world = cache([
      group('juniors', 'team'),
      group('team', undefined, [{ type: 'childOf', targetRef: 'group:default/division' }]),
      group('division', 'company'),
      group('company', 'team'),
    ]);
    await world.cache.refresh();
    expect(world.cache.ancestors(['user:default/x', 'group:default/juniors']).sort()).toEqual([
      'group:default/company',
      'group:default/division',
      'group:default/team',
    ]);
    expect(world.cache.ancestors(['group:default/nobody'])).toEqual([]);
  });
});
