import type { KubeObject, ObjectMeta } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, numberAt, recordAt, textAt, withPath, without } from '../../api/json.ts';

/** How the data of a claim comes back, or does not. */
export type VolumeReturn = 'from data' | 'static' | 'empty';

export interface ResetOptions {
  namespaceMapping: Record<string, string>;
  preserveNodePorts: boolean;
  volumeReturn(namespace: string, claim: string): VolumeReturn;
}

const serverFields = [
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'managedFields',
];
const bindingAnnotations =
  /^(?:pv\.kubernetes\.io\/(?:bind-completed|bound-by-controller)|volume(?:\.beta)?\.kubernetes\.io\/(?:selected-node|storage-provisioner))$/;

/** An object without status and without what the server writes. */
export function bare(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: without(object.metadata, ...serverFields) as ObjectMeta,
  };
}

/** The object as it goes back: bare, and as the restore item actions leave it. */
export function reset(source: KubeObject, options: ResetOptions): KubeObject {
  const object = bare(source);
  switch (object.kind) {
    case 'Pod':
      return withPath(object, ['spec', 'nodeName'], undefined);
    case 'Service':
      return service(object, options.preserveNodePorts);
    case 'Job':
      return job(object);
    case 'PersistentVolumeClaim':
      return claim(object, options);
    case 'PersistentVolume':
      return volume(object, options.namespaceMapping);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return binding(object, options.namespaceMapping);
    default:
      return object;
  }
}

/** Completed pods and jobs are not brought back, nor are the mirrors of static pods and what clusters make for themselves. */
export function leftOut(object: KubeObject): { reason: string; outcome?: 'skipped' } | undefined {
  const phase = textAt(object, 'status', 'phase');
  if (object.kind === 'Pod' && ['Succeeded', 'Failed'].includes(phase)) return { reason: `it is a pod in the phase ${phase}` };
  if (object.kind === 'Job' && at(object, 'status', 'completionTime') !== undefined) return { reason: 'it is a completed job' };
  if (object.kind === 'Pod' && object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return { reason: 'it is a mirror pod', outcome: 'skipped' };
  if (object.kind === 'APIService') return { reason: 'it is managed by Kubernetes', outcome: 'skipped' };
  return undefined;
}

function service(object: KubeObject, preserveNodePorts: boolean): KubeObject {
  let spec = recordAt(object, 'spec');
  if (textAt(spec, 'clusterIP') !== 'None') spec = without(spec, 'clusterIP', 'clusterIPs');
  if (preserveNodePorts || textAt(spec, 'type') === 'ExternalName') return { ...object, spec };
  // Ports that somebody chose stay: the applied manifest tells them from those that the server gave.
  const applied = object.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  const chosen = new Set<number>();
  try {
    const manifest: unknown = applied === undefined ? undefined : JSON.parse(applied);
    for (const port of listAt(manifest, 'spec', 'ports')) chosen.add(numberAt(port, 'nodePort'));
  } catch {
    // An annotation that is not JSON tells nothing.
  }
  const ports = listAt(spec, 'ports').map((port) =>
    isRecord(port) && !chosen.has(numberAt(port, 'nodePort')) ? without(port, 'nodePort') : port,
  );
  return { ...object, spec: { ...spec, ...(Array.isArray(spec.ports) && { ports }) } };
}

function job(object: KubeObject): KubeObject {
  const labels = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
  let next = object;
  for (const path of [
    ['spec', 'selector', 'matchLabels'],
    ['spec', 'template', 'metadata', 'labels'],
  ]) {
    const found = at(next, ...path);
    if (isRecord(found)) next = withPath(next, path, without(found, ...labels));
  }
  return next;
}

function claim(object: KubeObject, { volumeReturn }: ResetOptions): KubeObject {
  const kept = Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !bindingAnnotations.test(key));
  const annotations = object.metadata.annotations && Object.fromEntries(kept);
  const metadata = { ...object.metadata, ...(annotations && { annotations }) };
  const freed = { ...object, metadata };
  return volumeReturn(object.metadata.namespace ?? '', object.metadata.name) === 'static'
    ? freed
    : withPath(freed, ['spec', 'volumeName'], undefined);
}

function volume(object: KubeObject, mapping: Record<string, string>): KubeObject {
  const reference = recordAt(object, 'spec', 'claimRef');
  if (reference.name === undefined) return object;
  const namespace = String(reference.namespace);
  return withPath(object, ['spec', 'claimRef'], {
    ...without(reference, 'uid', 'resourceVersion'),
    namespace: mapping[namespace] ?? namespace,
  });
}

function binding(object: KubeObject, mapping: Record<string, string>): KubeObject {
  const subjects = at(object, 'subjects');
  if (!Array.isArray(subjects)) return object;
  return {
    ...object,
    subjects: subjects.map((subject) => {
      const target = isRecord(subject) ? mapping[String(subject.namespace)] : undefined;
      return target === undefined ? (subject as unknown) : { ...(subject as object), namespace: target };
    }),
  };
}
