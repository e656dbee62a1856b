import { labels } from '@kubectl-dr/core/application/model';
import { engine as csi } from '@kubectl-dr/core/engines/csi/index';
import { authoritiesOf } from '@kubectl-dr/core/engines/velero/authorities';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { engine as ramen } from '@kubectl-dr/core/engines/ramen/index';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { definition } from '@kubectl-dr/sandbox/simulators/definition';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { inject } from 'vitest';
import { openBackend } from '../../../plugins/dr-backend/src/testing/backend.ts';
import { tasksByHand } from '../../../plugins/dr-backend/src/testing/tasks.ts';
import { customTypes } from '../../suites/custom-types.ts';
import { openShop, orders, readOrders, running, writeOrders } from '../targets/shop.ts';
import type { Right } from '../targets/service-accounts.ts';
import { applyManifest, asServiceAccount, granted, manifest, removeManifest, rightOf } from '../targets/service-accounts.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';
import { part } from '../../suites/shop-parts.ts';

const target = inject('target');
const missing = target === 'memory' ? 'the cluster in memory knows no rights' : missingVelero(target);

const group = (name: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name },
  spec: { type: 'team', children: [] },
});
/** The shop, protected by the engines that its policy names. */
const catalog = (engines: string[], asks: object = {}) => [
  group('platform'),
  group('team-shop'),
  { apiVersion: 'kubectl-dr.dev/v1alpha1', kind: 'DRPolicy', metadata: { name: 'gold' }, spec: { engines, ...asks } },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name: 'shop', annotations: { 'kubectl-dr.dev/policy': 'gold' } },
    spec: { owner: 'team-shop' },
  },
  part('Component', 'web', ['resource:db']),
  part('Resource', 'db'),
];
const members = { 'user:default/alice': ['group:default/team-shop'], 'user:default/olivia': ['group:default/platform'] };
const application = '/v1/applications/system/default/shop';
const corrupt = { 'orders.csv': '%%%' };

/** Rights that only what does not happen here needs, and why they are given. */
const seldom: Record<string, string> = {
  'ClusterRole kubectl-dr-operator: deviceclasses.resource.k8s.io': 'a cluster that serves claims of devices',
  'ClusterRole kubectl-dr-operator: resourceslices.resource.k8s.io': 'a cluster that serves claims of devices',
  'ClusterRole kubectl-dr-applications-built-in: resourceclaims.resource.k8s.io': 'a move of what claims devices',
  'ClusterRole kubectl-dr-applications-built-in: resourceclaimtemplates.resource.k8s.io': 'a move of what claims devices',
  'ClusterRole kubectl-dr-applications-built-in: events': 'why a pod does not become ready',
  'ClusterRole kubectl-dr-operator: create volumesnapshotcontents.snapshot.storage.k8s.io': 'a snapshot is offered in another namespace',
  'ClusterRole kubectl-dr-operator: patch volumesnapshotcontents.snapshot.storage.k8s.io': 'data that its class keeps goes with its point',
};

/** Asked for where all of a namespace is compared, and not given: controllers make these, and nobody restores them. */
const left = ['list endpoints', 'list endpointslices.discovery.k8s.io', 'list controllerrevisions.apps', 'list events.events.k8s.io'];

/** Types that other suites of the run leave on the real clusters. */
const others = Object.values(customTypes).map((type) => `list ${resourceKey(type)}`);

const manifests = [...manifest('reader'), ...manifest('operator'), ...manifest('drills'), ...manifest('authority')];

type Portal = Awaited<ReturnType<typeof openBackend>>;
const until = <T>(what: () => Promise<T>) => vi.waitFor(what, { timeout: 60_000, interval: 200 });

// Engines that are not installed are not looked at, so that nothing would need the rights to.
const definitions = [...volsync.kinds, ...stork.kinds, ...ramen.kinds].map((type) => definition(type, { status: true }));

const claimedFrom = ({ spec }: KubeObject): string | undefined => (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace;

/** With nothing more than what the manifests of `plugins/dr-backend/rbac` grant. */
describe.skipIf(missing !== undefined)(`the portal's backend on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let east: ProtectedCluster;
  const clients: HttpCluster[] = [];
  const portals: Portal[] = [];
  /** Of all requests, those that the server let pass and those that it forbade. */
  const used: Right[] = [];
  const refused: string[] = [];

  const openPortal = async (
    account: string,
    engines: string[],
    { asks, ...options }: { asks?: object } & Pick<Parameters<typeof openBackend>[0], 'config' | 'features'> = {},
  ): Promise<Portal> => {
    const client = await asServiceAccount(east, account, (traced) => {
      const right = rightOf(traced);
      if (right === undefined) return;
      if (traced.status === 403) refused.push(`${account}: ${right.verb} ${right.what}`);
      else used.push(right);
    });
    clients.push(client);
    const portal = await openBackend({ clusters: [client], entities: catalog(engines, asks), members, ...options });
    portals.push(portal);
    await until(async () => expect((await portal.as('alice')('get', application)).status).toBe(200));
    return portal;
  };
  beforeAll(async () => {
    east = await withVelero(target, 'east', newStore(), definitions);
    await openShop(east);
    await applyManifest(east.client, [...manifest('reader'), ...manifest('operator')]);
    // The server learns of rights in its own time: what it refuses until then is none that is missing.
    for (const account of ['dr-reader', 'dr-operator']) {
      const client = await asServiceAccount(east, account, () => undefined);
      clients.push(client);
      const looks = [
        ...[types.namespaces, ...velero.kinds, ...csi.kinds, ...volsync.kinds, ...stork.kinds, ...ramen.kinds].map(
          (type) => () => client.list(type),
        ),
        () => client.list(types.configMaps, { namespace: 'kubectl-dr' }),
        ...(account === 'dr-operator' ? [() => client.list(types.nodes)] : []),
      ];
      await until(() => Promise.all(looks.map((look) => look())));
    }
  });
  afterAll(async () => {
    for (const { backend } of portals) await backend.stop();
    for (const client of clients) await client.close();
    if (east) await removeManifest(east.client, manifests);
    // The suites of a run share the real clusters.
    for (const { metadata } of definitions)
      await ifThere(east?.client.delete({ type: types.customResourceDefinitions, name: metadata.name }));
    await east?.close();
  });

  const ended = (portal: Portal, id: string, state: string) =>
    until(async () => {
      const { body } = await portal.as('alice')('get', `/v1/operations/${id}`);
      expect(body.status, JSON.stringify(body.status)).toMatchObject({ state });
      return body;
    });
  let keys = 0;
  const ask = async (portal: Portal, who: string, request: object, confirm?: string): Promise<string> => {
    const plan = await until(async () => {
      const made = await portal.as(who)('post', `${application}/plans`).send(request);
      // A role that is made of others is filled in by a controller.
      expect([made.body.error, made.body.spec?.blockers]).toEqual([undefined, []]);
      return made;
    });
    const { id, hash } = plan.body.spec;
    const started = await portal
      .as(who)('post', '/v1/operations')
      .set('Idempotency-Key', `key-${(keys += 1)}`)
      .send({ plan: { id, hash }, confirm });
    expect([started.status, started.body.error]).toEqual([202, undefined]);
    return started.body.metadata.name;
  };
  const act = async (portal: Portal, who: string, id: string, verb: string, body?: object): Promise<void> =>
    expect((await portal.as(who)('post', `/v1/operations/${id}/${verb}`).send(body)).status).toBe(202);

  describe('as an operator', () => {
    let portal: Portal;
    beforeAll(async () => {
      portal = await openPortal('dr-operator', ['velero']);
    });

    it('sees the application, and backs it up', async () => {
      expect((await portal.as('alice')('get', application)).body.status.verdict).toBe('Unprotected');
      await ended(portal, await ask(portal, 'alice', { intent: 'Backup' }), 'Succeeded');
      await until(async () => expect((await portal.as('alice')('get', application)).body.status.recoveryPoint?.name).toBeDefined());
    });

    it('tells its team what is wrong with it, and everything to operators', async () => {
      for (const [who, path] of [
        ['alice', `${application}/doctor`],
        ['olivia', '/v1/doctor'],
      ] as const) {
        const { status, body } = await portal.as(who)('get', path);
        expect([status, body.error, body.status?.unseen]).toEqual([200, undefined, []]);
      }
      expect((await portal.as('alice')('get', `${application}/diff`)).body.spec.blockers).toEqual([
        expect.objectContaining({ code: 'NOTHING_TO_DO' }),
      ]);
    });

    it('restores it beside', async () => {
      await ended(portal, await ask(portal, 'alice', { intent: 'Restore', namespace: 'shop-copy' }), 'Succeeded');
      await running(east.client, 'shop-copy');
      expect(await readOrders(east, 'shop-copy')).toEqual(orders);
    });

    it('does not begin a drill that it could not remove, and with the right to leaves nothing of it', async () => {
      const { body: refusal } = await portal.as('alice')('post', `${application}/plans`).send({ intent: 'Drill' });
      expect([refusal.error, refusal.spec?.blockers]).toEqual([
        undefined,
        [
          expect.objectContaining({
            code: 'PERMISSION_MISSING',
            message: 'system:serviceaccount:kubectl-dr:dr-operator may not delete namespaces on east',
          }),
        ],
      ]);
      await applyManifest(east.client, manifest('drills'));
      const done = await ended(portal, await ask(portal, 'alice', { intent: 'Drill' }), 'Succeeded');
      const [{ namespaces }] = done.spec.target;
      expect(namespaces).toHaveLength(1);
      await expect(east.client.get({ type: types.namespaces, name: namespaces[0] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await east.client.list(types.persistentVolumes)).items.filter((volume) => claimedFrom(volume) === namespaces[0])).toEqual([]);
    });

    it('makes the drill that its policy asks for, by one of two replicas, and keeps its evidence instead of the one before', async () => {
      const drills = async (): Promise<{ metadata: { name: string }; status: { state: string; requestedBy: string } }[]> => {
        const { body } = await portal.as('alice')('get', '/v1/operations');
        return body.items.filter(({ spec }: { spec: { intent: string } }) => spec.intent === 'Drill');
      };
      const [byHand] = await drills();
      const replicas = await Promise.all(
        [1, 2].map(async () => {
          const tasks = tasksByHand();
          const replica = await openPortal('dr-operator', ['velero'], {
            asks: { drills: { every: '1s', keepFor: '1s' } },
            config: { dr: { drills: { scheduled: true } } },
            features: [tasks.feature],
          });
          // It drills what it knows a point of, and looks into points one after another.
          await until(async () => {
            const { body } = await replica.as('alice')('get', application);
            for (const { recoveryPoint } of body.status.components) expect(recoveryPoint?.name).toBeDefined();
          });
          return tasks;
        }),
      );
      const scheduled = await until(async () => {
        await Promise.all(replicas.map((tasks) => tasks.run('dr-drills')));
        const begun = (await drills()).filter(({ metadata }) => metadata.name !== byHand!.metadata.name);
        expect(begun).toHaveLength(1);
        return begun[0]!;
      });
      expect(scheduled.status.requestedBy).toBe('portal');
      const { spec } = await ended(portal, scheduled.metadata.name, 'Succeeded');
      expect(spec.components).toEqual(['web', 'db']);
      const [namespace] = spec.target[0].namespaces;
      await expect(east.client.get({ type: types.namespaces, name: namespace })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await until(async () => {
        await Promise.all(replicas.map((tasks) => tasks.run('dr-evidence')));
        const journals = await east.client.list(types.configMaps, { namespace: 'kubectl-dr', labelSelector: labels.operation });
        const kept = journals.items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('drill-'));
        expect(kept).toEqual([scheduled.metadata.name]);
      });
    }, 240_000);

    it('goes back in place with a second person, and takes that back', async () => {
      await writeOrders(east, corrupt);
      await east.client.delete({ type: types.configMaps, namespace: 'shop', name: 'web' });
      const id = await ask(portal, 'alice', { intent: 'Restore', mode: 'inPlace' }, 'shop');
      await act(portal, 'olivia', id, 'approve', {});
      const { status } = await ended(portal, id, 'Succeeded');
      expect(status).toMatchObject({ requestedBy: 'user:default/alice', approvedBy: 'user:default/olivia' });
      expect(await readOrders(east)).toEqual(orders);
      expect((await east.client.get({ type: types.configMaps, namespace: 'shop', name: 'web' })).data).toEqual({
        page: 'hello',
        'a.txt': 'ü',
      });
      await act(portal, 'alice', id, 'undo');
      await ended(portal, id, 'Undone');
      expect(await readOrders(east)).toEqual(corrupt);
    });
  });

  it('as an operator takes snapshots of the storage, goes back to one, and gives the undo up', async () => {
    const portal = await openPortal('dr-operator', ['csi']);
    await writeOrders(east, orders);
    for (const _ of [1, 2]) await ended(portal, await ask(portal, 'alice', { intent: 'Backup', components: ['db'] }), 'Succeeded');
    await writeOrders(east, corrupt);
    await until(async () => expect((await portal.as('alice')('get', application)).body.status.recoveryPoint?.name).toBeDefined());
    const id = await ask(portal, 'olivia', { intent: 'Restore', components: ['db'], mode: 'dataOnly' }, 'shop');
    await ended(portal, id, 'Succeeded');
    expect(await readOrders(east)).toEqual(orders);
    await act(portal, 'olivia', id, 'confirm', {});
    await until(async () => expect((await ended(portal, id, 'Succeeded')).status.release?.endedAt).toBeDefined());
  });

  it('as a reader shows the same, and changes nothing', async () => {
    const portal = await openPortal('dr-reader', ['velero']);
    await until(async () => expect((await portal.as('alice')('get', application)).body.status.recoveryPoint?.name).toBeDefined());
    expect(refused.filter((right) => ![...left, ...others].includes(right.replace(/^.*: /, '')))).toEqual([]);
    expect((await portal.as('olivia')('get', '/v1/doctor')).body.status.unseen).toEqual([]);
    const { body: plan } = await portal.as('alice')('post', `${application}/plans`).send({ intent: 'Backup' });
    const { id, hash } = plan.spec;
    const started = await portal.as('alice')('post', '/v1/operations').set('Idempotency-Key', 'reader').send({ plan: { id, hash } });
    expect([started.status, started.body.error.message]).toEqual([
      403,
      'system:serviceaccount:kubectl-dr:dr-reader may not create leases.coordination.k8s.io in the namespace kubectl-dr on east',
    ]);
  });

  it('as a reader believes an authority that caCertRef names when it may read that one Secret, and may read no other', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nstore\n-----END CERTIFICATE-----\n';
    const secret = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'velero' },
      data: { 'ca.crt': btoa(pem) },
    });
    const of = (kind: string, name: string, spec: object): KubeObject => ({
      apiVersion: 'velero.io/v1',
      kind,
      metadata: { name, namespace: 'velero' },
      spec: { ...spec },
    });
    for (const name of ['store-ca', 'another']) {
      const objectStorage = { bucket: 'b', caCertRef: { name, key: 'ca.crt' } };
      await east.client.create(types.secrets, secret(name));
      await east.client.create(veleroKinds.locations, of('BackupStorageLocation', `by-${name}`, { provider: 'aws', objectStorage }));
      await east.client.create(veleroKinds.backups, of('Backup', `by-${name}`, { storageLocation: `by-${name}` }));
    }
    const client = await asServiceAccount(east, 'dr-reader', (traced) => {
      const right = rightOf(traced);
      if (right && traced.status !== 403) used.push(right);
    });
    clients.push(client);
    const context = { cluster: client, clock: systemClock, namespace: 'velero' };
    expect(await authoritiesOf(context, 'BackupContents', 'by-store-ca')).toBeUndefined();
    await applyManifest(east.client, manifest('authority'));
    await until(async () => expect(await authoritiesOf(context, 'BackupContents', 'by-store-ca')).toBe(pem));
    expect(await authoritiesOf(context, 'BackupContents', 'by-another')).toBeUndefined();
    for (const name of ['store-ca', 'another']) {
      await east.client.delete({ type: veleroKinds.backups, namespace: 'velero', name: `by-${name}` });
      await east.client.delete({ type: veleroKinds.locations, namespace: 'velero', name: `by-${name}` });
    }
  });

  it('needs every right that the manifests give', () => {
    const idle = granted(manifests).flatMap(({ by, namespace, verbs, resources }) => {
      const here = used.filter((right) => namespace === undefined || right.namespace === namespace);
      const idleVerbs = verbs.filter((verb) => !here.some((right) => right.verb === verb && resources.includes(right.what)));
      const idleResources = resources.filter((what) => !here.some((right) => right.what === what && verbs.includes(right.verb)));
      return [...idleVerbs.map((verb) => `${by}: ${verb} ${resources.join()}`), ...idleResources.map((what) => `${by}: ${what}`)];
    });
    expect(idle.filter((right) => !(right in seldom))).toEqual([]);
  });
});
