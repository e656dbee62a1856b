import { at, textAt } from '../../application/raw.ts';
import { nameFor } from '../../planning/assemble.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { RenderedReplication, ReplicationRequest } from '../../ports/replication.ts';
import { boundedName } from '../bounded-name.ts';
import { kinds, notes } from './kinds.ts';

/**
 * A repository per claim and direction: two sources in one repository mix their snapshots, and after a failover the old side would
 * go on writing where the new side reads.
 */
export function repositoryName(request: Pick<ReplicationRequest, 'source'>, claim: string): string {
  return nameFor(`volsync-${claim}-from-${request.source.cluster}`, 253);
}

export function objectName(request: Pick<ReplicationRequest, 'name'>, claim: string): string {
  // VolSync puts up to eleven letters before it in the names of its jobs.
  return boundedName(request.name, claim, 52);
}

/** Without it VolSync keeps the newest snapshot alone, and nothing can go back to an earlier instant. */
const retain = { within: '1d', hourly: 48, daily: 14 };

/** By restic, for it needs no network from one cluster to the other, and the target can pull when the source is dead. */
export function render(request: ReplicationRequest): RenderedReplication[] {
  return request.claims.flatMap((claim): RenderedReplication[] => {
    const name = claim.metadata.name;
    const repository = repositoryName(request, name);
    const metadata = (end: 'source' | 'target', extra: Record<string, string>): KubeObject['metadata'] => ({
      name: objectName(request, name),
      namespace: request[end].namespace,
      labels: request.labels,
      annotations: { ...request.annotations, ...extra },
    });
    const storageClassName = textAt(claim, 'spec', 'storageClassName');
    return [
      {
        end: 'source',
        type: kinds.sources,
        owns: [],
        object: {
          apiVersion: apiVersionOf(kinds.sources),
          kind: kinds.sources.kind,
          metadata: metadata('source', peerOf(request, 'target')),
          spec: {
            sourcePVC: name,
            trigger: { schedule: cronOf(request.every) },
            restic: { repository, copyMethod: 'Snapshot', pruneIntervalDays: 7, retain },
          },
        },
      },
      {
        end: 'target',
        type: kinds.destinations,
        owns: [],
        object: {
          apiVersion: apiVersionOf(kinds.destinations),
          kind: kinds.destinations.kind,
          metadata: metadata('target', {
            ...peerOf(request, 'source'),
            [notes.retain]: JSON.stringify(retain),
            [notes.claim]: JSON.stringify(noted(claim, request.target.namespace)),
          }),
          spec: {
            trigger: { schedule: cronOf(request.every, pullAfter(request.every)) },
            restic: {
              repository,
              copyMethod: 'Snapshot',
              capacity: at(claim, 'spec', 'resources', 'requests', 'storage'),
              accessModes: at(claim, 'spec', 'accessModes'),
              ...(storageClassName !== undefined && { storageClassName }),
              // Its volume is used again for each sync: without this, files that were deleted at the source come back.
              enableFileDeletion: true,
            },
          },
        },
      },
    ];
  });
}

/** What an end says of the other. */
function peerOf({ source, target }: ReplicationRequest, peer: 'source' | 'target'): Record<string, string> {
  const { cluster, namespace } = peer === 'source' ? source : target;
  return { [notes.peer]: cluster, ...(source.namespace !== target.namespace && { [notes.peerNamespace]: namespace }) };
}

/** Without what VolSync itself writes on it at each sync: the note would never be the same. */
function noted({ metadata, ...claim }: KubeObject, namespace: string): KubeObject {
  const { annotations = {}, ...rest } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('volsync.backube/') && key !== notes.capturedAt);
  return { ...claim, metadata: { ...rest, namespace, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) } };
}

const minute = 60_000;

/**
 * How long after its source a target pulls, milliseconds, whole minutes: at the same moment it would get what the source sent the time
 * before, and always be a whole interval older than it had to be. A source that takes longer is waited for until the next time.
 */
function pullAfter(every: number): number {
  return Math.floor(Math.min(every / 2, 10 * minute) / minute) * minute;
}

/**
 * The longest timetable that cron can say evenly and that is not slower than asked for; VolSync refuses `@every`, and a range with a
 * step. `after`: how long after the full hour or day it begins, milliseconds, less than it lasts from one time to the next.
 */
export function cronOf(every: number, after = 0): string {
  const at = Math.floor(after / minute);
  const fits = (unit: number, of: number): number | undefined =>
    every < unit
      ? undefined
      : Array.from({ length: of }, (_, index) => of - index).find((n) => of % n === 0 && n < of && n * unit <= every);
  if (every >= 24 * 60 * minute) return `${at} 0 * * *`;
  const hours = fits(60 * minute, 24);
  if (hours !== undefined) return hours === 1 ? `${at} * * * *` : `${at} */${hours} * * *`;
  const minutes = fits(minute, 60) ?? 1;
  if (minutes === 1) return '* * * * *';
  return `${at === 0 ? '*' : at}/${minutes} * * * *`;
}
