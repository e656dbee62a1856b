import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { labelsOf } from './shop.ts';
import type { World } from './world.ts';

/** Something about an application or its cluster that a plan has to tell. */
export interface Obstacle {
  title: string;
  code: string;
  /** Of the Backup, where it is not a plain one. */
  capture?: Record<string, unknown>;
  /** Before the point is made, so that the point holds it. */
  before?(world: World): Promise<void>;
  /** After it. Answers how it is taken back, where it is more than the namespace's. */
  prepare?(world: World, point: string): Promise<(() => Promise<void>) | void>;
  request(world: World): Partial<PlanRequest>;
}

const database: Partial<PlanRequest> = { components: ['orders-db'], mode: 'dataOnly' };
const whole: Partial<PlanRequest> = { mode: 'inPlace' };

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
];

/** Each is told, and the plan can be carried out. */
export const remarks: readonly Obstacle[] = [
  {
    title: 'dependents that are not restarted',
    code: 'DEPENDENTS_KEEP_RUNNING',
    request: () => database,
  },
  {
    title: 'an autoscaler',
    code: 'AUTOSCALED',
    prepare: (world) =>
      world.create({
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'orders-db', namespace: world.name },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'orders-db' }, maxReplicas: 3 },
      }),
    request: () => database,
  },
  {
    title: 'a cron job that begins again',
    code: 'CRON_JOBS_START',
    before: (world) => world.create(mails(world)),
    prepare: (world) => world.cluster.delete(world.ref(types.cronJobs, 'mails')),
    request: () => whole,
  },
  {
    title: 'a node port that somebody else has taken',
    code: 'NETWORK_CLASH',
    before: (world) => world.create(service(world, world.name, 'web')),
    async prepare(world) {
      const { spec } = await world.get(types.services, 'web');
      const [{ nodePort }] = (spec as { ports: [{ nodePort: number }] }).ports;
      await world.cluster.delete(world.ref(types.services, 'web'));
      const namespace = `${world.name}-other`;
      await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      await world.create(service(world, namespace, 'api', nodePort));
      return () => world.cluster.delete({ type: types.namespaces, name: namespace });
    },
    request: () => whole,
  },
  {
    title: 'marks of a GitOps controller that is not to be seen',
    code: 'GITOPS_MANAGED',
    prepare: async (world) =>
      void (await world.change(types.deployments, 'web', { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop' } } })),
    request: () => whole,
  },
  ...(['clone', 'inPlace'] as const).map((mode) => ({
    title: `a newer Kubernetes on which the point was made, ${mode}`,
    code: 'VERSION_SKEW',
    prepare: async ({ cluster }: World, point: string) =>
      void (await cluster.patch({ type: kinds.backups, namespace: 'velero', name: point }, 'merge', {
        metadata: { annotations: { 'velero.io/source-cluster-k8s-gitversion': 'v1.37.0' } },
      })),
    request: () => ({ mode }),
  })),
  {
    title: 'a check that cannot be made from here',
    code: 'CHECK_UNREADABLE',
    before: async (world) =>
      void (await world.change(types.statefulSets, 'orders-db', {
        metadata: { annotations: { 'kubectl-dr.dev/check': 'psql -c select' } },
      })),
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

function mails(world: World): KubeObject {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example/mails:1' }] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'mails', namespace: world.name, labels: labelsOf(world.name, 'web') },
    spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: { template } } },
  };
}

function service(world: World, namespace: string, name: string, nodePort = 30_000 + Math.floor(Math.random() * 2_700)): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(world.name, 'web') },
    spec: { type: 'NodePort', selector: { app: name }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort }] },
  };
}

/** Takes an object away that others need as well, and answers how it comes back. */
async function without(world: World, ref: ObjectRef): Promise<() => Promise<void>> {
  const { metadata, status: _, ...rest } = await world.cluster.get(ref);
  const { name, namespace, labels, annotations } = metadata;
  await world.cluster.delete(ref);
  const kept = { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) };
  return () => world.create({ ...rest, metadata: kept } as KubeObject);
}
