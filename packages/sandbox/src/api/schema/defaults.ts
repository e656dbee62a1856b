import { at, isRecord, listAt, recordAt, textAt, withPath } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import type { Field } from './fields.ts';
import { fieldsOf } from './fields.ts';

/**
 * A value for a field that is missing, or the function that finds it (undefined: none). A path that begins with `=` is
 * set whatever it says.
 */
type Default = string | number | boolean | object | ((object: JsonRecord) => unknown);

const rolling = ({ type }: JsonRecord): unknown => (type === 'RollingUpdate' ? {} : undefined);
const rbac = 'rbac.authorization.k8s.io';
const container = {
  imagePullPolicy: ({ image }: JsonRecord) => (isLatest(image) ? 'Always' : 'IfNotPresent'),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};
const templateLabels = (object: JsonRecord): unknown => at(object, 'spec', 'template', 'metadata', 'labels');

/**
 * What the API server fills into a structure wherever it stands: the SetDefaults functions of pkg/apis of Kubernetes
 * 1.34, in their order. Left out: volumes of kinds that no cluster has any more.
 */
const defaults: Record<string, Record<string, Default>> = {
  Container: container,
  EphemeralContainer: container,
  ContainerPort: { protocol: 'TCP' },
  PodSpec: {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    serviceAccountName: ({ serviceAccount }) => serviceAccount,
    '=serviceAccount': ({ serviceAccountName }) => serviceAccountName,
  },
  Pod: {
    'spec.enableServiceLinks': true,
    '=spec.containers': (pod) => withRequests(at(pod, 'spec', 'containers')),
    '=spec.initContainers': (pod) => withRequests(at(pod, 'spec', 'initContainers')),
  },
  Probe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  HTTPGetAction: { path: '/', scheme: 'HTTP' },
  GRPCAction: { service: '' },
  Volume: { emptyDir: (volume) => (Object.keys(volume).every((name) => name === 'name' || volume[name] === null) ? {} : undefined) },
  HostPathVolumeSource: { type: '' },
  SecretVolumeSource: { defaultMode: 420 },
  ConfigMapVolumeSource: { defaultMode: 420 },
  DownwardAPIVolumeSource: { defaultMode: 420 },
  ProjectedVolumeSource: { defaultMode: 420 },
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
  ObjectFieldSelector: { apiVersion: 'v1' },
  NamespaceStatus: { phase: 'Active' },
  NodeStatus: { allocatable: ({ capacity }) => capacity },
  PersistentVolumeSpec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  PersistentVolumeStatus: { phase: 'Pending' },
  PersistentVolumeClaimSpec: { volumeMode: 'Filesystem' },
  PersistentVolumeClaimStatus: { phase: 'Pending' },
  Secret: { type: 'Opaque' },
  ServiceSpec: {
    sessionAffinity: 'None',
    '=sessionAffinityConfig': ({ sessionAffinity, sessionAffinityConfig }) =>
      sessionAffinity === 'ClientIP' ? (sessionAffinityConfig ?? { clientIP: { timeoutSeconds: 10_800 } }) : undefined,
    type: 'ClusterIP',
    externalTrafficPolicy: (spec) =>
      ['NodePort', 'LoadBalancer'].includes(textAt(spec, 'type')) || (spec.type === 'ClusterIP' && listAt(spec, 'externalIPs').length > 0)
        ? 'Cluster'
        : undefined,
    internalTrafficPolicy: ({ type }) => (type === 'ExternalName' ? undefined : 'Cluster'),
    allocateLoadBalancerNodePorts: ({ type }) => (type === 'LoadBalancer' ? true : undefined),
  },
  ServicePort: { protocol: 'TCP', targetPort: ({ targetPort, port }) => targetPort || port },
  EndpointPort: { protocol: 'TCP' },
  'discovery.EndpointPort': { name: '', protocol: 'TCP' },
  ReplicationControllerSpec: { replicas: 1 },
  ReplicationController: { 'spec.selector': templateLabels, 'metadata.labels': templateLabels },
  LimitRangeItem: {
    default: ({ type, max }) => (type === 'Container' ? (max ?? {}) : undefined),
    '=defaultRequest': (item) =>
      item.type === 'Container'
        ? { ...recordAt(item, 'min'), ...recordAt(item, 'default'), ...recordAt(item, 'defaultRequest') }
        : item.defaultRequest,
  },
  DeploymentSpec: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  DeploymentStrategy: { type: 'RollingUpdate', rollingUpdate: rolling },
  RollingUpdateDeployment: { maxUnavailable: '25%', maxSurge: '25%' },
  DaemonSetSpec: { revisionHistoryLimit: 10 },
  DaemonSetUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: rolling },
  RollingUpdateDaemonSet: { maxUnavailable: 1, maxSurge: 0 },
  ReplicaSetSpec: { replicas: 1 },
  StatefulSetSpec: {
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: {},
    replicas: 1,
    revisionHistoryLimit: 10,
    '=volumeClaimTemplates': ({ volumeClaimTemplates }) =>
      Array.isArray(volumeClaimTemplates)
        ? volumeClaimTemplates.map((claim: unknown) =>
            isRecord(claim) ? { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' } : claim,
          )
        : volumeClaimTemplates,
  },
  StatefulSetUpdateStrategy: { rollingUpdate: ({ type }) => (type ? undefined : {}), type: 'RollingUpdate' },
  RollingUpdateStatefulSetStrategy: { partition: 0 },
  StatefulSetPersistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  // Not of JobSpec: the template of a CronJob stays as it is.
  Job: {
    'spec.completions': (job) => (at(job, 'spec', 'parallelism') === undefined ? 1 : undefined),
    'spec.parallelism': 1,
    'spec.backoffLimit': (job) => (at(job, 'spec', 'backoffLimitPerIndex') === undefined ? 6 : 2 ** 31 - 1),
    'spec.completionMode': 'NonIndexed',
    'spec.suspend': false,
    'spec.podReplacementPolicy': (job) => (at(job, 'spec', 'podFailurePolicy') === undefined ? 'TerminatingOrFailed' : 'Failed'),
    'spec.manualSelector': false,
    'metadata.labels': templateLabels,
  },
  CronJobSpec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  'v2.HorizontalPodAutoscalerSpec': {
    minReplicas: 1,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    '=behavior': ({ behavior }) =>
      isRecord(behavior)
        ? { scaleUp: { ...scaleUp, ...recordAt(behavior, 'scaleUp') }, scaleDown: { ...scaleDown, ...recordAt(behavior, 'scaleDown') } }
        : undefined,
  },
  NetworkPolicyPort: { protocol: 'TCP' },
  NetworkPolicySpec: { policyTypes: (spec) => ['Ingress', ...(listAt(spec, 'egress').length > 0 ? ['Egress'] : [])] },
  IngressClassParametersReference: { scope: 'Cluster' },
  RoleRef: { apiGroup: rbac },
  Subject: { apiGroup: ({ kind }) => (kind === 'User' || kind === 'Group' ? rbac : undefined) },
  StorageClass: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  CSIDriverSpec: {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  },
  ValidatingWebhook: webhook,
  MutatingWebhook: { ...webhook, reinvocationPolicy: 'Never' },
  RuleWithOperations: { scope: '*' },
  ServiceReference: { port: 443 },
  'apiextensions.ServiceReference': { port: 443 },
  PriorityClass: { preemptionPolicy: 'PreemptLowerPriority' },
  CustomResourceDefinitionSpec: { conversion: { strategy: 'None' } },
  CustomResourceDefinitionNames: {
    singular: ({ kind }) => (typeof kind === 'string' ? kind.toLowerCase() : undefined),
    listKind: ({ kind }) => (typeof kind === 'string' ? `${kind}List` : undefined),
  },
};

const fast = { type: 'Percent', value: 100, periodSeconds: 15 };
const scaleUp = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, fast] };
const scaleDown = { selectPolicy: 'Max', policies: [fast] };

/** The structure with the defaults of its type; what lies deeper is left to the structures there. */
export function withDefaults(key: string, fields: ReadonlyMap<string, Field>, object: JsonRecord): JsonRecord {
  let filled = object;
  for (const [rule, value] of Object.entries(defaults[key] ?? {})) {
    const path = rule.replace(/^=/, '').split('.');
    if (!rule.startsWith('=') && !isMissing(fields, path, filled)) continue;
    const found: unknown = typeof value === 'function' ? (value as (object: JsonRecord) => unknown)(filled) : value;
    if (found !== undefined || rule.startsWith('=')) filled = withPath(filled, path, found);
  }
  return filled;
}

/** Whether a field holds what Go takes for nothing: of a pointer only null, otherwise also the zero value. */
function isMissing(fields: ReadonlyMap<string, Field>, [name = '', ...rest]: string[], object: unknown): boolean {
  const value = at(object, name);
  if (value === undefined || value === null) return true;
  const type = fields.get(name)?.type;
  if (rest.length > 0) return type?.kind === 'struct' && isMissing(fieldsOf(type.key), rest, value);
  if (type?.kind === 'pointer') return false;
  return (
    value === '' ||
    value === 0 ||
    (Array.isArray(value) && value.length === 0) ||
    (type?.kind === 'map' && isRecord(value) && Object.keys(value).length === 0)
  );
}

/** Whether an image's reference means the newest: by its tag, or because it names neither tag nor digest. */
function isLatest(image: unknown): boolean {
  if (typeof image !== 'string' || image === '') return false;
  const [, tag, digest] = /(?::([\w][\w.-]*))?(@[^/]*)?$/.exec(image) ?? [];
  return tag === undefined ? digest === undefined : tag === 'latest';
}

/** Of a pod, not of a template: what is limited and not asked for is asked for to its limit. */
function withRequests(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((one: unknown) => {
    const limits = at(one, 'resources', 'limits');
    if (!isRecord(one) || !isRecord(limits)) return one;
    return withPath(one, ['resources', 'requests'], { ...limits, ...recordAt(one, 'resources', 'requests') });
  });
}
