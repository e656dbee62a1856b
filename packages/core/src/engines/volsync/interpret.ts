import { labels } from '../../application/model.ts';
import { at, isRaw, textAt, timeOf } from '../../application/raw.ts';
import { timetable, worstGap } from '../../policy/schedule.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { ProtectionState, Replication } from '../../protection/model.ts';
import { unreadTypes } from '../unread.ts';
import { keepsOf } from './keeps.ts';
import { engineId, kinds, notes } from './kinds.ts';
import { claimNoteOf } from './claim.ts';
import { durationOf, foundNothing, isPaused, lastStart, moverOf, phaseOf, pulls, restoredFrom } from './status.ts';

export const interpretedKinds: readonly ResourceType[] = Object.values(kinds);

/** Both kinds as ends of copies. Whoever may write in a namespace may write all of it, so it is believed about that alone. */
export function interpret(reading: ClusterReading): ProtectionState {
  const { cluster } = reading;
  const problems = unreadTypes(reading, interpretedKinds);
  const failure = reading.failures.get(resourceKey(kinds.sources));
  const installed = failure === undefined ? reading.objects.has(resourceKey(kinds.sources)) : failure.code !== 'NOT_FOUND';
  return {
    installation: { engine: engineId, cluster, installed, problems },
    points: [],
    schedules: [],
    locations: [],
    replications: [
      ...objectsOf(reading, resourceKey(kinds.sources)).flatMap((object) => replicationOf(object, cluster, 'source')),
      ...objectsOf(reading, resourceKey(kinds.destinations)).flatMap((object) => replicationOf(object, cluster, 'target')),
    ],
    volumeEvidence: {},
  };
}

function replicationOf(object: KubeObject, cluster: string, role: Replication['role']): Replication[] {
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  if (name === undefined || namespace === undefined) return [];
  // Objects of lists come without their kind.
  const known = { ...object, kind: role === 'source' ? kinds.sources.kind : kinds.destinations.kind };
  const label = (key: string): string | undefined => textAt(object, 'metadata', 'labels', key);
  const peer = textAt(object, 'metadata', 'annotations', notes.peer);
  const interval = intervalOf(object);
  const duration = durationOf(object);
  const capturedAt = capturedOf(known, role);
  const keeps = keepsOf(known, interval ?? 0);
  const texts = {
    [role === 'source' ? 'to' : 'from']: peer,
    peerNamespace: textAt(object, 'metadata', 'annotations', notes.peerNamespace),
    lastSync: instant(object, 'lastSyncTime'),
    capturedAt,
    nextSync: instant(object, 'nextSyncTime'),
    since: isoOf(at(object, 'metadata', 'creationTimestamp')),
    application: label(labels.application),
    component: label(labels.componentOf),
    policy: label(labels.policy),
  };
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}${role === 'target' ? '/target' : ''}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      role,
      claims: claimsOf(known, role),
      paused: isPaused(object),
      ...phaseOf(known),
      ...(interval !== undefined && { interval }),
      ...(duration !== undefined && { duration }),
      ...(role === 'target' && { holds: holds(known) }),
      ...(keeps && { keeps }),
      ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    },
  ];
}

/** Only as far as this end knows it: a target that pulls tells by the log of its mover, or not at all. */
function capturedOf(object: KubeObject, role: Replication['role']): string | undefined {
  if (role === 'source') return lastStart(object);
  return pulls(object) ? (foundNothing(object) ? undefined : restoredFrom(object)) : lastStart(object);
}

function holds(object: KubeObject): boolean {
  return textAt(object, 'status', 'latestImage', 'name') !== undefined && !foundNothing(object);
}

function claimsOf(object: KubeObject, role: Replication['role']): string[] {
  const mover = moverOf(object);
  const claim =
    role === 'source'
      ? textAt(object, 'spec', 'sourcePVC')
      : (textAt(claimNoteOf(object), 'metadata', 'name') ?? (mover && textAt(object, 'spec', mover, 'destinationPVC')));
  return claim === undefined ? [] : [claim];
}

function intervalOf(object: KubeObject): number | undefined {
  const schedule = isRaw(at(object, 'spec', 'trigger')) ? textAt(object, 'spec', 'trigger', 'schedule') : undefined;
  const table = schedule === undefined || schedule.length > 100 ? undefined : timetable(schedule);
  return table && worstGap(table);
}

function instant(object: KubeObject, field: string): string | undefined {
  return isoOf(at(object, 'status', field));
}

function isoOf(value: unknown): string | undefined {
  const time = timeOf(value);
  return time === undefined ? undefined : new Date(time).toISOString();
}
