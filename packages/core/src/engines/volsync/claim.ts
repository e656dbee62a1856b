import { at, isRaw, textAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { notes } from './kinds.ts';
import { moverOf } from './status.ts';

/** What a destination says of the claim that it keeps a copy of; undefined when it says nothing that can be read. */
export function claimNoteOf(destination: KubeObject): KubeObject | undefined {
  const text = textAt(destination, 'metadata', 'annotations', notes.claim);
  if (text === undefined || text.length > 256 * 1024) return undefined;
  let claim: unknown;
  try {
    claim = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRaw(claim) || textAt(claim, 'metadata', 'name') === undefined || !isRaw(claim.spec)) return undefined;
  // In its own namespace, whatever the note says.
  const metadata = { ...(claim.metadata as KubeObject['metadata']), namespace: destination.metadata.namespace ?? '' };
  return { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
}

/** The claim to make of what a destination holds: as it is given, as the note says, or of the fields of its mover. */
export function claimToMake(destination: KubeObject, name: string | undefined, given: readonly KubeObject[]): KubeObject | undefined {
  const asked = given.find(({ metadata }) => metadata.name === name);
  if (asked) return asked;
  const noted = claimNoteOf(destination);
  if (noted && (name === undefined || noted.metadata.name === name)) return noted;
  const mover = moverOf(destination);
  const fields = mover && at(destination, 'spec', mover);
  const [storage, accessModes] = [at(fields, 'capacity'), at(fields, 'accessModes')];
  if (name === undefined || storage === undefined || !Array.isArray(accessModes)) return undefined;
  const storageClassName = textAt(fields, 'storageClassName');
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: destination.metadata.namespace ?? '' },
    spec: { accessModes, resources: { requests: { storage } }, ...(storageClassName !== undefined && { storageClassName }) },
  };
}
