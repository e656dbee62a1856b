import { types } from '@kubectl-dr/core/ports/kubernetes';
import { storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TestFleet } from './fleet.ts';

let fleet: TestFleet;

/** The database of the shop is copied to `west` every five minutes, as its policy says; its storage is called otherwise there. */
beforeAll(async () => {
  fleet = await TestFleet.open();
  const catalog = readFileSync(path.join(fleet.folder, 'catalog.yaml'), 'utf8');
  const replication =
    'replication: { to: west, every: 5m }\n  mapping: { west: { storageClasses: { standard: fast } }, east: { storageClasses: { fast: standard } } }';
  fleet.write('catalog.yaml', catalog.replace("schedule: { cron: '0 * * * *' }", `schedule: { cron: '0 * * * *' }\n  ${replication}`));
  const between = new Between();
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await fleet.west.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: owner } });
  await fleet.west.create({ ...storageClasses().find(({ metadata }) => metadata.name === 'standard')!, metadata: { name: 'fast' } });
  for (const { stage, installVolsync } of [fleet.east, fleet.west]) {
    await installVolsync(between);
    for (const way of ['east', 'west']) {
      const data = { RESTIC_REPOSITORY: btoa(`s3:https://store.invalid/from-${way}`), RESTIC_PASSWORD: btoa('secret') };
      const metadata = { name: `volsync-data-db-0-from-${way}`, namespace: 'shop' };
      await stage.cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data });
    }
  }
  await fleet.settle();
  expect((await fleet.run('policy apply shop --yes')).code).toBe(0);
  await fleet.advance(12);
});
afterAll(() => fleet.close());

it('does not give the newest data to whoever asks for that of a moment of which there is no point', async () => {
  const { out, code } = await fleet.run('plan failover shop --to west --point 2026-01-01T00:00:00Z');
  expect(code).toBe(6);
  expect(out).toContain(
    'no usable point of orders-db on west is 2026-01-01T00:00:00.000Z, or as old as that; its continuous copy goes back to 2026-01-15T13:00:00.000Z',
  );
  expect(out).toContain('nobody can tell how much of orders-db');
});

it('goes back to a moment that the copy keeps, when the loss of what is newer is accepted', async () => {
  const command = 'plan failover shop --to west --point';
  const refused = await fleet.run(`${command} 2026-01-15T13:04:00Z`);
  expect(refused.code).toBe(6);
  expect(refused.out).toMatch(/blocker NEWER_DATA_LEFT: orders-db: .* are left behind/s);
  expect(refused.out).toContain('--accept-data-loss');
  const { out, code } = await fleet.run(`${command} 2026-01-15T13:04:00Z --accept-data-loss`);
  expect(code).toBe(0);
  expect(out).toMatch(/^Data loss: {2}\d+ minutes of orders-db/);
  expect(out).toContain('as of 2026-01-15T13:04:00.000Z');
  expect(out).toMatch(/warning NEWER_DATA_LEFT/);
  expect((await fleet.run('plan relocate shop --to west --accept-data-loss')).code).toBe(2);
});

/** Ids are drawn, and how long it took differs; a plan names the objects that it saw. */
const told = (text: string): string =>
  text
    .replace(/(relocate-shop)-[0-9a-f]+\b/g, '$1-<id>')
    .replace(/hash [0-9a-f]{12}/g, 'hash <hash>')
    .replace(/until \S+, in \w+/, 'until <time>');

it('plans a relocation: what is written, stopped, copied and started, in which order', async () => {
  const { out, code } = await fleet.run('plan relocate shop --to west');
  expect(code).toBe(0);
  expect(told(out)).toMatchInlineSnapshot(`
    "Data loss:  nothing of web, orders-db
    Plan:       Relocate shop to west
    Into:       shop on west
    From:       shop on east
    Copy:       data-db-0 (orders-db): east -> west, dr-shop-data-db-0 by volsync
    Undo:       back to east as it was: what west writes until then is lost

    Preconditions: met

    Changes in shop on west:
      web
        create    ConfigMap web; Deployment web; Service web
      orders-db
        create    PersistentVolumeClaim data-db-0 (made of its copy)
                  spec.storageClassName: "standard" -> "fast" (the storage there is called so)
        create    StatefulSet db
      of no single component
        create    Secret db
        leave     Secret volsync-data-db-0-from-east, volsync-data-db-0-from-west: the same already

    Steps, those of one number side by side:
      1. [west] Write 7 objects of shop, stopped
      2. [east] Stop shop in shop, and see that nothing of it runs
      3. [west] Copy data-db-0 of orders-db to west once more
      4. [west] Make data-db-0 of orders-db out of its copy
      5. [west] Start orders-db in shop
      6. [west] Wait until orders-db in shop is ready
      7. [west] Start web in shop
      8. [west] Wait until web in shop is ready
      9. [west] Take away what is left of making the volumes of orders-db
     10. [west] Copy orders-db from west to east from now on
     11. [west] Let the copy of orders-db be as it was

    Plan relocate-shop-<id>, hash <hash>
    "
  `);
});

it('asks first, moves, tells what may be done next, and where the application runs now', async () => {
  const refused = await fleet.run('relocate shop --to west');
  expect(refused.err).toContain('lets shop go on at west, and loses nothing');
  const shown = told((await fleet.run('plan relocate shop --to west')).out);
  const { code, err } = await fleet.run('relocate shop --to west --yes');
  expect(told(err).slice(0, shown.length)).toBe(shown);
  expect(told(err).slice(shown.length)).toMatchInlineSnapshot(`
    "Running: [west] Write 7 objects of shop, stopped
    Succeeded: [west] Write 7 objects of shop, stopped
    Running: [east] Stop shop in shop, and see that nothing of it runs
    Succeeded: [east] Stop shop in shop, and see that nothing of it runs
    Running: [west] Copy data-db-0 of orders-db to west once more
    Succeeded: [west] Copy data-db-0 of orders-db to west once more
    Running: [west] Make data-db-0 of orders-db out of its copy
    Succeeded: [west] Make data-db-0 of orders-db out of its copy
    Running: [west] Start orders-db in shop
    Succeeded: [west] Start orders-db in shop
    Running: [west] Wait until orders-db in shop is ready
    Succeeded: [west] Wait until orders-db in shop is ready
    Running: [west] Start web in shop
    Succeeded: [west] Start web in shop
    Running: [west] Wait until web in shop is ready
    Succeeded: [west] Wait until web in shop is ready
    Running: [west] Take away what is left of making the volumes of orders-db
    Succeeded: [west] Take away what is left of making the volumes of orders-db
    Running: [west] Copy orders-db from west to east from now on
    Succeeded: [west] Copy orders-db from west to east from now on
    Running: [west] Let the copy of orders-db be as it was
    Succeeded: [west] Let the copy of orders-db be as it was
    next: kubectl dr undo relocate-shop-<id>   (until <time>)
    next: kubectl dr confirm relocate-shop-<id>   (end the time in which it can be undone)
    "
  `);
  expect(code).toBe(0);
  expect((await fleet.run('status shop')).out).toContain('west');
});

it('goes back with everything', async () => {
  await fleet.advance(6);
  const { code, err } = await fleet.run('failback shop --yes');
  expect(code, err).toBe(0);
  expect(err).toContain('Failback shop to east');
  expect((await fleet.run('status shop')).out).toContain('east/shop');
}, 60_000);

it('refuses what makes no sense in one sentence', async () => {
  expect((await fleet.run('relocate shop')).err).toContain('--to CLUSTER is missing');
  expect((await fleet.run('plan relocate shop --to west --override x')).err).toContain('--override is of failover');
  expect((await fleet.run('failback shop-ml')).err).toContain('shop-ml');
});

it('says under which other name a namespace goes on, and refuses what says nothing of that', async () => {
  const { out } = await fleet.run('plan failover shop --to west --map-namespace shop=shop-dr');
  expect(out).toMatch(/^Into: +shop-dr on west$/m);
  expect(out).toMatch(/^Renamed: +the namespace shop is shop-dr on west$/m);
  const half = await fleet.run('plan failover shop --to west --map-namespace shop');
  expect(half).toMatchObject({ code: 2, err: expect.stringContaining('--map-namespace shop is not FROM=TO') });
  const as = await fleet.run('plan failover shop --to west --as shop-dr');
  expect(as).toMatchObject({ code: 2, err: expect.stringContaining('--map-namespace shop=NAME') });
  const drill = await fleet.run('plan drill shop --on west --map-namespace shop=shop-dr');
  expect(drill).toMatchObject({ code: 2, err: expect.stringContaining('--map-namespace is of a move') });
  const restore = await fleet.run('plan restore shop --map-namespace shop=shop-dr');
  expect(restore).toMatchObject({ code: 2, err: expect.stringContaining('--map-namespace is of failover') });
});
