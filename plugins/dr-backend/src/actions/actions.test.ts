import { readFileSync } from 'node:fs';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import type { TestPortal } from '../testing/backend.ts';
import { startPortal } from '../testing/backend.ts';

const registry = actionsRegistryServiceMock({ logger: mockServices.logger.mock() });
let portal: TestPortal;
beforeAll(async () => {
  portal = await startPortal({
    features: [createServiceFactory({ service: actionsRegistryServiceRef, deps: {}, factory: () => registry })],
  });
  await portal.ready();
}, 30_000);
afterAll(() => portal.backend.stop());

const invoke = async (user: string, name: string, input: object): Promise<any> => {
  const credentials = user === 'service' ? mockCredentials.service('external:bot') : mockCredentials.user(`user:default/${user}`);
  return (await registry.invoke({ id: `test:${name}`, input: input as never, credentials })).output;
};
const refusal = (user: string, name: string, input: object): Promise<string> =>
  invoke(user, name, input).then(
    () => 'done',
    (error: Error) => `${error.name}: ${error.message}`,
  );
const shop = { entityRef: 'system:default/shop' };
const finished = (operation: string) =>
  vi.waitFor(
    async () => {
      const { body } = await portal.as('alice')('get', `/v1/operations/${operation}`);
      expect(body.status.state).toBe('Succeeded');
    },
    { timeout: 15_000, interval: 50 },
  );

describe('actions for assistants and templates', () => {
  it('are those that the README tells of, with the same attributes', async () => {
    const { actions } = await registry.list();
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const told = [...readme.matchAll(/^\| `dr:([a-z-]+)` \| .* \| (.*) \|$/gm)].map(([, name, attributes]) => `${name}: ${attributes}`);
    const registered = actions.map(({ name, attributes }) => {
      const said = Object.entries(attributes).filter(([, value]) => value);
      return `${name}: ${
        said
          .map(([key]) => (key === 'readOnly' ? 'read only' : key))
          .toSorted()
          .toReversed()
          .join(', ') || 'neither destructive nor idempotent'
      }`;
    });
    expect(registered).toEqual(told);
    expect(registered).toEqual([
      'get-protection-status: read only, idempotent',
      'list-recovery-points: read only, idempotent',
      'plan-restore: read only, idempotent',
      'create-backup: neither destructive nor idempotent',
      'restore-application: idempotent, destructive',
    ]);
  });

  it('tell how a service is protected, and what it could go back to', async () => {
    expect(await invoke('alice', 'get-protection-status', { entityRef: 'component:default/web' })).toMatchObject({
      application: 'shop',
      owner: 'group:default/team-shop',
      verdict: 'AtRisk',
      newestUsablePoint: { name: 'shop-2', cluster: 'east' },
      mayRestore: true,
      components: [{ name: 'web' }, { name: 'orders-db' }],
    });
    expect((await invoke('bob', 'get-protection-status', shop)).mayRestore).toBe(false);
    const { total, points } = await invoke('alice', 'list-recovery-points', { ...shop, limit: 1 });
    expect([total, points.map(({ name }: any) => name)]).toEqual([2, ['shop-2']]);
    expect(points[0].components).toContainEqual({ name: 'orders-db', usable: 'yes', reasons: [] });
  });

  it('back up, and restore what was planned once', async () => {
    const backup = await invoke('alice', 'create-backup', { ...shop, reason: 'before the release' });
    expect(backup).toMatchObject({ application: 'shop', state: 'Pending' });
    await finished(backup.operation);
    const plan = await invoke('alice', 'plan-restore', { ...shop, point: 'shop-2', namespace: 'shop-copy' });
    expect(plan).toMatchObject({ application: 'shop', mode: 'clone', into: ['east/shop-copy'], blockers: [], carriedOutBy: 'owner' });
    const asked = { planId: plan.id, planHash: plan.hash };
    const { operation } = await invoke('alice', 'restore-application', asked);
    expect((await invoke('alice', 'restore-application', asked)).operation).toBe(operation);
    await finished(operation);
    const events = portal.audit.filter(({ meta }) => meta.operation === operation);
    expect(events).toMatchObject([{ eventId: 'restore-create', outcome: 'success', meta: { actor: 'user:default/alice' } }]);
  });

  it('change a running service only with its typed name, and then wait for another person', async () => {
    const plan = await invoke('alice', 'plan-restore', { ...shop, point: 'shop-2', components: ['web'], mode: 'configOnly' });
    expect(plan.carriedOutBy).toBe('approval');
    const asked = { planId: plan.id, planHash: plan.hash };
    expect(await refusal('alice', 'restore-application', asked)).toBe(
      'InputError: Not confirmed: no name was typed; nothing was changed. Type the name: shop',
    );
    expect(await invoke('alice', 'restore-application', { ...asked, confirm: 'shop' })).toMatchObject({ state: 'WaitingForApproval' });
  });

  it.each([
    ['bob', 'plan-restore', shop],
    ['bob', 'create-backup', shop],
    ['service', 'create-backup', shop],
    ['alice', 'plan-restore', { entityRef: 'system:default/orphan' }],
    ['alice', 'create-backup', { entityRef: 'component:default/model' }],
  ])('refuse %s %s of %j, and the refusal is audited', async (user, name, input) => {
    const before = portal.audit.length;
    expect(await refusal(user, name, input)).toMatch(/^NotAllowedError: .+/);
    expect(portal.audit.slice(before)).toContainEqual(expect.objectContaining({ outcome: 'fail' }));
  });

  it("a plan that one person was shown is not another team's to carry out", async () => {
    const { id, hash } = await invoke('alice', 'plan-restore', { ...shop, namespace: 'another-copy' });
    expect(await refusal('bob', 'restore-application', { planId: id, planHash: hash })).toMatch(/^NotAllowedError: /);
    expect(await refusal('alice', 'restore-application', { planId: id, planHash: 'other' })).toMatch(/^NotFoundError: There is no plan/);
  });

  it.each([
    ['get-protection-status', { entityRef: 'a/b/c' }, /^InputError: "a\/b\/c" is not an entity reference\. Write it as/],
    ['get-protection-status', { entityRef: 'component:default/nothing' }, /^NotFoundError: /],
    ['plan-restore', { ...shop, mode: 'destroy' }, /^InputError: Invalid input/],
    ['restore-application', { ...shop }, /^InputError: Invalid input/],
  ])('%s refuses %j in one sentence', async (name, input, message) => {
    expect(await refusal('alice', name, input)).toMatch(message);
  });
});
