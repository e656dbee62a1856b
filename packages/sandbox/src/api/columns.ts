import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { age, humanDuration } from './duration.ts';
import { at, isRecord, listAt, numberAt, recordAt, textAt, textsAt } from './json.ts';
import { jsonPath } from './jsonpath.ts';
import type { Resource } from './resource.ts';
import { selectorText } from './selectors.ts';

export interface Column {
  name: string;
  type?: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  format?: string;
  description?: string;
  /** 1: shown with `-o wide` only. */
  priority?: number;
  cell(object: KubeObject, now: Date): unknown;
}

type Cell = Column['cell'];

const text =
  (...path: string[]): Cell =>
  (object) =>
    textAt(object, ...path);
const or =
  (fallback: string, cell: Cell): Cell =>
  (object, now) =>
    cell(object, now) || fallback;
const number =
  (...path: string[]): Cell =>
  (object) =>
    numberAt(object, ...path);
const ageOf =
  (...path: string[]): Cell =>
  (object, now) =>
    age(at(object, ...path), now);
const column = (name: string, cell: Cell, extra: Partial<Column> = {}): Column => ({ name, cell, ...extra });
const wide = (name: string, cell: Cell): Column => column(name, cell, { priority: 1 });

export const nameColumn = column('Name', text('metadata', 'name'), { format: 'name' });
export const ageColumn = column('Age', ageOf('metadata', 'creationTimestamp'));

const podSpec = (object: KubeObject): unknown =>
  at(object, 'spec', 'template', 'spec') ?? at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
const containers: Cell = (object) =>
  listAt(podSpec(object), 'containers')
    .map((item) => textAt(item, 'name'))
    .join(',');
const images: Cell = (object) =>
  listAt(podSpec(object), 'containers')
    .map((item) => textAt(item, 'image'))
    .join(',');
const selector = (...path: string[]): Cell => or('<none>', (object) => selectorText(at(object, ...path)));
const plainSelector: Cell = (object) => selectorText({ matchLabels: at(object, 'spec', 'selector') }) || '<none>';
const none = (...path: string[]): Cell => or('<none>', text(...path));
const entries =
  (...path: string[]): Cell =>
  (object) =>
    Object.keys(recordAt(object, ...path)).length;
const ready =
  (have: string, want: (object: KubeObject) => number): Cell =>
  (object) =>
    `${numberAt(object, 'status', have)}/${want(object)}`;
const replicas = (object: KubeObject): number =>
  typeof at(object, 'spec', 'replicas') === 'number' ? numberAt(object, 'spec', 'replicas') : 1;

const modes: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
const accessModes: Cell = (object) =>
  textsAt(object, 'spec', 'accessModes')
    .map((mode) => modes[mode] ?? mode)
    .join(',');
const claimRef: Cell = (object) => {
  const name = textAt(object, 'spec', 'claimRef', 'name');
  return name === '' ? '' : `${textAt(object, 'spec', 'claimRef', 'namespace')}/${name}`;
};
const leaving =
  (cell: Cell): Cell =>
  (object, now) =>
    object.metadata.deletionTimestamp === undefined ? cell(object, now) : 'Terminating';

function podStatus(object: KubeObject): string {
  for (const status of [...listAt(object, 'status', 'initContainerStatuses'), ...listAt(object, 'status', 'containerStatuses')]) {
    const reason = textAt(status, 'state', 'waiting', 'reason');
    if (reason !== '' && reason !== 'PodInitializing') return reason;
  }
  return textAt(object, 'status', 'reason') || textAt(object, 'status', 'phase') || 'Pending';
}

function servicePorts(object: KubeObject): string {
  const told = listAt(object, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort');
    return `${numberAt(port, 'port')}${node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol') || 'TCP'}`;
  });
  return told.join(',') || '<none>';
}

function externalIp(object: KubeObject): string {
  const kind = textAt(object, 'spec', 'type');
  if (kind === 'ExternalName') return textAt(object, 'spec', 'externalName');
  const addresses = listAt(object, 'status', 'loadBalancer', 'ingress').map((entry) => textAt(entry, 'ip') || textAt(entry, 'hostname'));
  const all = [...addresses, ...textsAt(object, 'spec', 'externalIPs')];
  return all.join(',') || (kind === 'LoadBalancer' ? '<pending>' : '<none>');
}

function jobStatus(object: KubeObject): string {
  const active = listAt(object, 'status', 'conditions').filter((condition) => textAt(condition, 'status') === 'True');
  const done = active.map((condition) => textAt(condition, 'type')).find((type) => ['Complete', 'Failed', 'Suspended'].includes(type));
  return done ?? 'Running';
}

function jobDuration(object: KubeObject, now: Date): string {
  const start = Date.parse(textAt(object, 'status', 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(textAt(object, 'status', 'completionTime'));
  return humanDuration((Number.isNaN(end) ? now.getTime() : end) - start);
}

function nodeStatus(object: KubeObject): string {
  const condition = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === 'Ready');
  const state = condition === undefined ? 'Unknown' : textAt(condition, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(object, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles(object: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(object.metadata.labels ?? {}).filter((label) => label.startsWith(prefix));
  return (
    roles
      .map((label) => label.slice(prefix.length))
      .sort()
      .join(',') || '<none>'
  );
}

const subjects =
  (kind: string): Cell =>
  (object) =>
    listAt(object, 'subjects')
      .filter((subject) => textAt(subject, 'kind') === kind)
      .map((subject) => (kind === 'ServiceAccount' ? `${textAt(subject, 'namespace')}/` : '') + textAt(subject, 'name'))
      .join(', ');
const roleRef: Cell = (object) => `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`;
const bindingColumns = [
  nameColumn,
  column('Role', roleRef),
  ageColumn,
  wide('Users', subjects('User')),
  wide('Groups', subjects('Group')),
  wide('ServiceAccounts', subjects('ServiceAccount')),
];
const workloadColumns = [wide('Containers', containers), wide('Images', images), wide('Selector', selector('spec', 'selector'))];
const counts = (...names: [string, string][]): Column[] =>
  names.map(([name, field]) => column(name, number('status', field), { type: 'integer' }));
const eventTime: Cell = (object, now) =>
  age(at(object, 'lastTimestamp') ?? at(object, 'eventTime') ?? at(object, 'firstTimestamp') ?? object.metadata.creationTimestamp, now);

const known: Record<string, Column[]> = {
  namespaces: [nameColumn, column('Status', text('status', 'phase')), ageColumn],
  nodes: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    ageColumn,
    column('Version', text('status', 'nodeInfo', 'kubeletVersion')),
  ],
  pods: [
    nameColumn,
    column('Ready', (object) => {
      const states = listAt(object, 'status', 'containerStatuses');
      return `${states.filter((state) => at(state, 'ready') === true).length}/${listAt(object, 'spec', 'containers').length}`;
    }),
    column('Status', leaving(podStatus)),
    column('Restarts', (object) => {
      const restarts = listAt(object, 'status', 'containerStatuses').map((state) => numberAt(state, 'restartCount'));
      return String(restarts.reduce((sum, count) => sum + count, 0));
    }),
    ageColumn,
    wide('IP', none('status', 'podIP')),
    wide('Node', none('spec', 'nodeName')),
    wide('Nominated Node', none('status', 'nominatedNodeName')),
    wide('Readiness Gates', () => '<none>'),
  ],
  services: [
    nameColumn,
    column('Type', or('ClusterIP', text('spec', 'type'))),
    column('Cluster-IP', none('spec', 'clusterIP')),
    column('External-IP', externalIp),
    column('Port(s)', servicePorts),
    ageColumn,
    wide('Selector', plainSelector),
  ],
  configmaps: [
    nameColumn,
    column('Data', (object) => Object.keys({ ...recordAt(object, 'data'), ...recordAt(object, 'binaryData') }).length),
    ageColumn,
  ],
  secrets: [nameColumn, column('Type', or('Opaque', text('type'))), column('Data', entries('data')), ageColumn],
  serviceaccounts: [nameColumn, column('Secrets', (object) => listAt(object, 'secrets').length), ageColumn],
  persistentvolumeclaims: [
    nameColumn,
    column('Status', leaving(or('Pending', text('status', 'phase')))),
    column('Volume', text('spec', 'volumeName')),
    column('Capacity', text('status', 'capacity', 'storage')),
    column('Access Modes', accessModes),
    column('StorageClass', text('spec', 'storageClassName')),
    column('VolumeAttributesClass', or('<unset>', text('spec', 'volumeAttributesClassName'))),
    ageColumn,
    wide('VolumeMode', or('Filesystem', text('spec', 'volumeMode'))),
  ],
  persistentvolumes: [
    nameColumn,
    column('Capacity', text('spec', 'capacity', 'storage')),
    column('Access Modes', accessModes),
    column('Reclaim Policy', or('Retain', text('spec', 'persistentVolumeReclaimPolicy'))),
    column('Status', leaving(or('Available', text('status', 'phase')))),
    column('Claim', claimRef),
    column('StorageClass', text('spec', 'storageClassName')),
    column('VolumeAttributesClass', or('<unset>', text('spec', 'volumeAttributesClassName'))),
    column('Reason', text('status', 'reason')),
    ageColumn,
    wide('VolumeMode', or('Filesystem', text('spec', 'volumeMode'))),
  ],
  events: [
    column('Last Seen', eventTime),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column('Object', (object) => `${textAt(object, 'involvedObject', 'kind').toLowerCase()}/${textAt(object, 'involvedObject', 'name')}`),
    wide('Source', (object) => textAt(object, 'source', 'component') || textAt(object, 'reportingComponent')),
    column('Message', (object) => textAt(object, 'message').trim()),
    wide('Count', (object) => numberAt(object, 'count') || 1),
    column('Name', text('metadata', 'name'), { priority: 1, format: 'name' }),
  ],
  'deployments.apps': [
    nameColumn,
    column('Ready', ready('readyReplicas', replicas)),
    ...counts(['Up-to-date', 'updatedReplicas'], ['Available', 'availableReplicas']),
    ageColumn,
    ...workloadColumns,
  ],
  'statefulsets.apps': [nameColumn, column('Ready', ready('readyReplicas', replicas)), ageColumn, ...workloadColumns.slice(0, 2)],
  'daemonsets.apps': [
    nameColumn,
    ...counts(
      ['Desired', 'desiredNumberScheduled'],
      ['Current', 'currentNumberScheduled'],
      ['Ready', 'numberReady'],
      ['Up-to-date', 'updatedNumberScheduled'],
      ['Available', 'numberAvailable'],
    ),
    ageColumn,
    ...workloadColumns,
  ],
  'replicasets.apps': [
    nameColumn,
    column('Desired', replicas, { type: 'integer' }),
    ...counts(['Current', 'replicas'], ['Ready', 'readyReplicas']),
    ageColumn,
    ...workloadColumns,
  ],
  'jobs.batch': [
    nameColumn,
    column('Status', jobStatus),
    column(
      'Completions',
      ready('succeeded', (object) => numberAt(object, 'spec', 'completions') || 1),
    ),
    column('Duration', jobDuration),
    ageColumn,
    ...workloadColumns,
  ],
  'cronjobs.batch': [
    nameColumn,
    column('Schedule', text('spec', 'schedule')),
    column('Timezone', none('spec', 'timeZone')),
    column('Suspend', (object) => (at(object, 'spec', 'suspend') === true ? 'True' : 'False')),
    column('Active', (object) => listAt(object, 'status', 'active').length, { type: 'integer' }),
    column('Last Schedule', (object, now) => {
      const last = at(object, 'status', 'lastScheduleTime');
      return last === undefined ? '<none>' : age(last, now);
    }),
    ageColumn,
    ...workloadColumns.slice(0, 2),
  ],
  'ingresses.networking.k8s.io': [
    nameColumn,
    column('Class', none('spec', 'ingressClassName')),
    column(
      'Hosts',
      (object) =>
        listAt(object, 'spec', 'rules')
          .map((rule) => textAt(rule, 'host') || '*')
          .join(',') || '*',
    ),
    column('Address', (object) =>
      listAt(object, 'status', 'loadBalancer', 'ingress')
        .map((entry) => textAt(entry, 'ip') || textAt(entry, 'hostname'))
        .join(','),
    ),
    column('Ports', (object) => (listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  'networkpolicies.networking.k8s.io': [nameColumn, column('Pod-Selector', selector('spec', 'podSelector')), ageColumn],
  'roles.rbac.authorization.k8s.io': [nameColumn, column('Created At', text('metadata', 'creationTimestamp'), { type: 'date' })],
  'clusterroles.rbac.authorization.k8s.io': [nameColumn, column('Created At', text('metadata', 'creationTimestamp'), { type: 'date' })],
  'rolebindings.rbac.authorization.k8s.io': bindingColumns,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingColumns,
  'storageclasses.storage.k8s.io': [
    column(
      'Name',
      (object) =>
        `${object.metadata.name}${object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}`,
      {
        format: 'name',
      },
    ),
    column('Provisioner', text('provisioner')),
    column('ReclaimPolicy', or('Delete', text('reclaimPolicy'))),
    column('VolumeBindingMode', or('Immediate', text('volumeBindingMode'))),
    column('AllowVolumeExpansion', (object) => at(object, 'allowVolumeExpansion') === true, { type: 'boolean' }),
    ageColumn,
  ],
  'poddisruptionbudgets.policy': [
    nameColumn,
    column('Min Available', (object) => String(at(object, 'spec', 'minAvailable') ?? 'N/A')),
    column('Max Unavailable', (object) => String(at(object, 'spec', 'maxUnavailable') ?? 'N/A')),
    column('Allowed Disruptions', number('status', 'disruptionsAllowed'), { type: 'integer' }),
    ageColumn,
  ],
  'leases.coordination.k8s.io': [nameColumn, column('Holder', text('spec', 'holderIdentity')), ageColumn],
  'customresourcedefinitions.apiextensions.k8s.io': [
    nameColumn,
    column('Created At', text('metadata', 'creationTimestamp'), { type: 'date' }),
  ],
};

/** The columns of a type: those of the real server for the common kinds, the definition's own, otherwise name and age. */
export function columnsOf(resource: Resource): Column[] {
  if (resource.builtIn) return known[resourceKey(resource)] ?? [nameColumn, ageColumn];
  const declared = resource.columns ?? [];
  if (declared.length === 0) return [nameColumn, ageColumn];
  return [
    nameColumn,
    ...declared.map(({ name, type, format, description, priority, jsonPath: path }) =>
      column(name, (object, now) => customCell(jsonPath(object, path), type, now), {
        type: type as Column['type'],
        format,
        description,
        priority,
      }),
    ),
  ];
}

function customCell(found: unknown[], type: string, now: Date): unknown {
  const [first] = found;
  if (first === undefined || first === null) return null;
  if (type === 'date') return age(first, now);
  if (type === 'integer' || type === 'number') return typeof first === 'number' ? first : null;
  if (type === 'boolean') return typeof first === 'boolean' ? first : null;
  return found.map((value) => (isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value))).join(',');
}
