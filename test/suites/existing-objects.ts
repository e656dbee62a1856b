import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { methods } from './execution.ts';
import { mortal, seenBy } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };
const [, , [, fileSystem]] = methods as [unknown, unknown, [string, Record<string, unknown>]];
const claims = types.persistentVolumeClaims;

/**
 * What Velero's own restore does when objects exist already, case by case (`restore.go`, restoreItem, and the issues that
 * are told about it), and what is done about each here. A restore of Velero ends Completed in most of them.
 */
export function describeExistingObjects(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`what exists already, when something goes back, on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => void (world = opened));

    const plan = (request: Partial<PlanRequest> = {}, service: DrService = world.service()) =>
      service.plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly', ...request }, caller);
    const carriedOut = async (made: Plan, service: DrService = world.service()): Promise<Operation> => {
      expect(made.blockers).toEqual([]);
      const done = await (await service.execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      return done;
    };
    const lineOf = ({ changes }: Plan, kind: string, name: string) =>
      changes.find((change) => change.kind === kind && change.name === name)!;
    /** As Velero was asked. */
    const restores = async (): Promise<Record<string, unknown>[]> =>
      (await world.cluster.list(kinds.restores, { namespace: 'velero' })).items
        .map(({ spec }) => spec as Record<string, unknown>)
        .filter(({ includedNamespaces }) => (includedNamespaces as string[]).includes(world.name));
    const configMap = (name: string, data: Record<string, string>): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: world.name, labels: labelsOf(world.name, 'web') },
      data,
    });

    /** The cluster, on which somebody makes the claim anew as soon as a restore is begun for the first time. */
    const meddled = async (): Promise<ClusterClient> => {
      const { spec: asIs } = await world.get(claims, 'data-orders-db-0');
      const { volumeName: __, ...wanted } = asIs as Record<string, unknown>;
      let made = 0;
      return seenBy(world.cluster, {
        async before({ verb, what, namespace }) {
          if (verb !== 'create' || what !== 'restores' || namespace !== 'velero' || made++ > 0) return;
          const metadata = { name: 'data-orders-db-0', namespace: world.name, labels: labelsOf(world.name, 'orders-db') };
          await world.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: wanted });
        },
      });
    };

    it('policy none skips what is equal quietly and leaves what differs with a warning: here the plan tells both, and what differs is written back', async () => {
      await world.create(configMap('same', { a: '1' }));
      await world.capture();
      await world.change(types.configMaps, 'web', { data: { page: 'new' } });
      const { resourceVersion } = (await world.get(types.configMaps, 'same')).metadata;
      const made = await plan({ components: ['web'], mode: 'configOnly' });
      expect(lineOf(made, 'ConfigMap', 'same')).toMatchObject({ action: 'leave' });
      expect(lineOf(made, 'ConfigMap', 'web')).toMatchObject({
        action: 'change',
        fields: [{ path: 'data.page', from: 'new', to: 'hello' }],
      });
      await carriedOut(made);
      expect(await world.get(types.configMaps, 'web')).toMatchObject({ data: { page: 'hello' } });
      expect((await world.get(types.configMaps, 'same')).metadata.resourceVersion).toBe(resourceVersion);
    });

    it('policy update patches the labels alone where a field cannot change, with a warning: here the object is named before, and stays as it is', async () => {
      await world.capture();
      const { metadata, spec } = await world.get(types.statefulSets, 'orders-db');
      await world.cluster.delete(world.ref(types.statefulSets, 'orders-db'));
      await eventually(async () => !(await exists(world.cluster, world.ref(types.pods, 'orders-db-0'))), 'its pod is gone', 30_000);
      await world.create({
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'orders-db', namespace: world.name, labels: { ...metadata.labels, team: 'new' } },
        spec: { ...(spec as object), serviceName: 'other' },
      });
      await world.change(types.secrets, 'orders-db', { data: { password: 'bmV3' } });
      const made = await plan({ mode: 'configOnly' });
      expect(lineOf(made, 'StatefulSet', 'orders-db')).toMatchObject({ action: 'conflict' });
      expect(made.warnings).toContainEqual(
        expect.objectContaining({ code: 'FIELD_IMMUTABLE', evidence: [`StatefulSet ${world.name}/orders-db`] }),
      );
      await carriedOut(made);
      expect(await world.get(types.secrets, 'orders-db')).toMatchObject({ data: { password: 'b2xk' } });
      expect(await world.get(types.statefulSets, 'orders-db')).toMatchObject({
        metadata: { labels: { team: 'new' } },
        spec: { serviceName: 'other' },
      });
    });

    it('policy update nulls fields that the backup does not have: here each is told before, and undo brings it back', async () => {
      await world.capture();
      await world.change(types.configMaps, 'web', { data: { added: 'later' }, metadata: { annotations: { note: 'later' } } });
      const made = await plan({ components: ['web'], mode: 'configOnly' });
      expect(lineOf(made, 'ConfigMap', 'web').fields).toEqual([
        { path: 'data.added', from: 'later' },
        { path: 'metadata.annotations', from: { note: 'later' } },
      ]);
      const { id } = await carriedOut(made);
      const back = await world.get(types.configMaps, 'web');
      expect(back.data).toEqual({ page: 'hello' });
      expect(back.metadata.annotations?.note).toBeUndefined();
      await (await world.service().undo(id, caller)).run();
      expect(await world.get(types.configMaps, 'web')).toMatchObject({
        data: { page: 'hello', added: 'later' },
        metadata: { annotations: { note: 'later' } },
      });
    });

    it('objects that the backup does not have are never deleted: here they are listed, and removed when asked', async () => {
      await world.capture();
      await world.create(configMap('later', {}));
      await world.change(types.configMaps, 'web', { data: { page: 'new' } });
      const left = await plan({ components: ['web'], mode: 'configOnly' });
      expect(lineOf(left, 'ConfigMap', 'later')).toMatchObject({ action: 'leave', why: 'it did not exist then; --prune removes it' });
      await carriedOut(left);
      expect(await world.names(types.configMaps)).toContain('later');
      const pruned = await plan({ components: ['web'], mode: 'configOnly', prune: true });
      expect(lineOf(pruned, 'ConfigMap', 'later')).toMatchObject({ action: 'remove' });
      await carriedOut(pruned);
      expect(await world.names(types.configMaps)).not.toContain('later');
    });

    it('service accounts are always merged, and keep what is newer: here they go back as they were', async () => {
      const account: KubeObject = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'robot', namespace: world.name, labels: labelsOf(world.name, 'web') },
        imagePullSecrets: [{ name: 'registry' }],
      };
      await world.create(account);
      await world.capture();
      await world.change(types.serviceAccounts, 'robot', { imagePullSecrets: [{ name: 'registry' }, { name: 'stolen' }] });
      const made = await plan({ components: ['web'], mode: 'configOnly' });
      expect(lineOf(made, 'ServiceAccount', 'robot')).toMatchObject({ action: 'change' });
      await carriedOut(made);
      expect((await world.get(types.serviceAccounts, 'robot')).imagePullSecrets).toEqual([{ name: 'registry' }]);
    });

    it('the data of a claim that exists is left, without a word: here the claim gives way, and its volume is kept', async () => {
      await world.capture();
      await world.write(corrupt);
      const old = await world.volume();
      await carriedOut(await plan());
      expect(await world.volume()).not.toBe(old);
      expect(await world.files()).toEqual(orders);
      expect(await world.ground.read(old)).toEqual(corrupt);
    });

    it.each(methods)(
      'a claim that somebody makes meanwhile is left as well, captured by %s: here the restore has failed then, and resume brings the data back',
      async (_, spec) => {
        await world.capture(spec);
        await world.write(corrupt);
        const cluster = await meddled();
        const service = world.service({ cluster });
        const planned = await plan();
        expect(planned.blockers).toEqual([]);
        const failed = await (await service.execute(planned, caller)).run();
        expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining(`${world.name}/data-orders-db-0`) });
        const done = await (await service.resume(failed.id, caller)).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        expect(await world.files()).toEqual(orders);
        expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
        expect(await world.files()).toEqual(corrupt);
      },
    );

    it.each([2, 3, 4, 5, 6])('the second try of a restore is not begun anew when its process dies after write %i', async (nth) => {
      await world.capture();
      await world.write(corrupt);
      const first = world.service({ holder: 'first', cluster: await meddled() });
      const failed = await (await first.execute(await plan(), caller)).run();
      expect(failed).toMatchObject({ state: 'Failed' });
      const dying = mortal(world.cluster, 'after', nth);
      dying.arm();
      await expect(
        world
          .service({ holder: 'second', cluster: dying.cluster })
          .resume(failed.id, caller, { signal: dying.signal })
          .then((started) => started.run()),
      ).rejects.toThrow();
      const done = await (await world.service({ holder: 'third' }).resume(failed.id, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.files()).toEqual(orders);
    });

    it('a pod that exists is skipped, and with it the files of its volumes: here pods are stopped first, and one that cannot be blocks', async () => {
      await world.capture(fileSystem);
      await world.write(corrupt);
      await carriedOut(await plan());
      expect(await world.files()).toEqual(orders);
      await world.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'shell', namespace: world.name, labels: labelsOf(world.name, 'orders-db') },
        spec: {
          containers: [{ name: 'main', image: 'example/shell:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-orders-db-0' } }],
        },
      });
      expect((await plan()).blockers.map(({ code }) => code)).toContain('WORKLOAD_CANNOT_STOP');
    });

    it('files are laid over those of a claim that exists without its pod, a mix of old and new: here the claim is made anew', async () => {
      await world.capture(fileSystem);
      await world.write(corrupt);
      await world.change(types.statefulSets, 'orders-db', { spec: { replicas: 0 } });
      await eventually(async () => !(await world.names(types.pods)).includes('orders-db-0'), 'its pod is gone', 30_000);
      const old = await world.volume();
      await carriedOut(await plan());
      expect(await world.files()).toEqual(orders);
      expect(await world.ground.read(old)).toEqual(corrupt);
      expect(await world.get(types.statefulSets, 'orders-db')).toMatchObject({ spec: { replicas: 0 } });
    });

    it('without restorePVs claims come back empty, without their types the files stay away: here both are always asked for, and a point without data is refused', async () => {
      for (const [, spec] of methods) {
        await world.capture(spec);
        const { id } = await carriedOut(await plan());
        await (await world.service().confirm(id, caller)).run();
      }
      const asked = await restores();
      expect(asked).toHaveLength(methods.length);
      for (const { restorePVs, includedResources, excludedResources = [] } of asked) {
        expect(restorePVs ?? true).toBe(true);
        expect(includedResources).toEqual(expect.arrayContaining(['persistentvolumeclaims', 'persistentvolumes']));
        expect(excludedResources).not.toEqual(expect.arrayContaining([expect.stringMatching(/^persistentvolume/)]));
      }
      const bare = await world.capture({ snapshotVolumes: false }, 0);
      expect((await plan({ point: bare })).blockers).toContainEqual(expect.objectContaining({ component: 'orders-db' }));
    });

    it('a volume of the policy Retain that is Released holds its restore up for ten minutes: here no restore waits for one, however often it goes back', async () => {
      await world.cluster.patch({ type: types.persistentVolumes, name: await world.volume() }, 'merge', {
        spec: { persistentVolumeReclaimPolicy: 'Retain' },
      });
      await world.capture();
      for (let times = 1; times <= 2; times += 1) {
        await world.write(corrupt);
        const done = await carriedOut(await plan());
        expect(done.measured!.rtoSeconds).toBeLessThan(300);
        expect(await world.files()).toEqual(orders);
        await (await world.service().confirm(done.id, caller)).run();
      }
      const retained = (await world.volumes()).filter(
        ({ spec }) => (spec as { persistentVolumeReclaimPolicy?: string }).persistentVolumeReclaimPolicy === 'Retain',
      );
      expect(retained).toHaveLength(1);
      expect(await world.ground.read(retained[0]!.metadata.name)).toEqual(corrupt);
    });

    it('a selector misses what does not carry the label: here Secrets and ConfigMaps are found by who refers to them', async () => {
      expect((await world.get(types.secrets, 'orders-db')).metadata.labels).toBeUndefined();
      await world.capture();
      await world.cluster.delete(world.ref(types.secrets, 'orders-db'));
      const made = await plan({ mode: 'configOnly' });
      expect(lineOf(made, 'Secret', 'orders-db')).toMatchObject({ action: 'create', component: 'orders-db' });
      await carriedOut(made);
      expect(await world.get(types.secrets, 'orders-db')).toMatchObject({ data: { password: 'b2xk' } });
    });

    describe('a selector takes whatever else carries the label, or everything', () => {
      /** `web` has these claims; `scratch` is captured with them, and gone since. */
      const gone = async (...own: string[]): Promise<void> => {
        const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } };
        const mounting = (...names: string[]) => ({
          containers: [{ name: 'main', image: 'example/web:1', volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) }],
          volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
        });
        for (const name of [...own, 'scratch']) {
          await world.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: world.name }, spec });
        }
        await world.change(types.deployments, 'web', { spec: { replicas: 1, template: { spec: mounting(...own) } } });
        await world.create({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'probe', namespace: world.name },
          spec: { ...mounting('scratch'), terminationGracePeriodSeconds: 0 },
        });
        await world.ground.settle();
        await eventually(async () => (await world.readyReplicas())[1], 'web runs with its volume', 60_000);
        await world.capture();
        await world.cluster.delete(world.ref(types.pods, 'probe'));
        await eventually(async () => !(await world.names(types.pods)).includes('probe'), 'the pod is gone', 30_000);
        await world.cluster.delete(world.ref(claims, 'scratch'));
        await eventually(async () => !(await world.names(claims)).includes('scratch'), 'the claim is gone', 30_000);
      };

      it('here a claim that would come along is told before', async () => {
        await gone('cache', 'uploads');
        const { warnings, blockers } = await plan({ components: ['web'] });
        expect(blockers).toEqual([]);
        expect(warnings).toContainEqual(
          expect.objectContaining({ code: 'CLAIMS_COME_ALONG', evidence: [`PersistentVolumeClaim ${world.name}/scratch`] }),
        );
      });

      it('here one that was snapshotted is told apart by the name of its snapshot, and comes back alone', async () => {
        await gone('cache');
        const made = await plan({ components: ['web'] });
        expect(made.warnings.map(({ code }) => code)).not.toContain('CLAIMS_COME_ALONG');
        await carriedOut(made);
        const [restore] = await restores();
        const key = 'velero.io/volume-snapshot-name';
        expect(restore!.labelSelector).toEqual({ matchExpressions: [{ key, operator: 'In', values: [expect.any(String)] }] });
        expect((await world.names(claims)).toSorted()).toEqual(['cache', 'data-orders-db-0']);
      });
    });

    it('a namespace mapping leaves host names, addresses and policies pointing at the original: here they are rewritten, told, and kept from acting', async () => {
      const [metadata, name] = [(own: string) => ({ name: own, namespace: world.name, labels: labelsOf(world.name, 'web') }), 'web'];
      await world.create({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: metadata(name),
        spec: {
          rules: [
            {
              host: 'shop.example.com',
              http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] },
            },
          ],
        },
      });
      await world.create(configMap('addresses', { database: `orders-db.${world.name}.svc:5432` }));
      await world.capture();
      const namespace = `${world.name}-beside`;
      const made = await plan({ components: ['orders-db', 'web'], mode: 'clone', namespace });
      expect(made.warnings).toContainEqual(
        expect.objectContaining({ code: 'NAMESPACE_NAMED_IN_CONFIG', evidence: ['ConfigMap addresses'] }),
      );
      expect(lineOf(made, 'Ingress', 'web').fields).toMatchObject([
        { from: 'shop.example.com', to: `shop.example.com.${namespace}.invalid` },
      ]);
      try {
        await carriedOut(made);
        expect(await world.cluster.get({ type: types.ingresses, namespace, name })).toMatchObject({
          spec: { rules: [{ host: `shop.example.com.${namespace}.invalid` }] },
        });
        const [policy] = (await world.cluster.list(types.networkPolicies, { namespace })).items;
        expect(policy).toMatchObject({ spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } });
        expect((await world.get(types.ingresses, name)).spec).toMatchObject({ rules: [{ host: 'shop.example.com' }] });
      } finally {
        await world.cluster.delete({ type: types.namespaces, name: namespace });
      }
    });

    it('pods come back first, and a controller scaled to 0 takes them away, so that the restore hangs: here no controller is there', async () => {
      await world.capture(fileSystem);
      const controllers: string[][] = [];
      const cluster = seenBy(world.cluster, {
        async before({ verb, what }) {
          if (verb === 'create' && what === 'restores') controllers.push(await world.names(types.statefulSets));
        },
      });
      const made = await plan();
      await carriedOut(made, world.service({ cluster }));
      expect(controllers).toEqual([[]]);
      expect(await world.names(types.statefulSets)).toEqual(['orders-db']);
      await eventually(async () => (await world.readyReplicas()).every(Boolean), 'it runs again', 60_000);
    });

    it('a snapshot comes back only when its type passes the filter and cluster-scoped objects are not excluded: here the restore is asked so', async () => {
      await world.capture();
      await carriedOut(await plan());
      const [asked] = await restores();
      expect(asked!.includedResources).toContain('volumesnapshots.snapshot.storage.k8s.io');
      expect(asked).not.toHaveProperty('includeClusterResources');
    });

    it('the phase of a restore says nothing: here a restore that ends with an error has failed, and nothing is started on what it left', async ({
      skip,
    }) => {
      const { velero } = world.ground;
      if (!velero) return skip('nothing makes the real server fail');
      await world.capture();
      await world.write(corrupt);
      velero.failures.push({ kind: 'Restore', name: 'restore-', phase: 'PartiallyFailed', message: 'no luck', namespace: world.name });
      try {
        const service = world.service();
        const failed = await (await service.execute(await plan(), caller)).run();
        expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('no luck') });
        expect(await world.get(types.statefulSets, 'orders-db')).toMatchObject({ spec: { replicas: 0 } });
        velero.failures.pop();
        expect(await (await service.resume(failed.id, caller)).run()).toMatchObject({ state: 'Succeeded' });
        expect(await world.files()).toEqual(orders);
      } finally {
        velero.failures.length = 0;
      }
    });
  });
}
