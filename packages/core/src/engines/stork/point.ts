import { annotations, labels } from '../../application/model.ts';
import { at, listAt, numberAt, textAt, textList, textsAt, timeOf } from '../../application/raw.ts';
import { selectorOf } from '../../application/selector.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { CaptureMethod, RecoveryPoint, Scope, VolumeCapture } from '../../protection/model.ts';
import { adminNamespace, engineId, notes } from './kinds.ts';
import { locationName } from './location.ts';
import { backupPhase, nativeOf } from './phases.ts';

/** On a backup that was asked for: until when it is wanted. Stork removes only what its schedules made. */
export const expiresNote = 'kubectl-dr.dev/expires-at';

/**
 * A status is written like any other field: whoever may write in a namespace may write all of it. Stork itself lets objects of the
 * admin namespace alone speak about others, so an object is believed about its own namespace, and there about all.
 */
export function scopeOf(spec: unknown, namespace: string): Scope {
  const named = textList(at(spec, 'namespaces'));
  const own = namespace === adminNamespace;
  const selectors = textsAt(spec, 'selectors');
  const included = [
    ...textList(at(spec, 'resourceTypes')),
    ...listAt(spec, 'includeResources').flatMap((one) => textAt(one, 'kind') ?? []),
  ];
  return {
    namespaces: !own ? [namespace] : named.includes('*') ? '*' : named,
    excludedNamespaces: [],
    ...(Object.keys(selectors).length > 0 && { labelSelector: selectorOf(selectors) }),
    ...(included.length > 0 && { includedResources: [...new Set(included)] }),
  };
}

export function pointOf(object: KubeObject, cluster: string): RecoveryPoint[] {
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const noted = textsAt(object, 'metadata', 'annotations');
  const labelled = textsAt(object, 'metadata', 'labels');
  const schedule = noted[notes.scheduleName];
  const location = textAt(object, 'spec', 'backupLocation');
  const [items, errors] = [numberAt(object, 'status', 'resourceCount'), numberAt(object, 'status', 'failedVolCount')];
  const told: Partial<Record<keyof RecoveryPoint, string | undefined>> = {
    uid: textAt(object, 'metadata', 'uid'),
    // By the clock of Stork's pod, in whole seconds; a time that is zero is null.
    capturedAt: instant(at(object, 'status', 'triggerTimestamp')),
    completedAt: instant(at(object, 'status', 'finishTimestamp')),
    createdAt: instant(at(object, 'metadata', 'creationTimestamp')),
    expiresAt: schedule === undefined ? instant(noted[expiresNote]) : undefined,
    location: location && locationName(namespace, location),
    schedule,
    application: labelled[labels.application],
    component: labelled[labels.componentOf],
    message: textAt(object, 'status', 'reason'),
  };
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      phase: backupPhase(object),
      nativePhase: nativeOf(object),
      scope: scopeOf(at(object, 'spec'), namespace),
      ...known(told),
      ...(schedule === undefined && { removedBy: 'plan' as const }),
      ...(noted[annotations.pinned] === 'true' && { pinned: true as const }),
      ...(textAt(object, 'spec', 'preExecRule') !== undefined && { hooks: true as const }),
      ...(labelled[labels.purpose] === 'safety' && { safety: true as const }),
      ...(listAt(object, 'status', 'volumes').some(staysInStorage) && { keptIn: 'storage' as const }),
      // The object goes with its namespace, and takes what lies in the store along.
      ...(namespace !== adminNamespace && textAt(object, 'spec', 'reclaimPolicy') !== 'Retain' && { goesWithNamespace: true as const }),
      ...(items !== undefined && { items }),
      ...(errors !== undefined && { errors }),
    },
  ];
}

/** RFC 3339, or nothing; the zero time of Go is nothing as well. */
export function instant(value: unknown): string | undefined {
  const time = timeOf(value);
  return time === undefined || time <= 0 ? undefined : (value as string);
}

function staysInStorage(volume: unknown): boolean {
  return textAt(volume, 'driverName') === 'csi';
}

const methods: Record<string, CaptureMethod> = {
  // Portworx uploads to the location, kdmp copies there.
  pxd: 'data-mover',
  kdmp: 'data-mover',
  csi: 'csi-snapshot',
  aws: 'native-snapshot',
  azure: 'native-snapshot',
  gce: 'native-snapshot',
};

/** What a backup that ended says of each volume; what still runs proves nothing. */
export function capturesOf(object: KubeObject): VolumeCapture[] {
  if (!['Succeeded', 'Degraded', 'Failed'].includes(backupPhase(object))) return [];
  const scope = scopeOf(at(object, 'spec'), textAt(object, 'metadata', 'namespace') ?? '');
  return listAt(object, 'status', 'volumes').flatMap((volume): VolumeCapture[] => {
    const [namespace, claim] = [textAt(volume, 'namespace'), textAt(volume, 'persistentVolumeClaim')];
    if (namespace === undefined || claim === undefined) return [];
    if (scope.namespaces !== '*' && !scope.namespaces.includes(namespace)) return [];
    const status = textAt(volume, 'status');
    const bytes = numberAt(volume, 'actualSize') || numberAt(volume, 'totalSize');
    const message = textAt(volume, 'reason');
    return [
      {
        namespace,
        claim,
        method: methods[textAt(volume, 'driverName') ?? ''] ?? 'unknown',
        state: status === 'Successful' ? 'captured' : status === 'Retained' ? 'skipped' : 'failed',
        ...(bytes !== undefined && bytes > 0 && { bytes }),
        ...(message !== undefined && { message }),
      },
    ];
  });
}

/** Only what is there. */
export function known<V>(values: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
