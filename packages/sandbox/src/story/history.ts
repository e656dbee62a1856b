import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { SandboxCluster } from '../simulators/cluster.ts';
import { kinds } from '../simulators/velero/kinds.ts';
import type { PastContent } from '../simulators/velero/past-points.ts';
import { writePastPoints } from '../simulators/velero/past-points.ts';
import type { SchedulePlan } from './book.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export interface History {
  cluster: SandboxCluster;
  /** By `namespace/claim`. */
  contents: ReadonlyMap<string, PastContent>;
  now: Date;
}

/** A schedule with the points it made. */
export async function writeHistory({ cluster, contents, now }: History, plan: SchedulePlan): Promise<void> {
  const options = cluster.veleroOptions;
  const began = new Date(now.getTime() - 31 * day);
  cluster.clock.set(began);
  const runs = runsOf(plan, now);
  const template = {
    includedNamespaces: [plan.namespace],
    snapshotMoveData: true,
    ...(plan.resourcePolicy !== undefined && { resourcePolicy: { kind: 'configmap', name: plan.resourcePolicy } }),
    ttl: `${plan.keepDays * 24}h0m0s`,
  };
  const schedule = await cluster.client.create(kinds.schedules, {
    apiVersion: apiVersionOf(kinds.schedules),
    kind: kinds.schedules.kind,
    metadata: { name: plan.name, namespace: options.namespace, labels: { 'kubectl-dr.dev/application': plan.application } },
    spec: { schedule: expressionOf(plan, now), template, ...(plan.pausedDays !== undefined && { paused: true }) },
    status: { phase: 'Enabled', lastBackup: (runs.at(-1) ?? began).toISOString().replace(/\.\d+Z$/, 'Z') },
  });
  const past = { options, schedule, contents, goTo: (time: Date) => cluster.clock.set(time) };
  const { outcome } = plan;
  await writePastPoints(
    past,
    runs.map((time, index) => ({
      time,
      keep: plan.keepDays * day,
      ...(outcome?.fromNewest === runs.length - 1 - index && { outcome }),
    })),
  );
}

function expressionOf({ every, lastMinutesAgo }: SchedulePlan, now: Date): string {
  const last = new Date(now.getTime() - lastMinutesAgo * 60_000);
  const hours = { hour: '*', fourHours: `${last.getUTCHours() % 4}-23/4`, day: last.getUTCHours() }[every];
  return `${last.getUTCMinutes()} ${hours} * * *`;
}

/** When it ran, oldest first, as far as the points are still kept: what its expression says, without asking for one run after the other. */
function runsOf({ every, lastMinutesAgo, keepDays, pausedDays = 0 }: SchedulePlan, now: Date): Date[] {
  const step = { hour: 1, fourHours: 4, day: 24 }[every] * 60 * minute;
  const last = Math.floor((now.getTime() - lastMinutesAgo * minute) / minute) * minute;
  const until = now.getTime() - pausedDays * day;
  const runs: Date[] = [];
  for (let time = last + Math.floor((until - last) / step) * step; time > now.getTime() - keepDays * day; time -= step)
    runs.unshift(new Date(time));
  return runs;
}
