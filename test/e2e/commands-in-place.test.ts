import { types } from '@kubectl-dr/core/ports/kubernetes';
import { TestFleet } from './fleet.ts';

/** Going back in place by command line: what is shown, what is asked, what is done. */
let fleet: TestFleet;
beforeEach(async () => {
  await fleet?.close();
  fleet = await TestFleet.open();
  const { cluster } = fleet.east.stage;
  await cluster.patch(page, 'merge', { data: { 'nginx.conf': 'a\nb\nc\nd' } });
  await fleet.backUp('p1');
  await fleet.advance(12);
});
afterAll(() => fleet.close());

const page = { type: types.configMaps, namespace: 'shop', name: 'web' };
const secret = { type: types.secrets, namespace: 'shop', name: 'db' };
const web = { type: types.deployments, namespace: 'shop', name: 'web' };
const late = { type: types.configMaps, namespace: 'shop', name: 'late' };
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const corrupt = { 'orders.csv': '%%%' };
const files = () => fleet.east.read('shop', 'data-db-0');

/** What happens to an application in twelve minutes: broken data, another page, another password, one thing more. */
async function spoil(): Promise<void> {
  const { cluster } = fleet.east.stage;
  await fleet.east.write('shop', 'data-db-0', corrupt);
  await cluster.patch(secret, 'merge', { data: { password: 'bmV3' } });
  await cluster.patch(page, 'merge', { data: { page: 'new', 'nginx.conf': 'a\nb\nx\ny\nd' } });
  await cluster.patch(web, 'merge', { spec: { replicas: 5 }, metadata: { labels: { tier: 'front' } } });
  await fleet.east.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'late', namespace: 'shop', labels: { app: 'web' } },
  });
  await fleet.settle();
}

describe('the plan', () => {
  it('begins with the data loss, groups by component, tells each field, and no secret', async () => {
    await spoil();
    const { code, out, err } = await fleet.run('plan restore shop --mode inPlace --component web --component orders-db --prune');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(masked(out)).toMatchInlineSnapshot(`
      "Data loss:  12 minutes of orders-db; nothing of web
      Plan:       Restore shop in place, configuration and data
      Into:       shop on east
      Point:      east/p1 of 2026-01-15T13:00:00Z (web, orders-db)
      Estimate:   about 2m (1 kB at an assumed 50 MB/s: nothing was measured yet; about 2m to stop, start and check)
      Undo:       within 1d, by kubectl dr undo: 1 old volume is kept and put back; what is written to the new ones until then is lost; the configuration is written back from the safety backup

      Preconditions: met, with 1 note
        info DEPENDENTS_KEEP_RUNNING: what depends on what goes back keeps running, and sees it away for a while, then older: web
          seen: Deployment shop/web
          next: restart them with it: --restart-dependents

      Changes in shop on east:
        web
          remove    ConfigMap late: it did not exist then
          change    ConfigMap web
                    data[nginx.conf]:
                        - x
                        - y
                        + c
                    data.page: "new" -> "hello"
          change    Deployment web
                    metadata.labels.tier: "front" -> <absent>
                    spec.replicas: 5 -> 2
          leave     Service web: the same already
        orders-db
          change    PersistentVolumeClaim data-db-0
                    data: as it is now, on pvc-<uid>, which is kept -> as of 2026-01-15T13:00:00Z (file by file through a pod)
          leave     StatefulSet db: the same already
        of no single component
          change    Secret db
                    data.password: the value differs; it is not shown

      Steps, those of one number side by side:
        1. [east] Keep a copy of the configuration in shop
        1. [east] Back up orders-db as it is now
        2. [east] Stop StatefulSet db
        3. [east] Wait until nothing uses the volumes of orders-db
        4. [east] Keep the present volume of data-db-0
        5. [east] Take data-db-0 off its present volume
        6. [east] Take StatefulSet db away for the restore
        7. [east] Restore the files of db through its pods
        8. [east] Take away the pods that carried the files of db
        9. [east] Wait until nothing uses the volumes of orders-db
       10. [east] Restore 2 objects of the configuration in shop
       11. [east] Restore orders-db itself
       12. [east] Start db with 1 replica
       13. [east] Wait for the volumes of orders-db
       13. [east] Wait until orders-db is ready
       14. [east] Restore web itself
       15. [east] Wait until web is ready
       16. [east] Remove 1 object that did not exist then

      Plan restore-shop-<id>, hash <hash>
      "
    `);
    expect(out).not.toMatch(/bmV3|c2VjcmV0/);
    expect(await fleet.east.stage.cluster.get(late)).toBeDefined();
  });

  it('leaves what is younger when it is not told to prune, and the data when only the configuration is asked for', async () => {
    await spoil();
    const { out } = await fleet.run('plan restore shop --mode configOnly --component web');
    expect(out).toMatch(/^Data loss: {2}nothing: all data stays as it is\n/);
    expect(out).toContain('leave     ConfigMap late: it did not exist then; --prune removes it\n');
    expect(out).not.toContain('PersistentVolumeClaim');
  });

  it('takes the window, the restart of dependents and the wish for no safety backup', async () => {
    await spoil();
    const { out } = await fleet.run(
      'plan restore shop --mode inPlace --component orders-db --undo-window 2h --restart-dependents --safety-backup=false',
    );
    expect(out).toContain('Undo:       within 2h, ');
    expect(out).toContain('no safety backup was asked for');
    expect(out).toMatch(/Restart .*web/);
    expect(out).not.toContain('Back up orders-db as it is now');
  });

  it('fits its terminal', async () => {
    await spoil();
    const { out } = await fleet.run('plan restore shop --mode inPlace', { columns: 90 });
    // oxlint-disable-next-line no-control-regex -- our own colours
    const lines = out.replace(/\u001b\[\d+m/g, '').split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(90);
  });

  it.each([
    ['restore shop --prune', '--prune is of what goes back in place: add --mode=inPlace, dataOnly or configOnly'],
    ['plan restore shop --mode inPlace --as copy', '--as is not of --mode=inPlace'],
    ['restore shop --mode sideways', '--mode must be one of clone, inPlace, dataOnly, configOnly, not "sideways"'],
  ])('%s is refused', async (line, message) => {
    const { code, out, err } = await fleet.run(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`error: ${message}\n`);
  });

  it('a window that is none is refused', async () => {
    const { code, err } = await fleet.run('restore shop --mode inPlace --undo-window soon');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: --undo-window: "soon" is not a duration\n/);
  });
});

describe('restore in place', () => {
  const line = 'restore shop --component orders-db --mode dataOnly';

  it('without a terminal: shows the plan, does nothing, and gives the line to type', async () => {
    await spoil();
    const { code, out, err } = await fleet.run([...line.split(' '), '--reason', "it's broken"]);
    expect({ code, out }).toEqual({ code: 7, out: '' });
    expect(err).toMatch(/^Data loss: {2}12 minutes of orders-db\n/);
    expect(err).toMatch(/\nerror: this replaces the data of orders-db in shop on east, and there is no terminal .*; nothing was changed\n/);
    expect(err).toMatch(new RegExp(`\nnext: kubectl dr ${line} --reason 'it'\\\\''s broken' --yes\n$`));
    expect(await files()).toEqual(corrupt);
    expect((await fleet.run('get operations')).err).toBe('No operations found.\n');
  });

  it('asks for the name of the application, and takes no other answer', async () => {
    await spoil();
    const wrong = await fleet.run(line, { answer: 'yes' });
    expect(wrong.code).toBe(7);
    expect(wrong.err).toContain('\nType the name of the application (shop) to go on: ');
    expect(wrong.err).toContain('error: not confirmed: "yes" is not "shop"; nothing was changed\n');
    expect((await fleet.run(line, { answer: '' })).err).toContain('error: not confirmed: no name was typed; nothing was changed\n');
    expect(await files()).toEqual(corrupt);
    expect(await fleet.run(line, { answer: 'shop' })).toMatchObject({ code: 0 });
    expect(await files()).toEqual(good);
  });

  it('--yes does not ask', async () => {
    await spoil();
    const { code, err } = await fleet.run('restore shop --mode inPlace --prune --yes');
    expect(code, err).toBe(0);
    expect(err).not.toContain('Type the name');
    expect(await files()).toEqual(good);
    const { cluster } = fleet.east.stage;
    expect(await cluster.get(page)).toMatchObject({ data: { page: 'hello' } });
    expect(await cluster.get(web)).toMatchObject({ spec: { replicas: 2 } });
    await expect(cluster.get(late)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a token on the line is not repeated', async () => {
    const { err } = await fleet.run(`${line} --token hush`);
    expect(err).toContain('--token "$TOKEN" --yes\n');
    expect(err).not.toContain('hush');
  });

  it('is refused by what stands in its way, before anybody is asked', async () => {
    fleet.east.behaviour.down = true;
    const { code, err } = await fleet.run(line, { answer: 'shop' });
    expect(code).toBe(6);
    expect(err).toContain('\nPreconditions: 1 not met');
    expect(err).toContain('blocker ENGINE_DOWN');
    expect(err).not.toContain('Type the name');
  });
});

/** Ids and names of volumes differ from run to run. */
function masked(output: string): string {
  return output
    .replace(/\b(backup|restore)-shop-[0-9a-f]{5,8}\b/g, '$1-shop-<id>')
    .replace(/hash [0-9a-f]{12}/g, 'hash <hash>')
    .replace(/pvc-[0-9a-f-]{36}/g, 'pvc-<uid>');
}
