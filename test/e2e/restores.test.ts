import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { restoreListSchema } from '@kubectl-dr/core/wire/protection';
import { TestFleet } from './fleet.ts';

let fleet: TestFleet;
let copied: string;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
  await fleet.advance(10);
  const { out } = await fleet.run('restore shop --component orders-db --as copy -o json');
  copied = (JSON.parse(out) as { metadata: { name: string } }).metadata.name;
  await fleet.advance(5);
  await fleet.east.create({
    apiVersion: 'velero.io/v1',
    kind: 'Restore',
    metadata: { name: 'by-hand', namespace: 'velero', labels: { team: 'platform' } },
    spec: { backupName: 'p1', includedNamespaces: ['shop'], namespaceMapping: { shop: 'shop-look' } },
  });
  await fleet.advance(5);
});
afterAll(() => fleet.close());

const names = (out: string): string[] => restoreListSchema.parse(JSON.parse(out)).items.map(({ metadata: { name } }) => name);

it('tells whose restores there were, newest first, each once', async () => {
  const { out, err } = await fleet.run('get restores');
  expect(err).toBe('');
  expect(out.replaceAll(copied, 'restore-shop-<id>')).toMatchInlineSnapshot(`
    "CLUSTER   NAME                 APPLICATION   POINT   STATE       AGE   INTO
    east      by-hand              <none>        p1      Completed   5m    shop->shop-look
    east      restore-shop-<id>   shop          p1      Succeeded   10m   shop->copy
    "
  `);
  // Ours are Restores of the engine as well: those are told by the operation.
  expect((await fleet.east.stage.cluster.list(veleroKinds.restores)).items).toHaveLength(2);
});

it('tells who asked, and by what', async () => {
  const { out } = await fleet.run(`describe restore ${copied}`);
  expect(out.replaceAll(copied, 'restore-shop-<id>').replace(/\d{4}-\S+Z/g, '<time>')).toMatchInlineSnapshot(`
    "Name:         restore-shop-<id>
    Cluster:      east
    Engine:       velero
    Application:  shop
    Points:       p1
    Mode:         clone
    Into:         shop->copy
    State:        Succeeded
    Asked for:    <time>, 10m ago, by kubernetes-admin
    Ended:        <time>
    Message:      restored into east/copy

    Next:
      kubectl dr describe operation restore-shop-<id>
    "
  `);
  expect((await fleet.run('describe restore by-hand')).out).toMatch(/^Into: +shop->shop-look$/m);
});

it('of an application, and of what a namespace gave or got', async () => {
  expect(names((await fleet.run('get restores --application shop -o json')).out)).toEqual([copied]);
  expect(names((await fleet.run('get restores -n shop-look -o json')).out)).toEqual(['by-hand']);
  expect(names((await fleet.run('get restores -n copy -o json')).out)).toEqual([copied]);
  expect(names((await fleet.run('get restores -n shop -o json')).out)).toEqual(['by-hand', copied]);
  expect(await fleet.run('get restores -n nowhere')).toMatchObject({ code: 0, out: '', err: 'No restores found in namespace nowhere.\n' });
});

it('by the labels of the object that an engine keeps', async () => {
  expect(names((await fleet.run('get restores -l team=platform -o json')).out)).toEqual(['by-hand']);
  expect(names((await fleet.run('get restores -l team!=platform -o json')).out)).toEqual([copied]);
  expect((await fleet.run('get points -l velero.io/storage-location=default -o name')).out).toContain('recoverypoint.kubectl-dr.dev/p1');
  expect(await fleet.run('get points -l team=platform')).toMatchObject({ code: 0, out: '', err: 'No points found with these labels.\n' });
  expect(await fleet.run('get apps -l a=b')).toMatchObject({ code: 2, err: expect.stringContaining('means nothing to apps') as string });
  expect(await fleet.run('get points -l =b')).toMatchObject({
    code: 2,
    err: expect.stringContaining('"=b" is no label selector') as string,
  });
});

it('by name, and as names', async () => {
  expect((await fleet.run('get restores -o name')).out).toBe(`restore.kubectl-dr.dev/by-hand\nrestore.kubectl-dr.dev/${copied}\n`);
  expect(await fleet.run('get restore by-hands')).toMatchObject({
    code: 1,
    err: expect.stringContaining('did you mean "by-hand"?') as string,
  });
});
