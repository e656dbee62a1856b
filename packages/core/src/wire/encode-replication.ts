import type { Replication } from '../protection/model.ts';
import { type CopyStatus, copiesOf, copyStatus, endsOf } from '../protection/replication.ts';
import type { Fleet } from '../service/model.ts';
import { apiVersion } from './api-version.ts';
import type { WireReplication } from './protection.ts';

/** Copies of the fleet claim by claim, by cluster and name. */
export function replicationsToWire(fleet: Pick<Fleet, 'clusters' | 'replications'>): WireReplication[] {
  const clocks = new Map(fleet.clusters.map(({ name, now }) => [name, new Date(now)]));
  return copiesOf(fleet.replications)
    .map((copy) => replicationToWire(copyStatus(copy, clocks)))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ metadata, spec }: WireReplication): string {
  return `${metadata.cluster}/${metadata.namespace}/${spec.claim}/${metadata.name}`;
}

export function replicationToWire({ copy, lags, from, to, ...status }: CopyStatus): WireReplication {
  const ends = endsOf(copy);
  const first = ends[0]!;
  // JSON has no undefined: fields that are absent stay absent.
  return JSON.parse(
    JSON.stringify({
      apiVersion,
      kind: 'Replication',
      metadata: { name: first.name, namespace: first.namespace, cluster: first.cluster },
      spec: {
        engine: copy.engine,
        claim: copy.claim,
        from,
        to,
        intervalSeconds: status.intervalSeconds,
        application: first.application,
        component: first.component,
        policy: first.policy,
      },
      status: {
        phase: status.phase,
        paused: status.paused,
        lagSeconds: status.lagSeconds,
        wouldLoseSeconds: status.wouldLoseSeconds,
        lastSync: first.lastSync,
        nextSync: first.nextSync,
        message: status.message,
        ends: ends.map((end, index) => endToWire(end, lags[index])),
      },
    } satisfies WireReplication),
  ) as WireReplication;
}

function endToWire(end: Replication, lagSeconds: number | undefined): WireReplication['status']['ends'][number] {
  const { role, id, name, cluster, phase, nativePhase, paused, lastSync, capturedAt, nextSync, holds, message } = end;
  return { role, id, name, cluster, phase, nativePhase, paused, lastSync, capturedAt, lagSeconds, nextSync, holds, message };
}
