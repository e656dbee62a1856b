import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { catalogEntityDeletePermission, catalogEntityReadPermission } from '@backstage/plugin-catalog-common/alpha';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  drApplicationReadPermission,
  drBackupCreatePermission,
  drPermissions,
  drRestoreCreatePermission,
} from '@kubectl-dr/backstage-plugin-dr-common';
import { ExamplePolicy } from './ExamplePolicy.ts';

const group = (name: string, parent?: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name },
  relations: parent ? [{ type: 'childOf', targetRef: `group:default/${parent}` }] : [],
});
const policy = new ExamplePolicy({
  catalog: catalogServiceMock({
    entities: [group('juniors', 'team'), group('team', 'company'), group('company', 'team'), group('platform')],
  }),
  auth: mockServices.auth(),
  operators: ['group:default/platform'],
});
const user = (...groups: string[]) => {
  const ownershipEntityRefs = ['user:default/alice', ...groups.map((name) => `group:default/${name}`)];
  return { identity: {}, info: { userEntityRef: 'user:default/alice', ownershipEntityRefs }, credentials: {} } as never;
};

describe('the example policy', () => {
  it('lets everybody see everything, also whoever is not a user', async () => {
    for (const permission of [drApplicationReadPermission, catalogEntityReadPermission]) {
      expect(await policy.handle({ permission }, user('team'))).toEqual({ result: AuthorizeResult.ALLOW });
      expect(await policy.handle({ permission })).toEqual({ result: AuthorizeResult.ALLOW });
    }
  });

  it('lets owners change what is theirs or of a group above them', async () => {
    const decision = await policy.handle({ permission: drRestoreCreatePermission }, user('juniors'));
    expect(decision).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'catalog',
      resourceType: 'catalog-entity',
      conditions: {
        rule: 'IS_ENTITY_OWNER',
        params: { claims: ['user:default/alice', 'group:default/juniors', 'group:default/team', 'group:default/company'] },
      },
    });
  });

  it('lets operators change everything, and nobody without a name anything', async () => {
    const changes = drPermissions.filter((permission) => permission !== drApplicationReadPermission);
    for (const permission of [...changes, catalogEntityDeletePermission]) {
      expect(await policy.handle({ permission }, user('platform'))).toEqual({ result: AuthorizeResult.ALLOW });
      expect(await policy.handle({ permission })).toEqual({ result: AuthorizeResult.DENY });
    }
    expect(await policy.handle({ permission: drBackupCreatePermission }, user('team'))).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
    });
  });

  it('asks the catalog for the groups above once in a while, and again after a failure', async () => {
    const catalog = catalogServiceMock.mock();
    const items = [{ ...group('juniors', 'team') }];
    catalog.getEntitiesByRefs.mockRejectedValueOnce(new Error('the catalog is away')).mockResolvedValue({ items } as never);
    let now = 0;
    const asking = new ExamplePolicy({ catalog, auth: mockServices.auth(), operators: [], now: () => now });
    const handle = (...groups: string[]) => asking.handle({ permission: drBackupCreatePermission }, user(...groups));
    await expect(handle('juniors')).rejects.toThrow('the catalog is away');
    const claims = { params: { claims: ['user:default/alice', 'group:default/juniors', 'group:default/team'] } };
    expect(await handle('juniors')).toMatchObject({ conditions: claims });
    const asked = catalog.getEntitiesByRefs.mock.calls.length;
    expect(await handle('juniors')).toMatchObject({ conditions: claims });
    expect(catalog.getEntitiesByRefs).toHaveBeenCalledTimes(asked);
    now = 16_000;
    await handle('juniors');
    expect(catalog.getEntitiesByRefs.mock.calls.length).toBeGreaterThan(asked);
  });
});
