import { claimManifest } from '../../application/claim-manifest.ts';
import { annotations } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { marksOf } from '../../planning/diff/marks.ts';
import type { CopiedClaim, Origin } from '../../planning/move/inputs.ts';
import type { Place } from '../../planning/places.ts';
import type { Engine } from '../../ports/engine.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { ClaimCopy } from '../../protection/replication.ts';
import type { Reason } from '../../reason.ts';
import type { Source } from './source.ts';

/** What is known of one component before it is decided where its data comes from. */
export interface PartAbout {
  place: Place;
  /** Namespace of the target that it is written into. */
  into: string;
  origin: Origin;
  /** Of the component. */
  name: string;
  claims: string[];
  copies: readonly ClaimCopy[];
  clocks: ReadonlyMap<string, Date>;
  point: RecoveryPoint | undefined;
  source: Source;
  live: readonly KubeObject[];
  volumes: ReadonlyMap<string, KubeObject>;
}

/** Without what an engine writes on it at each sync: a plan would never be the same. */
export function withoutMarks({ metadata, ...claim }: KubeObject, engine: Engine, namespace: string): KubeObject {
  const isMark = marksOf(engine);
  const { labels: its = {}, annotations: notes = {}, ...rest } = metadata;
  const [kept, said] = [its, notes].map((all) => Object.fromEntries(Object.entries(all).filter(([key]) => !isMark(key))));
  return {
    ...claim,
    metadata: {
      ...rest,
      namespace,
      ...(Object.keys(kept!).length > 0 && { labels: kept! }),
      ...(Object.keys(said!).length > 0 && { annotations: said! }),
    },
  };
}

/** A claim of that name that is at the target already, of an earlier stay. */
export function keptOf(
  { place: { cluster }, into: namespace, live, volumes }: Pick<PartAbout, 'place' | 'into' | 'live' | 'volumes'>,
  claim: string,
): { kept?: CopiedClaim['now']; blocker?: Reason } {
  const there = live.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
  if (!there) return {};
  const block = (code: Reason['code'], message: string, fix: string): { blocker: Reason } => ({
    blocker: { code, severity: 'blocker', cluster, message, evidence: [`PersistentVolumeClaim ${namespace}/${claim}`], fix },
  });
  const name = textAt(there, 'spec', 'volumeName');
  const volume = name === undefined ? undefined : volumes.get(name);
  if (name === undefined || textAt(there, 'status', 'phase') !== 'Bound')
    return block(
      'VOLUME_UNBOUND',
      `a claim ${claim} is on ${cluster} already, without a volume`,
      `delete it: kubectl --context ${cluster} -n ${namespace} delete pvc ${claim}`,
    );
  if (!volume)
    return block(
      'PERMISSION_MISSING',
      `the volume ${name} of ${claim} on ${cluster} cannot be read, so it cannot be kept`,
      'ask for the right to get and patch persistentvolumes',
    );
  const keeper = volume.metadata.annotations?.[annotations.keptBy];
  if (keeper !== undefined)
    return block(
      'VOLUME_KEPT',
      `the volume ${name} of ${claim} is kept by the operation ${keeper}`,
      `kubectl dr undo ${keeper}, or kubectl dr confirm ${keeper}`,
    );
  return {
    kept: {
      namespace,
      claim,
      volume: name,
      reclaimPolicy: textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Delete',
      uid: there.metadata.uid ?? '',
      manifest: claimManifest(there),
    },
  };
}
