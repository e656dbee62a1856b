import { formatAge } from '@kubectl-dr/core/text/age';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, numberAt, recordAt, textAt, textsAt } from './json.ts';
import { jsonPath } from './jsonpath.ts';
import { selectorText } from './selector-text.ts';

/**
 * A column of `kubectl get`. `cell` is a path (all values under it, joined by commas) or a function of paths from the table
 * below, as in `age(.metadata.creationTimestamp)`.
 */
export interface Column {
  name: string;
  type?: string;
  format?: string;
  description?: string;
  /** Shown with `-o wide` only. */
  wide?: boolean;
  cell: string;
  /** Instead of nothing. */
  else?: string | number;
}

export const nameColumn: Column = { name: 'Name', cell: '.metadata.name', format: 'name' };
export const ageColumn: Column = { name: 'Age', cell: 'age(.metadata.creationTimestamp)' };

type Cell = (object: KubeObject, paths: string[], now: Date) => unknown;

const first = (object: KubeObject, path = ''): unknown => jsonPath(object, path)[0];
const text = (object: KubeObject, paths: string[]): string =>
  String(paths.map((path) => first(object, path)).find((value) => value !== undefined && value !== null && value !== '') ?? '');
const since = (time: string, now: Date): string => (time === '' ? '' : formatAge(now.getTime() - Date.parse(time)));
const addresses = (object: KubeObject): string[] =>
  listAt(object, 'status', 'loadBalancer', 'ingress').map((entry) => textAt(entry, 'ip') || textAt(entry, 'hostname'));
const isTrue = (value: unknown): boolean => value === true;

/** The least that Kubernetes writes of a LabelSelector or a map of labels. */
const labels = (map: unknown): string => selectorText({ matchLabels: map });

const functions: Record<string, Cell> = {
  first: text,
  age: (object, paths, now) => since(text(object, paths), now),
  number: (object, paths) => Number(text(object, paths)),
  count: (object, [path]) => listAt({ list: first(object, path) }, 'list').length,
  keys: (object, paths) => paths.flatMap((path) => Object.keys(recordAt({ map: first(object, path) }, 'map'))).length,
  isTrue: (object, [path]) => isTrue(first(object, path)),
  trueOrFalse: (object, [path]) => (isTrue(first(object, path)) ? 'True' : 'False'),
  trimmed: (object, paths) => text(object, paths).trim(),
  labels: (object, [path]) => labels(first(object, path)),
  selector: (object, [path]) => selectorText(first(object, path)),
  ready: (object, [have, want]) => `${Number(text(object, [have!]))}/${String(first(object, want) ?? 1)}`,
  phase: (object, paths) => (object.metadata.deletionTimestamp === undefined ? text(object, paths) : 'Terminating'),
  accessModes: (object) => textsAt(object, 'spec', 'accessModes').map(shortMode).join(','),
  claimRef: (object) => text(object, ['.spec.claimRef.namespace']) + text(object, ['.spec.claimRef.name']).replace(/^(?=.)/, '/'),
  roleRef: (object) => `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`,
  scaleTarget: (object) => `${text(object, ['.spec.scaleTargetRef.kind'])}/${text(object, ['.spec.scaleTargetRef.name'])}`,
  eventObject: (object) => `${text(object, ['.involvedObject.kind']).toLowerCase()}/${text(object, ['.involvedObject.name'])}`,
  hosts: (object) =>
    listAt(object, 'spec', 'rules')
      .map((rule) => textAt(rule, 'host') || '*')
      .join(','),
  loadBalancer: (object) => addresses(object).join(','),
  ingressPorts: (object) => (listAt(object, 'spec', 'tls').length > 0 ? '80, 443' : '80'),
  storageClass: ({ metadata }) =>
    `${metadata.name}${metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}`,
  controller({ metadata }) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    return owner && `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]!}/${owner.name}`;
  },
  subjects: (object, [kind]) =>
    listAt(object, 'subjects')
      .filter((subject) => textAt(subject, 'kind') === kind)
      .map((subject) => (kind === 'ServiceAccount' ? `${textAt(subject, 'namespace')}/` : '') + textAt(subject, 'name'))
      .join(', '),
  quota(object, [which]) {
    const limits = which === 'limits';
    const hard = Object.entries(recordAt(object, 'status', 'hard')).filter(([name]) => name.startsWith('limits.') === limits);
    const used = recordAt(object, 'status', 'used');
    return hard.map(([name, most]) => `${name}: ${String(used[name] ?? 0)}/${String(most)}`).join(', ');
  },
  hpaTargets: (object) =>
    listAt(object, 'spec', 'metrics')
      .map((metric) => `${textAt(metric, 'resource', 'name')}: <unknown>/${numberAt(metric, 'resource', 'target', 'averageUtilization')}%`)
      .join(', '),
  endpointAddresses(object) {
    const all = listAt(object, 'subsets').flatMap((subset) =>
      listAt(subset, 'ports').flatMap((port) =>
        listAt(subset, 'addresses').map((address) => `${textAt(address, 'ip')}:${numberAt(port, 'port')}`),
      ),
    );
    return all.slice(0, 3).join(',') + (all.length > 3 ? ` + ${all.length - 3} more...` : '');
  },
  podReady(object) {
    const states = listAt(object, 'status', 'containerStatuses');
    return `${states.filter((state) => isTrue(at(state, 'ready'))).length}/${listAt(object, 'spec', 'containers').length}`;
  },
  podRestarts: (object) =>
    String(listAt(object, 'status', 'containerStatuses').reduce<number>((sum, state) => sum + numberAt(state, 'restartCount'), 0)),
  podStatus(object) {
    if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
    const states = [...listAt(object, 'status', 'initContainerStatuses'), ...listAt(object, 'status', 'containerStatuses')];
    const waiting = states
      .map((state) => textAt(state, 'state', 'waiting', 'reason'))
      .find((reason) => !/^(PodInitializing)?$/.test(reason));
    return waiting ?? (text(object, ['.status.reason', '.status.phase']) || 'Pending');
  },
  servicePorts: (object) =>
    listAt(object, 'spec', 'ports')
      .map((port) => {
        const node = numberAt(port, 'nodePort');
        return `${numberAt(port, 'port')}${node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol') || 'TCP'}`;
      })
      .join(','),
  externalIp(object) {
    const kind = textAt(object, 'spec', 'type');
    if (kind === 'ExternalName') return textAt(object, 'spec', 'externalName');
    const all = [...addresses(object), ...textsAt(object, 'spec', 'externalIPs')].join(',');
    return all || (kind === 'LoadBalancer' ? '<pending>' : '<none>');
  },
  jobStatus(object) {
    const active = listAt(object, 'status', 'conditions').filter((condition) => textAt(condition, 'status') === 'True');
    return active.map((condition) => textAt(condition, 'type')).find((type) => /^(Complete|Failed|Suspended)$/.test(type)) ?? 'Running';
  },
  jobDuration(object, _, now) {
    const end = textAt(object, 'status', 'completionTime');
    return since(textAt(object, 'status', 'startTime'), end === '' ? now : new Date(end));
  },
  nodeStatus(object) {
    const condition = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === 'Ready');
    const state = condition === undefined ? 'Unknown' : textAt(condition, 'status') === 'True' ? 'Ready' : 'NotReady';
    return isTrue(at(object, 'spec', 'unschedulable')) ? `${state},SchedulingDisabled` : state;
  },
  nodeRoles: ({ metadata }) =>
    Object.keys(metadata.labels ?? {})
      .flatMap((label) => /^node-role\.kubernetes\.io\/(.+)/.exec(label)?.[1] ?? [])
      .sort()
      .join(','),
};

function shortMode(mode: string): string {
  return mode === 'ReadOnlyMany'
    ? 'ROX'
    : mode.replace('ReadWrite', 'RW').replace('OncePod', 'OP').replace('Once', 'O').replace('Many', 'X');
}

/** What stands in a cell of a built-in type. */
export function cellOf({ cell, else: instead }: Column, object: KubeObject, now: Date): unknown {
  const [, name, paths] = /^(\w+)\((.*)\)$/.exec(cell) ?? [];
  const value = name === undefined ? joined(jsonPath(object, cell)) : functions[name]!(object, paths!.split(', '), now);
  return instead !== undefined && (value === '' || value === undefined || value === 0) ? instead : value;
}

/** What stands in a cell of a custom type. */
export function customCell(found: unknown[], type: string, now: Date): unknown {
  const [value] = found;
  if (value === undefined || value === null) return null;
  if (type === 'date') return typeof value === 'string' ? since(value, now) : '<unknown>';
  if (type === 'integer' || type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return joined(found);
}

function joined(values: unknown[]): string {
  return values.map((value) => (isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : String(value ?? ''))).join(',');
}
