import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import { fencesLabel, networkFences } from '@kubectl-dr/core/fencing/network-fence';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { fenceController, fenceDefinition } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { kinds as veleroKinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { inject } from 'vitest';
import { openBackend } from '../../../plugins/dr-backend/src/testing/backend.ts';
import { seenBy } from '../../suites/seen-by.ts';
import { openShop, orders, readOrders, running, writeOrders } from '../targets/shop.ts';
import type { Right } from '../targets/service-accounts.ts';
import { applyManifest, asServiceAccount, granted, manifest, removeManifest, rightOf } from '../targets/service-accounts.ts';
import { copyDatabase, copyDefinitions, missingCopies } from '../targets/two-sites.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { newStore, withVelero } from '../targets/velero.ts';
import { part, shopSystem } from '../../suites/shop-parts.ts';

const target = inject('target');
const missing = target === 'memory' ? 'the cluster in memory knows no rights' : missingCopies(target);

const entities = [shopSystem, part('Component', 'web', ['resource:db']), part('Resource', 'db')];
const members = { 'user:default/olivia': ['group:default/platform'] };
const application = '/v1/applications/system/default/shop';
const newer = { 'orders.csv': '1,apples\n2,pears\n3,plums\n' };
const base = [...manifest('reader'), ...manifest('operator')];
const optional = [...manifest('moves'), ...manifest('fences')];
const until = <T>(what: () => Promise<T>) => vi.waitFor(what, { timeout: 60_000, interval: 200 });

/** Moves to another cluster with nothing more than what the manifests of `plugins/dr-backend/rbac` grant on both. */
describe.skipIf(missing !== undefined)(`moves by a portal on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  const sides: ProtectedCluster[] = [];
  const clients: HttpCluster[] = [];
  const used: Right[] = [];
  /** Clusters that do not answer the portal. */
  const lost = new Set<string>();
  let definitions: KubeObject[];
  let portal: Awaited<ReturnType<typeof openBackend>>;
  const [east, west] = [() => sides[0]!, () => sides[1]!];

  beforeAll(async () => {
    definitions = [...(await copyDefinitions(target)), fenceDefinition()];
    const store = newStore();
    for (const name of ['east', 'west'] as const) sides.push(await withVelero(target, name, store, definitions));
    const location = { type: veleroKinds.locations, namespace: 'velero', name: 'default' };
    await west().client.patch(location, 'merge', { spec: { backupSyncPeriod: '1s' } });
    await openShop(east());
    await copyDatabase(east(), west());
    await createAll(west().cluster, [
      {
        apiVersion: 'csiaddons.openshift.io/v1alpha1',
        kind: 'NetworkFence',
        metadata: { name: 'east', labels: { [fencesLabel]: 'east' } },
        spec: { fenceState: 'Unfenced', networkFenceClassName: 'shared', cidrs: ['192.0.2.0/24'] },
      },
    ]);
    west().run([fenceController({ cluster: west().cluster, reached: { '192.0.2.0/24': east().volumes! } })]);
    const seen = [];
    for (const side of sides) {
      await applyManifest(side.client, base);
      const client = await asServiceAccount(side, 'dr-operator', (traced) => {
        const right = rightOf(traced);
        if (right !== undefined && traced.status !== 403) used.push(right);
      });
      clients.push(client);
      // The server learns of rights in its own time.
      await until(() => Promise.all([client.list(types.nodes), client.list(types.deployments), client.list(veleroKinds.backups)]));
      const silence = () => {
        if (lost.has(side.name)) throw new ServiceUnavailableError(`${side.name} does not answer`, { cluster: side.name });
      };
      seen.push(seenBy(client, { before: silence }));
    }
    portal = await openBackend({ clusters: seen, entities, members });
    await until(async () => expect((await olivia('get', application)).status).toBe(200));
  }, 180_000);
  afterAll(async () => {
    await portal?.backend.stop();
    for (const client of clients) await client.close();
    for (const side of sides) {
      await removeManifest(side.client, [...base, ...optional]);
      await ifThere(side.client.delete({ type: networkFences, name: 'east' }));
      // The suites of a run share the real clusters.
      for (const { metadata } of definitions)
        await ifThere(side.client.delete({ type: types.customResourceDefinitions, name: metadata.name }));
      await side.close();
    }
  }, 120_000);

  const olivia = (method: 'get' | 'post', path: string) => portal.as('olivia')(method, path);
  const plan = async (request: object) => {
    const { body } = await olivia('post', `${application}/plans`).send(request);
    expect(body.error).toBeUndefined();
    return body.spec;
  };
  let keys = 0;
  const start = ({ id, hash }: { id: string; hash: string }) =>
    olivia('post', '/v1/operations')
      .set('Idempotency-Key', `move-${(keys += 1)}`)
      .send({ plan: { id, hash }, confirm: 'shop' });
  const begun = async (request: object): Promise<string> => {
    const made = await until(async () => {
      const spec = await plan(request);
      expect(spec.blockers).toEqual([]);
      return spec;
    });
    const started = await start(made);
    expect([started.status, started.body.error]).toEqual([202, undefined]);
    return started.body.metadata.name;
  };
  const ended = (id: string, state: string) =>
    until(async () => {
      const { body } = await olivia('get', `/v1/operations/${id}`);
      expect(body.status, JSON.stringify(body.status)).toMatchObject({ state });
      return body;
    });
  const blocked = (spec: { blockers: { code: string; cluster: string; message: string; evidence: string[] }[] }) =>
    spec.blockers.map(({ code, cluster, evidence }) => ({ code, cluster, evidence: evidence?.toSorted() }));

  it('does not begin what it could not end: the plan names each right that is missing, on both sides', async () => {
    const sides = ['replicationdestinations', 'replicationsources'];
    const all = (verbs: string[]) => verbs.flatMap((verb) => sides.map((what) => `${verb} ${what}.volsync.backube in shop`));
    await until(async () =>
      expect(blocked(await plan({ intent: 'Relocate', to: 'west' }))).toEqual([
        { code: 'PERMISSION_MISSING', cluster: 'east', evidence: all(['create', 'get', 'patch']) },
        {
          code: 'PERMISSION_MISSING',
          cluster: 'west',
          evidence: [...all(['create']), 'delete replicationdestinations.volsync.backube in shop', ...all(['get', 'patch'])],
        },
      ]),
    );
    const refused = await start(await plan({ intent: 'Relocate', to: 'west' }));
    expect(refused.body.error).toMatchObject({ code: 'PLAN_BLOCKED' });
    await running(east().client);
  }, 120_000);

  it('moves it with the right to, and takes that back', async () => {
    for (const side of sides) await applyManifest(side.client, manifest('moves'));
    const id = await begun({ intent: 'Relocate', to: 'west' });
    await ended(id, 'Succeeded');
    await running(west().client);
    expect(await readOrders(west())).toEqual(orders);
    expect((await olivia('post', `/v1/operations/${id}/undo`)).status).toBe(202);
    await ended(id, 'Undone');
    await running(east().client);
    expect(await readOrders(east())).toEqual(orders);
  }, 120_000);

  it('goes on without a silent cluster behind a fence, and lets it in again when its old copy was stopped', async () => {
    await writeOrders(east(), newer);
    await createAll(east().cluster, [
      {
        apiVersion: 'velero.io/v1',
        kind: 'Backup',
        metadata: { name: 'shop-p1', namespace: 'velero' },
        spec: { includedNamespaces: ['shop'], snapshotMoveData: true },
      },
    ]);
    await until(async () => {
      const { items } = await west().client.list(veleroKinds.backups, { namespace: 'velero' });
      expect(items.map(({ metadata }) => metadata.name)).toContain('shop-p1');
    });
    lost.add('east');
    const request = { intent: 'Failover', to: 'west' };
    await until(async () => {
      const blind = await plan(request);
      expect(blind.blockers.map(({ code }: { code: string }) => code)).toEqual(['SOURCE_MAY_BE_ALIVE']);
      expect(blind.warnings).toContainEqual(
        expect.objectContaining({
          code: 'READING_FORBIDDEN',
          message: expect.stringContaining('whether a NetworkFence is prepared cannot be seen, so none is used: '),
        }),
      );
    });
    await applyManifest(west().client, manifest('fences'));
    const id = await begun(request);
    const done = await ended(id, 'Succeeded');
    expect(done.status.steps[0].message).toBe('east cannot write to its storage any more');
    await running(west().client);
    expect(await readOrders(west())).toEqual(newer);
    expect(east().volumes!.fenced).toBe(true);
    lost.delete('east');
    await until(async () => expect((await olivia('post', `/v1/operations/${id}/confirm`).send({})).status).toBe(202));
    await until(async () => expect((await ended(id, 'Succeeded')).status.release?.endedAt).toBeDefined());
    expect(east().volumes!.fenced).toBe(false);
    const { items } = await east().client.list(types.pods, { namespace: 'shop' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual([]);
  }, 120_000);

  it('needs every right that the manifests of moves and fences give', () => {
    const idle = granted(optional).flatMap(({ by, verbs, resources }) =>
      verbs.flatMap((verb) =>
        resources
          .filter((what) => !used.some((right) => right.verb === verb && right.what === what))
          .map((what) => `${by}: ${verb} ${what}`),
      ),
    );
    expect(idle).toEqual([]);
  });
});
