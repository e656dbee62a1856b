import { at, isRaw } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';

/** What the server or a controller writes into metadata: different in every copy of an object, and nobody's intention. */
const serverMetadata = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];
const serverAnnotations =
  /^(kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/revision|pv\.kubernetes\.io\/|volume(\.beta)?\.kubernetes\.io\/|control-plane\.alpha\.kubernetes\.io\/leader|autoscaling\.alpha\.kubernetes\.io\/(conditions|current-metrics))/;

/** Fields that the cluster gives out, by kind: a restore cannot set them, and a difference says nothing. */
const given: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Service: [
    ['spec', 'clusterIP'],
    ['spec', 'clusterIPs'],
    ['spec', 'healthCheckNodePort'],
  ],
  PersistentVolumeClaim: [['spec', 'volumeName']],
  Pod: [['spec', 'nodeName']],
  ServiceAccount: [['secrets']],
  Namespace: [['spec', 'finalizers']],
};

/**
 * The part of an object that somebody meant: without status, identity, bookkeeping of controllers and what the cluster
 * gives out. `isMark` tells labels and annotations that an engine puts on what it restored.
 */
export function comparable(object: KubeObject, isMark: (key: string) => boolean): Record<string, unknown> {
  const { apiVersion: _, kind, status: __, ...copy } = structuredClone(object) as Record<string, unknown>;
  const metadata = { ...(copy.metadata as Record<string, unknown>) };
  for (const field of serverMetadata) delete metadata[field];
  keep(metadata, 'labels', (key) => !isMark(key));
  keep(metadata, 'annotations', (key) => !isMark(key) && !serverAnnotations.test(key));
  // Owners are found again by controllers; their uids never come back.
  delete metadata.ownerReferences;
  keepList(metadata, 'finalizers', (name) => !name.startsWith('kubernetes.io/') && name !== 'foregroundDeletion');
  copy.metadata = metadata;
  for (const path of given[String(kind)] ?? []) remove(copy, path);
  withoutRestart(copy);
  if (kind === 'Service') for (const port of list(at(copy, 'spec', 'ports'))) delete port.nodePort;
  return copy;
}

/** When pods were last told to start anew says nothing of what they are: to write it back would only restart them once more. */
function withoutRestart(copy: Record<string, unknown>): void {
  const metadata = at(copy, 'spec', 'template', 'metadata');
  if (isRaw(metadata)) keep(metadata as Record<string, unknown>, 'annotations', (key) => key !== 'kubectl.kubernetes.io/restartedAt');
}

function keep(metadata: Record<string, unknown>, field: string, wanted: (key: string) => boolean): void {
  const entries = isRaw(metadata[field]) ? Object.entries(metadata[field]).filter(([key]) => wanted(key)) : [];
  if (entries.length > 0) metadata[field] = Object.fromEntries(entries);
  else delete metadata[field];
}

function keepList(metadata: Record<string, unknown>, field: string, wanted: (name: string) => boolean): void {
  const names = Array.isArray(metadata[field]) ? metadata[field].filter((name) => typeof name === 'string' && wanted(name)) : [];
  if (names.length > 0) metadata[field] = names;
  else delete metadata[field];
}

function remove(copy: Record<string, unknown>, path: readonly string[]): void {
  const parent = at(copy, ...path.slice(0, -1));
  if (isRaw(parent)) delete (parent as Record<string, unknown>)[path.at(-1)!];
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRaw) : [];
}
