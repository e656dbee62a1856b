import { annotations } from '../../application/model.ts';
import { at, isRaw, numberAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { comparable } from '../diff/comparable.ts';
import type { Mapping } from '../model.ts';
import { arrivalWith } from '../mapping.ts';

/** How many replicas are meant: one that was stopped by us says it in its note. */
export function replicasOf(workload: KubeObject): number {
  const replicas = numberAt(workload, 'spec', 'replicas') ?? 1;
  const noted = Number(workload.metadata.annotations?.[annotations.replicas]);
  return replicas === 0 && Number.isInteger(noted) && noted > 0 ? noted : replicas;
}

/** Kinds that `copy.stop` can stop, and that can be written so that nothing of them runs. */
export function isStoppable({ kind }: Pick<KubeObject, 'kind'>): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'CronJob';
}

/**
 * An object as it is written at the target: what somebody meant of it, with what is called otherwise there; `stopped`: with the note
 * from which `copy.start` takes how it runs. `isMark` tells labels and annotations that an engine puts on what it restored: it
 * was restored elsewhere.
 */
export function arriving(
  object: KubeObject,
  { mapping, namespace, stopped }: { mapping: Mapping; namespace: string; stopped: boolean },
  isMark: (key: string) => boolean,
): KubeObject {
  const { metadata, ...rest } = comparable(arrivalWith(mapping).as(object), isMark) as unknown as KubeObject;
  const { [annotations.replicas]: _, [annotations.suspended]: was, ...notes } = metadata.annotations ?? {};
  const spec = isRaw(rest.spec) ? { ...rest.spec } : undefined;
  const added: Record<string, string> = {};
  if (spec && (object.kind === 'Deployment' || object.kind === 'StatefulSet')) {
    const replicas = replicasOf(object);
    spec.replicas = stopped ? 0 : replicas;
    if (stopped && replicas > 0) added[annotations.replicas] = String(replicas);
  }
  if (spec && object.kind === 'CronJob') {
    const runs = at(object, 'spec', 'suspend') !== true || was !== undefined;
    spec.suspend = stopped || !runs;
    if (stopped && runs) added[annotations.suspended] = 'true';
  }
  const all = { ...notes, ...added };
  const { annotations: __, ...about } = metadata;
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...about, namespace, ...(Object.keys(all).length > 0 && { annotations: all }) },
    ...(spec && { spec }),
  };
}
