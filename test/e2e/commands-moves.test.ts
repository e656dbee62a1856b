import { types } from '@kubectl-dr/core/ports/kubernetes';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { volsyncControllers, volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TestFleet } from './fleet.ts';

let fleet: TestFleet;

/** The database of the shop is copied to `west` every five minutes, as its policy says; its storage is called otherwise there. */
beforeAll(async () => {
  fleet = await TestFleet.open();
  const catalog = readFileSync(path.join(fleet.folder, 'catalog.yaml'), 'utf8');
  const replication = 'replication: { to: west, every: 5m }\n  mapping: { west: { storageClasses: { standard: scratch } } }';
  fleet.write('catalog.yaml', catalog.replace("schedule: { cron: '0 * * * *' }", `schedule: { cron: '0 * * * *' }\n  ${replication}`));
  const between = new Between();
  const owner = { 'kubectl-dr.dev/owner': 'group:default/team-shop' };
  await fleet.west.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: owner } });
  for (const { stage } of [fleet.east, fleet.west]) {
    await createAll(stage.cluster, volsyncDefinitions());
    const { cluster, clock, volumes } = stage;
    stage.run(volsyncControllers({ cluster, clock, volumes, durations: { dataMovement: 2_000 }, between }));
    for (const way of ['east', 'west']) {
      const data = { RESTIC_REPOSITORY: btoa(`s3:https://store.invalid/from-${way}`), RESTIC_PASSWORD: btoa('secret') };
      const metadata = { name: `volsync-data-db-0-from-${way}`, namespace: 'shop' };
      await cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data });
    }
  }
  await fleet.settle();
  expect((await fleet.run('policy apply shop --yes')).code).toBe(0);
  await fleet.advance(12);
});
afterAll(() => fleet.close());

it('plans a relocation: what is written, stopped, copied and started, in which order', async () => {
  const { out, code } = await fleet.run('plan relocate shop --to west');
  expect(code).toBe(0);
  expect(out).toMatchInlineSnapshot();
});

it('asks first, moves, tells what may be done next, and where the application runs now', async () => {
  const refused = await fleet.run('relocate shop --to west');
  expect(refused.err).toContain('lets shop go on at west, and loses nothing');
  const { code, err } = await fleet.run('relocate shop --to west --yes');
  expect(err).toMatchInlineSnapshot();
  expect(code).toBe(0);
  expect((await fleet.run('status shop')).out).toContain('west');
});

it('goes back with everything', async () => {
  await fleet.advance(6);
  const { code, err } = await fleet.run('failback shop --yes');
  expect(err).toContain('Succeeded');
  expect(code).toBe(0);
});

it('refuses what makes no sense in one sentence', async () => {
  expect((await fleet.run('relocate shop')).err).toContain('--to CLUSTER is missing');
  expect((await fleet.run('relocate shop --to west --override x')).err).toContain('--override is of failover');
  expect((await fleet.run('failback shop-ml')).err).toContain('shop-ml');
});
