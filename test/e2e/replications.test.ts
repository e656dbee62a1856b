import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import { kinds } from '@kubectl-dr/core/engines/volsync/kinds';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { replicationListSchema } from '@kubectl-dr/core/wire/protection';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TestFleet } from './fleet.ts';

let fleet: TestFleet;
const between = new Between();

/** The database of the shop is copied to `west` every five minutes, as its policy says. */
beforeAll(async () => {
  fleet = await TestFleet.open();
  const catalog = readFileSync(path.join(fleet.folder, 'catalog.yaml'), 'utf8');
  fleet.write(
    'catalog.yaml',
    catalog.replace("schedule: { cron: '0 * * * *' }", "schedule: { cron: '0 * * * *' }\n  replication: { to: west, every: 5m }"),
  );
});
afterAll(() => fleet.close());

it('renders nothing to a cluster that cannot take it, and says what is missing', async () => {
  const { err } = await fleet.run('policy render shop');
  expect(err).toContain('no copy of shop to west is rendered: there is no namespace shop there');
});

it('renders to the namespace that the policy names there, unless that is somebody else’s', async () => {
  const catalog = readFileSync(path.join(fleet.folder, 'catalog.yaml'), 'utf8');
  const named = async (namespace: string): Promise<string> => {
    const mapping = `mapping: { west: { namespaces: { shop: ${namespace} } } }`;
    fleet.write('catalog.yaml', catalog.replace('replication: {', `${mapping}\n  replication: {`));
    return (await fleet.run('policy render shop')).err;
  };
  expect(await named('shop-dr')).toContain('no copy of shop to west is rendered: there is no namespace shop-dr there');
  const annotations = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await fleet.west.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pay', annotations } });
  const template = { metadata: { labels: { app: 'pay' } }, spec: { containers: [{ name: 'main', image: 'example/pay:1' }] } };
  const spec = { selector: { matchLabels: { app: 'pay' } }, template };
  await fleet.west.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'pay', namespace: 'pay' }, spec });
  expect(await named('pay')).toContain('no copy of shop to west is rendered: the namespace pay there is not of shop alone');
  await fleet.west.stage.cluster.delete({ type: types.deployments, namespace: 'pay', name: 'pay' });
  await fleet.west.stage.cluster.delete({ type: types.namespaces, name: 'pay' });
  fleet.write('catalog.yaml', catalog);
});

it('renders both ends, applies them, and finds no drift while they work', async () => {
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await fleet.west.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: owner } });
  expect((await fleet.run('policy render shop')).err).toContain('no engine that copies continuously is installed on both east and west');
  for (const { stage, installVolsync } of [fleet.east, fleet.west]) {
    await installVolsync(between);
    const data = { RESTIC_REPOSITORY: btoa('s3:https://store.invalid/shop'), RESTIC_PASSWORD: btoa('secret') };
    const name = 'volsync-data-db-0-from-east';
    await stage.cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'shop' }, data });
  }
  await fleet.settle();
  const { out } = await fleet.run('policy render shop');
  expect(out).toContain('kind: ReplicationSource');
  expect(out).toContain('kind: ReplicationDestination');
  expect((await fleet.run('policy apply shop --yes')).code).toBe(0);
  await fleet.advance(13);
  const after = await fleet.run('policy render shop --diff');
  expect(after.out).not.toContain('ReplicationDestination shop/dr-shop-data-db-0 ~');
  expect((await fleet.run('doctor shop')).out).not.toContain('POLICY_DRIFT');
});

it('tells how far copies are behind, and what a failover would lose now', async () => {
  const { out, err } = await fleet.run('get replications');
  expect(err).toBe('');
  expect(out).toMatchInlineSnapshot(`
    "NAME                CLAIM            FROM   TO     STATE       BEHIND     WOULD LOSE   LAST SYNC   NEXT SYNC
    dr-shop-data-db-0   shop/data-db-0   east   west   Succeeded   3m of 5m   3m           2m58s       in 2m
    "
  `);
  const { items } = replicationListSchema.parse(JSON.parse((await fleet.run('get replications -o json')).out));
  expect(items).toMatchObject([
    {
      spec: { from: 'east', to: 'west', intervalSeconds: 300, application: 'shop' },
      status: { ends: [{ role: 'source' }, { role: 'target', holds: true }] },
    },
  ]);
  expect((await fleet.run('get replications --application shop')).out).toBe(out);
  expect((await fleet.run('get replications -n shop-ml')).out).toBe('');
  expect((await fleet.run('describe replication dr-shop-data-db-0')).out).toMatchInlineSnapshot(`
    "Name:            dr-shop-data-db-0
    Claim:           shop/data-db-0
    Engine:          volsync
    Way:             east -> west
    Every:           5m
    State:           Succeeded
    Behind:          3m
    A failover now:  would lose 3m
    Application:     shop
    Policy:          gold

    Source:       dr-shop-data-db-0 on east
      Status:     WaitingForSchedule (Succeeded)
      Last sync:  2m58s ago
      Data of:    2026-01-15T13:10:00.000Z, 3m old
      Next sync:  in 2m

    Target:       dr-shop-data-db-0 on west
      Status:     WaitingForSchedule (Succeeded)
      Last sync:  57s ago
      Data of:    2026-01-15T13:10:02.000Z, 2m58s old
      Next sync:  in 4m
      Holds:      what can be promoted
    "
  `);
});

it('tells the same of each volume in the tree of the application', async () => {
  expect((await fleet.run('status shop')).out).toContain(
    'copy of data-db-0 to west: Succeeded, 3m behind, every 5m, a failover now would lose 3m',
  );
});

it('says that a copy lags, then that it has stopped, and why', async () => {
  between.cut = true;
  await fleet.advance(14);
  const { items } = replicationListSchema.parse(JSON.parse((await fleet.run('get replications -o json')).out));
  expect(items[0]!.status).toMatchObject({ phase: 'Failed', message: expect.stringContaining('connection refused') });
  const status = await fleet.run('status shop');
  expect(status.out).toContain('REPLICATION_LAGS');
  expect(status.out).toContain('REPLICATION_FAILED');
  between.cut = false;
  await fleet.advance(6);
  expect((await fleet.run('status shop')).out).not.toContain('REPLICATION');
});

it('takes away what the policy no longer asks for, when told to', async () => {
  fleet.reset();
  expect((await fleet.run('doctor shop')).out).toContain('no longer asks for it');
  await fleet.run('policy apply shop --prune --yes');
  for (const { stage } of [fleet.east, fleet.west])
    for (const type of volsync.replicator!.types) expect((await stage.cluster.list(type)).items).toEqual([]);
  expect(Object.values(kinds)).toHaveLength(2);
});
