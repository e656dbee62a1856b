import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { customTypes, serve } from './custom-types.ts';
import type { Obstacle } from './obstacle.ts';
import { database, part, whole } from './obstacle.ts';
import { labelsOf } from './shop.ts';
import type { World } from './world.ts';

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
  {
    title: 'a data mover whose volume waits for a pod',
    code: 'LATE_BINDING',
    capture: { snapshotMoveData: true },
    request: () => database,
  },
  {
    title: 'a webhook that is served from inside',
    code: 'WEBHOOK_INSIDE',
    async prepare(world) {
      const name = `guard-of-${world.name}`;
      await world.create(
        part(world, 'orders-db', 'v1', 'Service', 'orders-db', {
          spec: { selector: labelsOf(world.name, 'orders-db'), ports: [{ port: 443, targetPort: 8443, protocol: 'TCP' }] },
        }),
      );
      const clientConfig = { service: { name: 'orders-db', namespace: world.name, path: '/guard' }, caBundle: '' };
      // Of what nobody writes.
      const rules = [{ apiGroups: ['none.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }];
      await world.create({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name },
        webhooks: [
          { name: 'guard.example.com', failurePolicy: 'Fail', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig, rules },
        ],
      } as KubeObject);
      return () => world.cluster.delete({ type: types.validatingWebhookConfigurations, name });
    },
    request: () => database,
  },
  {
    title: 'a volume that is still attached to a node',
    code: 'VOLUME_ATTACHED',
    async prepare(world) {
      await world.change(types.statefulSets, 'orders-db', { spec: { replicas: 0 } });
      await eventually(async () => !(await world.names(types.pods)).includes('orders-db-0'), 'its pod is gone', 60_000);
      const [node] = (await world.cluster.list(types.nodes)).items;
      const ref = { type: types.volumeAttachments, name: `held-${world.name}` };
      await world.create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name: ref.name },
        spec: { attacher: 'disk.csi.example.com', nodeName: node!.metadata.name, source: { persistentVolumeName: await world.volume() } },
      });
      return () => world.cluster.delete(ref);
    },
    request: () => database,
  },
  {
    title: 'KEDA',
    code: 'AUTOSCALED',
    async prepare(world) {
      await serve(world, customTypes.keda);
      await world.create(
        part(world, 'orders-db', 'keda.sh/v1alpha1', 'ScaledObject', 'orders-db', {
          spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'orders-db' } },
        }),
      );
    },
    request: () => database,
  },
  {
    title: 'a budget that allows no disruption',
    code: 'DISRUPTION_BUDGET',
    async prepare(world) {
      const matchLabels = { 'app.kubernetes.io/name': 'orders-db' };
      const ref = world.ref(types.podDisruptionBudgets, 'orders-db');
      await world.create(
        part(world, 'orders-db', 'policy/v1', 'PodDisruptionBudget', 'orders-db', { spec: { minAvailable: 1, selector: { matchLabels } } }),
      );
      const allowed = async (): Promise<unknown> =>
        ((await world.cluster.get(ref)).status as { disruptionsAllowed?: number } | undefined)?.disruptionsAllowed;
      // Where no controller of budgets runs, nobody says so.
      if ((await allowed()) === undefined) await (world.cluster as ControlledCluster).patchStatus(ref, { disruptionsAllowed: 0 });
      await eventually(async () => (await allowed()) === 0, 'it allows none', 30_000);
    },
    request: () => database,
  },
  {
    title: 'an address of a load balancer that somebody else asks for',
    code: 'NETWORK_CLASH',
    before: (world) => world.create(balanced(world.name, world)),
    prepare: (world) => elsewhere(world, types.services, 'front', (namespace) => balanced(namespace, world)),
    request: () => whole,
  },
  {
    title: 'a host that somebody else answers for',
    code: 'NETWORK_CLASH',
    before: (world) => world.create(answering(world.name, world)),
    prepare: (world) => elsewhere(world, types.ingresses, 'front', (namespace) => answering(namespace, world)),
    request: () => whole,
  },
  {
    title: 'a name of the old namespace in a copy',
    code: 'NAMESPACE_NAMED_IN_CONFIG',
    before: async (world) =>
      void (await world.change(types.configMaps, 'web', { data: { page: 'hello', url: `postgres://orders-db.${world.name}.svc:5432\n` } })),
    request: ({ name }) => ({ mode: 'clone', namespace: `${name}-copy` }),
  },
  ...(['argoCd', 'flux'] as const).map((controller) => ({
    title: `a GitOps controller that deploys here, ${controller}`,
    code: 'GITOPS_MANAGED',
    async prepare(world: World) {
      const type = customTypes[controller];
      await serve(world, type);
      const spec = controller === 'flux' ? { targetNamespace: world.name } : { destination: { namespace: world.name } };
      await world.create({ apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name: 'shop', namespace: world.name }, spec });
    },
    request: () => whole,
  })),
];

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

/** The object goes, and somebody in another namespace has what it had. */
async function elsewhere(
  world: World,
  type: ResourceType,
  name: string,
  make: (namespace: string) => KubeObject,
): Promise<() => Promise<void>> {
  await world.cluster.delete(world.ref(type, name));
  const namespace = `${world.name}-other`;
  await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await world.create(make(namespace));
  return () => world.cluster.delete({ type: types.namespaces, name: namespace });
}

function balanced(namespace: string, { name }: World): KubeObject {
  const metadata = { name: 'front', namespace, labels: labelsOf(name, 'web') };
  const spec = { type: 'LoadBalancer', loadBalancerIP: '192.0.2.7', ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

function answering(namespace: string, { name }: World): KubeObject {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const metadata = { name: 'front', namespace, labels: labelsOf(name, 'web') };
  const rules = [{ host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules } };
}
