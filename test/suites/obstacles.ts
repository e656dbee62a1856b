import { NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { snapshotKinds } from '@kubectl-dr/sandbox/simulators/volumes/snapshot-kinds';
import { customTypes, serve } from './custom-types.ts';
import type { Obstacle } from './obstacle.ts';
import { database, part, webOnly, without } from './obstacle.ts';
import { labelsOf } from './shop.ts';
import type { World } from './world.ts';

/** Each blocks the plan. */
export const obstacles: readonly Obstacle[] = [
  { title: 'nothing that differs', code: 'NOTHING_TO_DO', request: () => ({ ...database, mode: 'configOnly' }) },
  {
    title: 'somebody else who uses the volume',
    code: 'VOLUME_SHARED',
    prepare: (world) => world.create(user(world, 'apps/v1', 'Deployment')),
    request: () => database,
  },
  {
    title: 'a pod on the volume that nothing controls',
    code: 'WORKLOAD_CANNOT_STOP',
    prepare: (world) => world.create(user(world, 'v1', 'Pod')),
    request: () => database,
  },
  {
    title: 'nothing on the nodes that could move the data',
    code: 'ENGINE_DOWN',
    capture: { snapshotMoveData: true },
    prepare: (world) => without(world, { type: types.daemonSets, namespace: 'velero', name: 'node-agent' }),
    request: () => database,
  },
  {
    title: 'a storage class that is gone',
    code: 'STORAGE_CLASS_MISSING',
    prepare: (world) => without(world, { type: types.storageClasses, name: 'standard' }),
    request: () => database,
  },
  {
    title: 'a driver that is not installed',
    code: 'CSI_DRIVER_MISSING',
    async prepare(world) {
      const ref = { type: types.csiDrivers, name: 'other.example.com' };
      await world.create({ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: ref.name }, spec: {} });
      return () => world.cluster.delete(ref);
    },
    request: () => database,
  },
  {
    title: 'nodes that the pods do not want',
    code: 'NO_NODE_SELECTED',
    before: async (world) =>
      void (await world.change(types.deployments, 'web', { spec: { template: { spec: { nodeSelector: { gpu: 'a100' } } } } })),
    prepare: async (world) => void (await world.change(types.deployments, 'web', { spec: { template: { spec: { nodeSelector: null } } } })),
    request: () => ({ components: ['web'], mode: 'configOnly' }),
  },
  {
    title: 'a place that is taken',
    code: 'TARGET_EXISTS',
    async prepare(world) {
      const ref = { type: types.namespaces, name: `${world.name}-taken` };
      await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ref.name } });
      return () => world.cluster.delete(ref);
    },
    request: ({ name }) => ({ components: ['web', 'orders-db'], mode: 'clone', namespace: `${name}-taken` }),
  },
  {
    title: 'a point that does not hold the data',
    code: 'POINT_UNUSABLE',
    capture: { snapshotVolumes: false },
    request: () => database,
  },
  {
    title: 'points whose storage location does not answer',
    code: 'POINT_UNUSABLE',
    prepare: (world) => changed(world, location, { spec: { objectStorage: { bucket: 'nowhere' } } }, unavailable),
    request: () => database,
  },
  {
    title: 'a storage location that does not answer, for a backup',
    code: 'LOCATION_UNAVAILABLE',
    prepare: (world) => changed(world, location, { spec: { objectStorage: { bucket: 'nowhere' } } }, unavailable),
    request: () => ({ intent: 'Backup' }),
  },
  ...([{ intent: 'Backup' }, database] as const).map((request) => ({
    title: `a storage location that may only be read, for ${request === database ? 'the copy before a restore' : 'a backup'}`,
    code: 'LOCATION_READ_ONLY',
    prepare: (world: World) => changed(world, location, { spec: { accessMode: 'ReadOnly' } }),
    request: () => request,
  })),
  {
    title: 'no class for snapshots of the driver',
    code: 'SNAPSHOT_CLASS_MISSING',
    prepare: (world) => without(world, { type: snapshotKinds.snapshotClasses, name: 'standard' }),
    request: () => database,
  },
  {
    title: 'a kind that is not served any more',
    code: 'KIND_NOT_SERVED',
    async before(world) {
      await serve(world, customTypes.widgets);
      await world.create(part(world, 'web', 'example.com/v1', 'Widget', 'handle', { spec: { size: 1 } }));
    },
    prepare: (world) => world.cluster.delete(world.ref(customTypes.widgets, 'handle')),
    request: () => webOnly,
    seen: ({ cluster }) => discovering(cluster, (types) => types.filter(({ kind }) => kind !== 'Widget')),
  },
  {
    title: 'a version of a kind that is not served any more',
    code: 'KIND_NOT_SERVED',
    async before(world) {
      await serve(world, customTypes.widgets);
      await world.create(part(world, 'web', 'example.com/v1', 'Widget', 'handle', { spec: { size: 1 } }));
    },
    request: () => webOnly,
    seen: ({ cluster }) =>
      discovering(cluster, (types) => types.map((type) => (type.kind === 'Widget' ? { ...type, version: 'v2' } : type)), 'v1'),
  },
  {
    title: 'a quota that leaves no room for a claim that comes back',
    code: 'QUOTA_EXCEEDED',
    async prepare(world) {
      world.catalogued = true;
      await world.cluster.delete(world.ref(types.statefulSets, 'orders-db'));
      await eventually(async () => !(await world.names(types.pods)).includes('orders-db-0'), 'its pod is gone', 60_000);
      await world.cluster.delete(world.ref(types.persistentVolumeClaims, 'data-orders-db-0'));
      await world.create({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'small', namespace: world.name },
        spec: { hard: { persistentvolumeclaims: '0' } },
      });
    },
    request: () => ({ components: ['orders-db'], mode: 'inPlace' }),
  },
  {
    title: 'taints on every node',
    code: 'NO_NODE_TOLERATED',
    async prepare(world) {
      await world.change(types.deployments, 'web', { metadata: { labels: { tier: 'front' } } });
      const { items } = await world.cluster.list(types.nodes);
      const taint = (taints: unknown) =>
        Promise.all(items.map(({ metadata: { name } }) => world.cluster.patch({ type: types.nodes, name }, 'merge', { spec: { taints } })));
      await taint([{ key: 'maintenance', effect: 'NoSchedule' }]);
      return async () => void (await taint(null));
    },
    request: () => webOnly,
  },
  {
    title: 'a GPU that no node has',
    code: 'NO_DEVICE',
    before: (world) => asking(world, '64'),
    prepare: (world) => asking(world, null),
    request: () => webOnly,
  },
  {
    title: 'a RuntimeClass that is gone',
    code: 'RUNTIME_CLASS_MISSING',
    async before(world) {
      await world.create({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: runtimeOf(world) }, handler: 'fast' });
      await world.change(types.deployments, 'web', { spec: { template: { spec: { runtimeClassName: runtimeOf(world) } } } });
    },
    async prepare(world) {
      await world.change(types.deployments, 'web', { spec: { template: { spec: { runtimeClassName: null } } } });
      await world.cluster.delete({ type: types.runtimeClasses, name: runtimeOf(world) });
    },
    request: () => webOnly,
  },
  {
    title: 'an operator that cannot be told to wait',
    code: 'OPERATOR_MANAGED',
    async before(world) {
      await serve(world, customTypes.mongodb);
      await world.create(part(world, 'orders-db', 'mongodbcommunity.mongodb.com/v1', 'MongoDBCommunity', 'orders'));
      const { apiVersion, kind, metadata } = await world.get(customTypes.mongodb, 'orders');
      const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid!, controller: true }];
      await world.change(types.statefulSets, 'orders-db', { metadata: { ownerReferences } });
    },
    request: () => database,
  },
];

/** Somebody who mounts the orders. */
function user(world: World, apiVersion: string, kind: 'Deployment' | 'Pod'): KubeObject {
  const labels = labelsOf(world.name, kind === 'Pod' ? 'orders-db' : 'report');
  const spec = {
    containers: [{ name: 'main', image: 'example/report:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-orders-db-0' } }],
  };
  const metadata = { name: kind === 'Pod' ? 'shell' : 'report', namespace: world.name, labels };
  if (kind === 'Pod') return { apiVersion, kind, metadata, spec };
  return { apiVersion, kind, metadata, spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } };
}

const location: ObjectRef = { type: kinds.locations, namespace: 'velero', name: 'default' };

function unavailable({ status }: KubeObject): boolean {
  return (status as { phase?: string } | undefined)?.phase === 'Unavailable';
}

/** Changes what others need as well, and answers how it is again as it was. Velero looks at a location once a minute. */
async function changed(
  world: World,
  ref: ObjectRef,
  patch: { spec: Record<string, unknown> },
  until: (object: KubeObject) => boolean = () => true,
): Promise<() => Promise<void>> {
  const { spec } = await world.cluster.get(ref);
  await world.cluster.patch(ref, 'merge', patch);
  await world.ground.settle();
  await eventually(async () => until(await world.cluster.get(ref)), `${ref.name} is changed`, 90_000);
  const before = Object.fromEntries(Object.keys(patch.spec).map((key) => [key, (spec as Record<string, unknown>)[key] ?? null]));
  return async () => {
    await world.cluster.patch(ref, 'merge', { spec: before });
    await world.ground.settle();
    await eventually(async () => !unavailable(await world.cluster.get(ref)), `${ref.name} answers again`, 90_000);
  };
}

/** The cluster as it would be with other types; a list of Widgets of the version `gone` is answered as a server does that has it not. */
function discovering(cluster: ClusterClient, change: (types: ResourceType[]) => ResourceType[], gone?: string): ClusterClient {
  return new Proxy(cluster, {
    get(target, property) {
      if (property === 'discover') return async (...args: Parameters<ClusterClient['discover']>) => change(await target.discover(...args));
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'list') return value.bind(target) as unknown;
      return (...args: Parameters<ClusterClient['list']>) => {
        const [{ kind, version }] = args;
        if (kind !== 'Widget') return target.list(...args);
        if (version === gone) throw new NotFoundError(`the server has no Widget ${version}`, { cluster: target.name });
        return Promise.resolve({ items: [], resourceVersion: '1' });
      };
    },
  });
}

/** Classes are of the whole cluster, which worlds share. */
function runtimeOf({ name }: World): string {
  return `${name}-fast`;
}

async function asking(world: World, gpus: string | null): Promise<void> {
  const limits = { 'nvidia.com/gpu': gpus };
  const containers = [
    { name: 'main', image: 'example/web:1', envFrom: [{ configMapRef: { name: 'web' } }], ...(gpus && { resources: { limits } }) },
  ];
  await world.change(types.deployments, 'web', { spec: { template: { spec: { containers } } } });
}
