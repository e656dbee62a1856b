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
});
