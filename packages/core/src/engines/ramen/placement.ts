import { at, listAt, textAt, textList, timeOf } from '../../application/raw.ts';
import { parseDuration } from '../../policy/duration.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { notes } from './kinds.ts';

/** A condition by its type, never by its place in the list. `current`: of the object as it stands now. */
export function conditionOf(
  object: KubeObject | undefined,
  type: string,
): { status?: string; reason?: string; message?: string; current: boolean } | undefined {
  const found = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === type);
  if (!found) return undefined;
  const [status, reason, message] = [textAt(found, 'status'), textAt(found, 'reason'), textAt(found, 'message')];
  const [seen, now] = [at(found, 'observedGeneration'), object?.metadata.generation];
  return {
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    current: typeof seen !== 'number' || now === undefined || seen >= now,
  };
}

export function isTrue(object: KubeObject | undefined, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

export function progressionOf(placement: KubeObject): string {
  return textAt(placement, 'status', 'progression') ?? '';
}

export function nativeOf(placement: KubeObject): string {
  return [textAt(placement, 'status', 'phase'), textAt(placement, 'status', 'progression')].filter((word) => word !== undefined).join(': ');
}

/** The code writes it with a space, the documentation without. */
export function isCleaning(progression: string): boolean {
  return progression === 'Cleaning Up' || progression === 'CleaningUp';
}

/** The status is of the spec as it stands; a phase that was left over from an earlier action is none of this one. */
export function isCurrent(placement: KubeObject): boolean {
  const [seen, now] = [at(placement, 'status', 'observedGeneration'), placement.metadata.generation];
  return typeof seen !== 'number' || now === undefined || seen >= now;
}

/** `5m`, `1h`, `2d`; nothing and `0m` are synchronous. Undefined: neither. */
export function intervalOf(policy: KubeObject | undefined): number | undefined {
  if (!policy) return undefined;
  const text = textAt(policy, 'spec', 'schedulingInterval') ?? '0m';
  return /^\d{1,6}[mhd]$/.test(text) ? parseDuration(text, 'schedulingInterval') : undefined;
}

export function placesOf(policy: KubeObject | undefined): string[] {
  return textList(at(policy, 'spec', 'drClusters'));
}

export function policyNameOf(placement: KubeObject): string | undefined {
  return textAt(placement, 'spec', 'drPolicyRef', 'name');
}

/** Where the application runs; undefined while it goes from one to the other and nobody noted where it was. */
export function placedAt(placement: KubeObject): string | undefined {
  const [phase, progression] = [textAt(placement, 'status', 'phase'), progressionOf(placement)];
  const noted = textAt(placement, 'metadata', 'annotations', notes.lastCluster);
  if (progression !== 'Completed' || !isCurrent(placement) || at(placement, 'spec', 'dryRun') === true) return noted;
  if (phase === 'FailedOver') return textAt(placement, 'spec', 'failoverCluster');
  if (phase === 'Relocated' || phase === 'Deployed') return textAt(placement, 'spec', 'preferredCluster') ?? noted;
  return noted;
}

/** Claims that Ramen protects, as the group of the application tells them. */
export function claimsOf(placement: KubeObject): string[] {
  return textList(at(placement, 'status', 'resourceConditions', 'resourceMeta', 'protectedpvcs'));
}

/** Ramen moves everything of the namespaces that are named, and not only what a Placement of the hub puts there. */
export function isDiscovered(placement: KubeObject): boolean {
  return textList(at(placement, 'spec', 'protectedNamespaces')).length > 0;
}

export function namespacesOf(placement: KubeObject): string[] {
  if (isDiscovered(placement)) return textList(at(placement, 'spec', 'protectedNamespaces'));
  const own =
    textAt(placement, 'metadata', 'annotations', notes.appNamespace) ??
    textAt(placement, 'status', 'resourceConditions', 'resourceMeta', 'namespace') ??
    textAt(placement, 'metadata', 'namespace');
  return own === undefined ? [] : [own];
}

/**
 * The START of the capture of what lies at the other side. `lastGroupSyncTime` is when the slowest of the volumes was synchronised, which
 * for some of Ramen's ways of copying is the end of it: what it took is taken off.
 */
export function capturedAt(status: unknown, time = 'lastGroupSyncTime', took = 'lastGroupSyncDuration'): string | undefined {
  const ended = timeOf(at(status, time));
  if (ended === undefined || ended <= 0) return undefined;
  return new Date(ended - (goDuration(textAt(status, took)) ?? 0)).toISOString();
}

export function goDuration(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined;
  try {
    return parseDuration(text, 'duration');
  } catch {
    return undefined;
  }
}

/** What has to be done by a person before it goes on, one sentence. */
export function waitsForUser(placement: KubeObject, from: string): string | undefined {
  const places = namespacesOf(placement).join(', ');
  const progression = progressionOf(placement);
  if (progression === 'WaitOnUserToCleanUp')
    return `delete the old workloads and claims of ${placement.metadata.name} in ${places} on ${from}`;
  if (textAt(placement, 'status', 'phase') === 'WaitForUser')
    return `say where ${placement.metadata.name} is to run: after the hub was recovered Ramen does not know (set spec.action)`;
  if (progression === 'WaitForFencing')
    return `fence ${from}: set clusterFence: Fenced on the DRCluster ${from}, or ManuallyFenced when it is known to be down`;
  return undefined;
}
