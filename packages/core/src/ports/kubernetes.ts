/** The shapes of Kubernetes objects as this product sees them: raw JSON, nothing dropped, nothing trusted. */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generateName?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  [field: string]: unknown;
}

/** Any object of any kind. Read other fields by narrowing `unknown`, or by an engine's `schema.ts`. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Where a kind is served. `resource` is the plural of the URL; core group is `''`. */
export interface ResourceType {
  group: string;
  version: string;
  resource: string;
  kind: string;
  namespaced: boolean;
}

export interface ObjectRef {
  type: ResourceType;
  name: string;
  /** Required exactly when the type is namespaced. */
  namespace?: string;
}

/** `pods`, `backups.velero.io`: how kubectl writes a type without its version. */
export function resourceKey(type: Pick<ResourceType, 'group' | 'resource'>): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

function core(resource: string, kind: string, namespaced = true): ResourceType {
  return { group: '', version: 'v1', resource, kind, namespaced };
}
function named(group: string, resource: string, kind: string, namespaced = true, version = 'v1'): ResourceType {
  return { group, version, resource, kind, namespaced };
}

/** The built-in types that core reads or writes by name. Everything else is found by `ClusterClient.discover`. */
export const types = {
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  pods: core('pods', 'Pod'),
  services: core('services', 'Service'),
  configMaps: core('configmaps', 'ConfigMap'),
  secrets: core('secrets', 'Secret'),
  serviceAccounts: core('serviceaccounts', 'ServiceAccount'),
  persistentVolumeClaims: core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  persistentVolumes: core('persistentvolumes', 'PersistentVolume', false),
  events: core('events', 'Event'),
  deployments: named('apps', 'deployments', 'Deployment'),
  statefulSets: named('apps', 'statefulsets', 'StatefulSet'),
  daemonSets: named('apps', 'daemonsets', 'DaemonSet'),
  replicaSets: named('apps', 'replicasets', 'ReplicaSet'),
  jobs: named('batch', 'jobs', 'Job'),
  cronJobs: named('batch', 'cronjobs', 'CronJob'),
  ingresses: named('networking.k8s.io', 'ingresses', 'Ingress'),
  networkPolicies: named('networking.k8s.io', 'networkpolicies', 'NetworkPolicy'),
  storageClasses: named('storage.k8s.io', 'storageclasses', 'StorageClass', false),
  volumeAttachments: named('storage.k8s.io', 'volumeattachments', 'VolumeAttachment', false),
  csiDrivers: named('storage.k8s.io', 'csidrivers', 'CSIDriver', false),
  runtimeClasses: named('node.k8s.io', 'runtimeclasses', 'RuntimeClass', false),
  resourceQuotas: core('resourcequotas', 'ResourceQuota'),
  roles: named('rbac.authorization.k8s.io', 'roles', 'Role'),
  roleBindings: named('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
  horizontalPodAutoscalers: named('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', true, 'v2'),
  podDisruptionBudgets: named('policy', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  validatingWebhookConfigurations: named(
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    false,
  ),
  mutatingWebhookConfigurations: named(
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ),
  leases: named('coordination.k8s.io', 'leases', 'Lease'),
  customResourceDefinitions: named('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition', false),
} as const satisfies Record<string, ResourceType>;

/** Asked by creating it; the answer is in the status of what comes back, and nothing is stored. */
export const accessReviewType = named('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', false);
