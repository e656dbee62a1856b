/**
 * Field numbers of the few kinds that kubectl writes as protobuf (`create namespace`, `auth can-i` and their like),
 * from `generated.proto` of k8s.io/api and k8s.io/apimachinery v0.34 (Apache-2.0).
 *
 * `text?` and its like: an unset field is sent as its zero value, which is left out of the JSON. Without the mark the
 * zero was meant. A message name refers to another entry; `skip` is what the server fills itself.
 */
export type FieldType =
  | 'text'
  | 'text?'
  | 'int'
  | 'int?'
  | 'bool'
  | 'bool?'
  | 'texts'
  | 'textMap'
  | 'bytesMap'
  | 'time'
  | 'intOrText'
  | 'skip'
  | { message: string }
  | { messages: string };
export type Message = Record<number, readonly [name: string, type: FieldType]>;

const metadata = { 1: ['metadata', { message: 'ObjectMeta' }] } as const satisfies Message;

export const messages: Record<string, Message> = {
  TypeMeta: { 1: ['apiVersion', 'text?'], 2: ['kind', 'text?'] },
  ObjectMeta: {
    1: ['name', 'text?'],
    2: ['generateName', 'text?'],
    3: ['namespace', 'text?'],
    4: ['selfLink', 'skip'],
    5: ['uid', 'text?'],
    6: ['resourceVersion', 'text?'],
    7: ['generation', 'int?'],
    8: ['creationTimestamp', 'time'],
    9: ['deletionTimestamp', 'time'],
    10: ['deletionGracePeriodSeconds', 'int'],
    11: ['labels', 'textMap'],
    12: ['annotations', 'textMap'],
    13: ['ownerReferences', { messages: 'OwnerReference' }],
    14: ['finalizers', 'texts'],
    17: ['managedFields', 'skip'],
  },
  OwnerReference: {
    1: ['kind', 'text'],
    3: ['name', 'text'],
    4: ['uid', 'text'],
    5: ['apiVersion', 'text'],
    6: ['controller', 'bool'],
    7: ['blockOwnerDeletion', 'bool'],
  },
  LabelSelector: { 1: ['matchLabels', 'textMap'], 2: ['matchExpressions', { messages: 'LabelSelectorRequirement' }] },
  LabelSelectorRequirement: { 1: ['key', 'text'], 2: ['operator', 'text'], 3: ['values', 'texts'] },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'int'],
    2: ['preconditions', { message: 'Preconditions' }],
    3: ['orphanDependents', 'bool'],
    4: ['propagationPolicy', 'text?'],
    5: ['dryRun', 'texts'],
  },
  Preconditions: { 1: ['uid', 'text?'], 2: ['resourceVersion', 'text?'] },
  Namespace: { ...metadata, 2: ['spec', { message: 'NamespaceSpec' }], 3: ['status', 'skip'] },
  NamespaceSpec: { 1: ['finalizers', 'texts'] },
  ConfigMap: { ...metadata, 2: ['data', 'textMap'], 3: ['binaryData', 'bytesMap'], 4: ['immutable', 'bool'] },
  Secret: { ...metadata, 2: ['data', 'bytesMap'], 3: ['type', 'text?'], 4: ['stringData', 'textMap'], 5: ['immutable', 'bool'] },
  ServiceAccount: {
    ...metadata,
    2: ['secrets', { messages: 'ObjectReference' }],
    3: ['imagePullSecrets', { messages: 'LocalObjectReference' }],
    4: ['automountServiceAccountToken', 'bool'],
  },
  ObjectReference: {
    1: ['kind', 'text?'],
    2: ['namespace', 'text?'],
    3: ['name', 'text?'],
    4: ['uid', 'text?'],
    5: ['apiVersion', 'text?'],
    6: ['resourceVersion', 'text?'],
    7: ['fieldPath', 'text?'],
  },
  LocalObjectReference: { 1: ['name', 'text?'] },
  Role: { ...metadata, 2: ['rules', { messages: 'PolicyRule' }] },
  ClusterRole: { ...metadata, 2: ['rules', { messages: 'PolicyRule' }], 3: ['aggregationRule', { message: 'AggregationRule' }] },
  AggregationRule: { 1: ['clusterRoleSelectors', { messages: 'LabelSelector' }] },
  RoleBinding: { ...metadata, 2: ['subjects', { messages: 'Subject' }], 3: ['roleRef', { message: 'RoleRef' }] },
  ClusterRoleBinding: { ...metadata, 2: ['subjects', { messages: 'Subject' }], 3: ['roleRef', { message: 'RoleRef' }] },
  PolicyRule: {
    1: ['verbs', 'texts'],
    2: ['apiGroups', 'texts'],
    3: ['resources', 'texts'],
    4: ['resourceNames', 'texts'],
    5: ['nonResourceURLs', 'texts'],
  },
  Subject: { 1: ['kind', 'text'], 2: ['apiGroup', 'text?'], 3: ['name', 'text'], 4: ['namespace', 'text?'] },
  RoleRef: { 1: ['apiGroup', 'text'], 2: ['kind', 'text'], 3: ['name', 'text'] },
  SelfSubjectReview: { ...metadata, 2: ['status', 'skip'] },
  SelfSubjectAccessReview: { ...metadata, 2: ['spec', { message: 'AccessReviewSpec' }], 3: ['status', 'skip'] },
  SubjectAccessReview: { ...metadata, 2: ['spec', { message: 'AccessReviewSpec' }], 3: ['status', 'skip'] },
  AccessReviewSpec: {
    1: ['resourceAttributes', { message: 'ResourceAttributes' }],
    2: ['nonResourceAttributes', { message: 'NonResourceAttributes' }],
    3: ['user', 'text?'],
    4: ['groups', 'texts'],
    6: ['uid', 'text?'],
  },
  ResourceAttributes: {
    1: ['namespace', 'text?'],
    2: ['verb', 'text?'],
    3: ['group', 'text?'],
    4: ['version', 'text?'],
    5: ['resource', 'text?'],
    6: ['subresource', 'text?'],
    7: ['name', 'text?'],
  },
  NonResourceAttributes: { 1: ['path', 'text?'], 2: ['verb', 'text?'] },
  SelfSubjectRulesReview: { ...metadata, 2: ['spec', { message: 'RulesReviewSpec' }], 3: ['status', 'skip'] },
  RulesReviewSpec: { 1: ['namespace', 'text?'] },
  Scale: { ...metadata, 2: ['spec', { message: 'ScaleSpec' }], 3: ['status', 'skip'] },
  ScaleSpec: { 1: ['replicas', 'int'] },
  Deployment: { ...metadata, 2: ['spec', { message: 'DeploymentSpec' }], 3: ['status', 'skip'] },
  DeploymentSpec: {
    1: ['replicas', 'int'],
    2: ['selector', { message: 'LabelSelector' }],
    3: ['template', { message: 'PodTemplateSpec' }],
    5: ['minReadySeconds', 'int?'],
    6: ['revisionHistoryLimit', 'int'],
    7: ['paused', 'bool?'],
    9: ['progressDeadlineSeconds', 'int'],
  },
  PodTemplateSpec: { ...metadata, 2: ['spec', { message: 'PodSpec' }] },
  PodSpec: { 2: ['containers', { messages: 'Container' }], 3: ['restartPolicy', 'text?'], 8: ['serviceAccountName', 'text?'] },
  Container: {
    1: ['name', 'text'],
    2: ['image', 'text?'],
    3: ['command', 'texts'],
    4: ['args', 'texts'],
    5: ['workingDir', 'text?'],
    6: ['ports', { messages: 'ContainerPort' }],
    14: ['imagePullPolicy', 'text?'],
  },
  ContainerPort: {
    1: ['name', 'text?'],
    2: ['hostPort', 'int?'],
    3: ['containerPort', 'int'],
    4: ['protocol', 'text?'],
    5: ['hostIP', 'text?'],
  },
  Job: { ...metadata, 2: ['spec', { message: 'JobSpec' }], 3: ['status', 'skip'] },
  JobSpec: { 6: ['template', { message: 'PodTemplateSpec' }] },
  Service: { ...metadata, 2: ['spec', { message: 'ServiceSpec' }], 3: ['status', 'skip'] },
  ServiceSpec: {
    1: ['ports', { messages: 'ServicePort' }],
    2: ['selector', 'textMap'],
    3: ['clusterIP', 'text?'],
    4: ['type', 'text?'],
    7: ['sessionAffinity', 'text?'],
    10: ['externalName', 'text?'],
    18: ['clusterIPs', 'texts'],
  },
  ServicePort: {
    1: ['name', 'text?'],
    2: ['protocol', 'text?'],
    3: ['port', 'int'],
    4: ['targetPort', 'intOrText'],
    5: ['nodePort', 'int?'],
    6: ['appProtocol', 'text'],
  },
};
