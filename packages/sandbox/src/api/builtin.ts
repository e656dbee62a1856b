import type { Resource } from './resource.ts';
import { allVerbs } from './resource.ts';

type Extra = Partial<Resource>;

/** `group/version` (or `v1`), then rows of `resource Kind short,names`. */
function group(apiVersion: string, rows: Record<string, Extra>): Resource[] {
  const [first, second] = apiVersion.split('/');
  const [name, version] = second === undefined ? ['', first!] : [first!, second];
  return Object.entries(rows).map(([row, extra]) => {
    const [resource, kind, shorts] = row.split(' ');
    return {
      group: name,
      version,
      resource: resource!,
      kind: kind!,
      namespaced: true,
      listKind: `${kind}List`,
      singular: kind!.toLowerCase(),
      shortNames: shorts === undefined ? [] : shorts.split(','),
      categories: [],
      verbs: allVerbs,
      builtIn: true,
      statusSubresource: false,
      generation: false,
      nameRule: 'subdomain',
      updateNeedsVersion: false,
      selectableFields: [],
      immutable: [],
      ...extra,
    };
  });
}

const cluster: Extra = { namespaced: false };
const status: Extra = { statusSubresource: true };
const all: Extra = { categories: ['all'] };
const workload: Extra = { ...all, ...status, generation: true, immutable: ['spec.selector'] };
const scalable: Extra = {
  ...workload,
  scale: { specReplicas: ['spec', 'replicas'], statusReplicas: ['status', 'replicas'], selector: ['spec', 'selector'] },
};
/** Asked by POST, answered, never stored. */
const review: Extra = { ...cluster, verbs: ['create'] };
const role: Extra = { nameRule: 'path' };
const binding: Extra = { nameRule: 'path', immutable: ['roleRef'] };
const statefulSet: Extra = {
  ...scalable,
  immutable: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
};
const claim: Extra = {
  ...status,
  immutable: ['spec.accessModes', 'spec.selector', 'spec.volumeName', 'spec.volumeMode', 'spec.storageClassName', 'spec.dataSource'],
};
const podFields = ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP'];
const eventFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
  (field) => `involvedObject.${field}`,
);

/** The types every cluster of the sandbox serves. */
export const builtIn: Resource[] = [
  ...group('v1', {
    'namespaces Namespace ns': {
      ...cluster,
      ...status,
      nameRule: 'label',
      verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
      selectableFields: ['status.phase'],
    },
    'nodes Node no': { ...cluster, ...status, selectableFields: ['spec.unschedulable'] },
    'pods Pod po': { ...all, ...status, generation: true, selectableFields: podFields },
    'services Service svc': {
      ...all,
      ...status,
      nameRule: 'label1035',
      immutable: ['spec.clusterIP'],
      selectableFields: ['spec.clusterIP', 'spec.type'],
    },
    'endpoints Endpoints ep': {},
    'configmaps ConfigMap cm': {},
    'secrets Secret': { selectableFields: ['type'], immutable: ['type'] },
    'serviceaccounts ServiceAccount sa': {},
    'persistentvolumeclaims PersistentVolumeClaim pvc': claim,
    'persistentvolumes PersistentVolume pv': { ...cluster, ...status },
    'events Event ev': { selectableFields: [...eventFields, 'reason', 'type', 'reportingComponent', 'source'] },
    'replicationcontrollers ReplicationController rc': { ...scalable, immutable: [] },
    'limitranges LimitRange limits': {},
    'resourcequotas ResourceQuota quota': status,
    'podtemplates PodTemplate': { generation: true },
  }),
  ...group('apps/v1', {
    'deployments Deployment deploy': scalable,
    'statefulsets StatefulSet sts': statefulSet,
    'daemonsets DaemonSet ds': workload,
    'replicasets ReplicaSet rs': { ...scalable, selectableFields: ['status.replicas'] },
    'controllerrevisions ControllerRevision': { immutable: ['data'] },
  }),
  ...group('batch/v1', {
    'jobs Job': { ...workload, immutable: ['spec.selector', 'spec.template'], selectableFields: ['status.successful'] },
    'cronjobs CronJob cj': { ...all, ...status, generation: true },
  }),
  ...group('autoscaling/v2', { 'horizontalpodautoscalers HorizontalPodAutoscaler hpa': { ...all, ...status } }),
  ...group('networking.k8s.io/v1', {
    'ingresses Ingress ing': { ...status, generation: true },
    'ingressclasses IngressClass': { ...cluster, generation: true },
    'networkpolicies NetworkPolicy netpol': { generation: true },
  }),
  ...group('rbac.authorization.k8s.io/v1', {
    'roles Role': role,
    'rolebindings RoleBinding': binding,
    'clusterroles ClusterRole': { ...cluster, ...role },
    'clusterrolebindings ClusterRoleBinding': { ...cluster, ...binding },
  }),
  ...group('policy/v1', {
    'poddisruptionbudgets PodDisruptionBudget pdb': { ...status, generation: true, updateNeedsVersion: true },
  }),
  ...group('storage.k8s.io/v1', {
    'storageclasses StorageClass sc': { ...cluster, immutable: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'] },
    'volumeattachments VolumeAttachment': { ...cluster, ...status },
    'csidrivers CSIDriver': cluster,
    'csinodes CSINode': cluster,
    'csistoragecapacities CSIStorageCapacity': {},
  }),
  ...group('coordination.k8s.io/v1', { 'leases Lease': { updateNeedsVersion: true } }),
  ...group('discovery.k8s.io/v1', { 'endpointslices EndpointSlice': { generation: true } }),
  ...group('scheduling.k8s.io/v1', { 'priorityclasses PriorityClass pc': { ...cluster, generation: true, immutable: ['value'] } }),
  ...group('admissionregistration.k8s.io/v1', {
    'mutatingwebhookconfigurations MutatingWebhookConfiguration': { ...cluster, generation: true },
    'validatingwebhookconfigurations ValidatingWebhookConfiguration': { ...cluster, generation: true },
  }),
  ...group('apiextensions.k8s.io/v1', {
    'customresourcedefinitions CustomResourceDefinition crd,crds': {
      ...cluster,
      ...status,
      categories: ['api-extensions'],
      generation: true,
      updateNeedsVersion: true,
      immutable: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
    },
  }),
  ...group('authentication.k8s.io/v1', {
    'selfsubjectreviews SelfSubjectReview': review,
    'tokenreviews TokenReview': review,
  }),
  ...group('authorization.k8s.io/v1', {
    'selfsubjectaccessreviews SelfSubjectAccessReview': review,
    'selfsubjectrulesreviews SelfSubjectRulesReview': review,
    'subjectaccessreviews SubjectAccessReview': review,
    'localsubjectaccessreviews LocalSubjectAccessReview': { verbs: ['create'] },
  }),
];
