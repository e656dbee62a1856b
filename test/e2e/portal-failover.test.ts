import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { mockCredentials } from '@backstage/backend-test-utils';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openBackend } from '../../plugins/dr-backend/src/testing/backend.ts';
import { catalogOf } from '../suites/shop.ts';
import { siteGrounds } from '../suites/site-ground.ts';
import { SitePair } from '../suites/site-pair.ts';
import { kubectlDr } from './command-line.ts';

const members = { 'user:default/alice': ['group:default/team-shop'], 'user:default/olivia': ['group:default/platform'] };

/** A failover through the portal: by whom the policy lets, with the name typed, and also when the old cluster is silent. */
let pair: SitePair;
let portal: Awaited<ReturnType<typeof openBackend>>;

async function open(policy?: Record<string, unknown>): Promise<void> {
  pair = await SitePair.open(siteGrounds.sandbox, { clock: systemClock });
  pair.policy = policy;
  await pair.write('east', '1,apples\n');
  await pair.capture();
  portal = await openBackend({ clusters: pair.reached(), entities: catalogOf('shop', policy) as never, members });
  await eventually(
    async () => (await portal.as('olivia')('get', shop)).body.status?.recoveryPoint !== undefined,
    'the portal knows the point of shop',
    30_000,
  );
}
afterEach(async () => {
  await portal.backend.stop();
  await pair.close();
});

const shop = '/v1/applications/system/default/shop';
const plan = async (who: string, more: object = {}) =>
  (
    await portal
      .as(who)('post', `${shop}/plans`)
      .send({ intent: 'Failover', to: 'west', ...more })
  ).body;
const start = (who: string, made: { spec: { id: string; hash: string } }, more: object = {}) =>
  portal
    .as(who)('post', '/v1/operations')
    .set('Idempotency-Key', `${who}-${made.spec.id}-${JSON.stringify(more).length}`)
    .send({ plan: { id: made.spec.id, hash: made.spec.hash }, ...more });
const ended = async (id: string) => {
  const state = async (): Promise<string> => (await portal.as('olivia')('get', `/v1/operations/${id}`)).body.status?.state;
  await eventually(async () => ['Succeeded', 'Failed'].includes(await state()), `${id} has ended`, 60_000);
  return (await portal.as('olivia')('get', `/v1/operations/${id}`)).body;
};

it('is planned by the owner, carried out by an operator who has typed the name, and audited', async () => {
  await open();
  const made = await plan('alice');
  expect(made.spec).toMatchObject({ intent: 'Failover', blockers: [], home: 'west' });
  expect(made.selfService).toBe('operator');
  const refused = await start('alice', made, { confirm: 'shop' });
  expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('leaves this to operators')]);

  const own = await plan('olivia');
  expect(own.selfService).toBe('owner');
  expect((await start('olivia', own)).body.error).toMatchObject({ code: 'NOT_CONFIRMED' });
  const begun = await start('olivia', own, { confirm: 'shop' });
  expect(begun.status).toBe(202);
  const done = await ended(begun.body.metadata.name);
  expect(done.status, done.status.message).toMatchObject({ state: 'Succeeded', requestedBy: 'user:default/olivia' });
  await pair.running('west');
  expect(await pair.read('west')).toBe('1,apples\n');
  expect(await pair.pods('east')).toEqual([]);
  expect(portal.audit.filter(({ eventId }) => eventId === 'failover-create')).toMatchObject([
    { outcome: 'fail', meta: { actor: 'user:default/alice' } },
    { outcome: 'fail', meta: { actor: 'user:default/olivia' } },
    { outcome: 'success', meta: { intent: 'Failover', actor: 'user:default/olivia' } },
  ]);
});

it('goes on without a cluster that does not answer, when the owner may and has said why', async () => {
  await open({ owner: 'platform', selfService: { failover: 'owner' } });
  pair.clusters.east.lose({ workloads: false });
  await eventually(
    async () =>
      (await portal.as('olivia')('get', '/v1/clusters')).body.items.some(
        (cluster: { metadata: { name: string }; status: { reachable: boolean } }) =>
          cluster.metadata.name === 'east' && !cluster.status.reachable,
      ),
    'the portal sees that east is silent',
    60_000,
  );
  const blocked = await plan('alice');
  expect(blocked.error).toBeUndefined();
  expect(blocked.spec.blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE' }]);
  const made = await plan('alice', { override: 'power of rack 3 is cut' });
  expect(made.spec.blockers).toEqual([]);
  expect(made.selfService).toBe('owner');
  const begun = await start('alice', made, { confirm: 'shop' });
  expect(begun.body.error).toBeUndefined();
  const done = await ended(begun.body.metadata.name);
  expect(done.status, done.status.message).toMatchObject({ state: 'Succeeded' });
  // What was accepted is in the journal and in the audit, by whom and in their words.
  expect(done.spec.request).toMatchObject({ override: 'power of rack 3 is cut' });
  expect(portal.audit.filter(({ eventId }) => eventId === 'failover-create')).toMatchObject([
    { outcome: 'success', meta: { actor: 'user:default/alice', override: 'power of rack 3 is cut' } },
  ]);
  await pair.running('west');
  expect(await pair.read('west')).toBe('1,apples\n');
});

it('is not let go on without it by an owner whom the policy does not let, whatever they say', async () => {
  await open();
  pair.clusters.east.lose({ workloads: false });
  await eventually(
    async () => (await plan('alice')).spec?.blockers.some(({ code }: { code: string }) => code === 'SOURCE_MAY_BE_ALIVE'),
    'the plan tells that east is silent',
    60_000,
  );
  const made = await plan('alice', { override: 'power of rack 3 is cut' });
  expect(made.selfService).toBe('operator');
  const refused = await start('alice', made, { confirm: 'shop' });
  expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('leaves this to operators')]);
  expect(portal.audit.filter(({ eventId }) => eventId === 'failover-create')).toMatchObject([
    { outcome: 'fail', meta: { actor: 'user:default/alice', override: 'power of rack 3 is cut' } },
  ]);
  await expect(pair.pods('west')).resolves.toEqual([]);
});

it('is carried out by the command line of an operator who has no credentials of the clusters', async () => {
  await open();
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-portal-'));
  const as = (user: string, line: string, answer?: string) =>
    kubectlDr(`${line} --portal http://localhost:${portal.backend.server.port()}`, {
      cwd,
      env: { KUBECTL_DR_TOKEN: mockCredentials.user.token(`user:default/${user}`) },
      ...(answer !== undefined && { answer }),
    });
  try {
    const looked = await as('alice', 'plan failover shop --to west');
    expect(looked).toMatchObject({ code: 0, err: '' });
    expect(looked.out).toContain('Failover shop to west');
    const refused = await as('olivia', 'failover shop --to west', 'shp');
    expect([refused.code, refused.err]).toEqual([7, expect.stringContaining('not confirmed: "shp" is not "shop"')]);
    expect(await pair.pods('east')).not.toEqual([]);
    const done = await as('olivia', 'failover shop --to west', 'shop');
    expect(done.code, done.err).toBe(0);
    await pair.running('west');
    expect(await pair.pods('east')).toEqual([]);
    expect((await as('alice', 'get operations --application shop')).out).toMatch(/Failover/);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}, 60_000);
