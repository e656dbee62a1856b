import type { Replication } from '../protection/model.ts';
import { type ClaimCopy, copiesOf, lagOf, lossOf } from '../protection/replication.ts';
import type { Fleet } from '../service/model.ts';
import { apiVersion } from './api-version.ts';
import type { WireReplication } from './protection.ts';

/** Copies of the fleet claim by claim, by cluster and name. */
export function replicationsToWire(fleet: Pick<Fleet, 'clusters' | 'replications'>): WireReplication[] {
  const clocks = new Map(fleet.clusters.map(({ name, now }) => [name, new Date(now)]));
  return copiesOf(fleet.replications)
    .map((copy) => replicationToWire(copy, clocks))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ metadata, spec }: WireReplication): string {
  return `${metadata.cluster}/${metadata.namespace}/${spec.claim}/${metadata.name}`;
}

/** `clocks`: of the clusters that answered, by name. */
function replicationToWire(copy: ClaimCopy, clocks: ReadonlyMap<string, Date>): WireReplication {
  const { claim, engine, source, target } = copy;
  const ends = [source, target].filter((end) => end !== undefined);
  const first = ends[0]!;
  const lags = ends.map((end) => {
    const now = clocks.get(first.cluster) ?? clocks.get(end.cluster);
    const lag = now && lagOf(end, now)?.lag;
    return lag === undefined ? undefined : Math.round(lag / 1000);
  });
  const known = lags.filter((lag) => lag !== undefined);
  const loss = lossOf(copy, clocks);
  const worst = ends.find(({ phase }) => phase === 'Failed') ?? ends.find(({ phase }) => phase !== 'Succeeded') ?? first;
  const paused = ends.some((end) => end.paused);
  // JSON has no undefined: fields that are absent stay absent.
  return JSON.parse(
    JSON.stringify({
      apiVersion,
      kind: 'Replication',
      metadata: { name: first.name, namespace: first.namespace, cluster: first.cluster },
      spec: {
        engine,
        claim,
        from: source?.cluster ?? target?.from,
        to: target?.cluster ?? source?.to,
        intervalSeconds: first.interval === undefined ? undefined : first.interval / 1000,
        application: first.application,
        component: first.component,
        policy: first.policy,
      },
      status: {
        phase: paused && worst.phase !== 'Failed' ? 'Paused' : worst.phase,
        paused,
        lagSeconds: known.length > 0 ? Math.max(...known) : undefined,
        wouldLoseSeconds: loss.seconds,
        lastSync: first.lastSync,
        nextSync: first.nextSync,
        message: worst.message,
        ends: ends.map((end, index) => endToWire(end, lags[index])),
      },
    } satisfies WireReplication),
  ) as WireReplication;
}

function endToWire(end: Replication, lagSeconds: number | undefined): WireReplication['status']['ends'][number] {
  const { role, id, name, cluster, phase, nativePhase, paused, lastSync, capturedAt, nextSync, holds, message } = end;
  return { role, id, name, cluster, phase, nativePhase, paused, lastSync, capturedAt, lagSeconds, nextSync, holds, message };
}
