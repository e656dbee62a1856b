import { annotations, labels } from '../../application/model.ts';
import { claimManifest } from '../../application/claim-manifest.ts';
import { at, isRaw, textAt, textList, timeOf } from '../../application/raw.ts';
import { isLabelValue } from '../../application/selector.ts';
import { InputError } from '../../errors.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';

/**
 * What is written on a snapshot so that it tells everything about its point: nothing else remembers it. Anybody who may
 * write in the namespace may write these, so they are believed about that namespace alone.
 */
export const notes = {
  /** The claim as it has to be made again, JSON. */
  claim: 'kubectl-dr.dev/claim',
  /** Names of all claims of the point, JSON: a snapshot that is deleted by hand is missed. */
  claims: 'kubectl-dr.dev/claims',
  /** The selector of a request, where it had one. */
  selector: 'kubectl-dr.dev/selector',
  expires: 'kubectl-dr.dev/expires-at',
  /** On a group snapshot: the claims of its members by name, JSON. */
  members: 'kubectl-dr.dev/members',
  /** On a claim whose restore was told to stop before it had a volume. */
  stopped: 'kubectl-dr.dev/stopped',
} as const;

/** Names of points and restores become label values. */
export function labelOf(name: string): string {
  if (name !== '' && isLabelValue(name)) return name;
  throw new InputError(`${JSON.stringify(name)} cannot be the name of a point or restore: at most 63 letters, digits, "-", "_" and "."`);
}

export function claimNote(claim: KubeObject): string {
  return JSON.stringify(claimManifest(claim));
}

/** The claim that a snapshot was taken of, as it has to be made again; undefined when the note cannot be read. */
export function claimOf(snapshot: KubeObject): KubeObject | undefined {
  const name = sourceOf(snapshot);
  const claim = parse(textAt(snapshot, 'metadata', 'annotations', notes.claim));
  if (!isRaw(claim) || textAt(claim, 'metadata', 'name') !== name || !isRaw(claim.spec)) return undefined;
  // In its own namespace, whatever the note says.
  const metadata = { ...(claim.metadata as KubeObject['metadata']), namespace: snapshot.metadata.namespace ?? '' };
  return { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
}

/** Name of the claim that a snapshot was taken of. */
export function sourceOf(snapshot: KubeObject): string | undefined {
  return textAt(snapshot, 'spec', 'source', 'persistentVolumeClaimName');
}

export function pointNameOf(object: KubeObject): string | undefined {
  const name = textAt(object, 'metadata', 'labels', labels.point);
  return name !== undefined && isLabelValue(name) ? name : undefined;
}

export function expectedClaims(snapshot: KubeObject): string[] {
  return textList(parse(textAt(snapshot, 'metadata', 'annotations', notes.claims)));
}

/** Of a group snapshot: its claims as they have to be made again, by name. */
export function membersOf(group: KubeObject): Record<string, unknown> {
  const members = parse(textAt(group, 'metadata', 'annotations', notes.members));
  return isRaw(members) ? members : {};
}

/** One pinned snapshot pins its whole point. */
export function isPinned(object: KubeObject): boolean {
  return textAt(object, 'metadata', 'annotations', annotations.pinned) === 'true';
}

export function expiryOf(object: KubeObject): number | undefined {
  return timeOf(at(object, 'metadata', 'annotations', notes.expires));
}

function parse(text: string | undefined): unknown {
  if (text === undefined || text.length > 256 * 1024) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
