import { timeOf } from '../../application/raw.ts';
import { activeSchedules, isFinished } from '../../compliance/facts.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { formatAge } from '../../text/age.ts';
import type { PlaceSeen } from '../model.ts';
import type { Check, Finding } from '../check.ts';

const hour = 3_600_000;

type Facts = PlaceSeen['facts'];

/** Checks of how points come about; they need nothing but what the engines' own objects say. */
export const pointChecks: readonly Check<PlaceSeen>[] = [
  { codes: ['POINT_STUCK'], needs: [], find: ({ facts }) => facts.points.flatMap(({ point }) => stuck(point, facts)) },
  { codes: ['POINT_SHRUNK'], needs: [], find: ({ facts }) => shrunk(facts) },
  { codes: ['RUNS_KEEP_DEGRADING'], needs: [], find: ({ facts }) => keepDegrading(facts) },
  { codes: ['KEPT_TOO_BRIEFLY'], needs: [], find: ({ facts }) => keptTooBriefly(facts) },
  { codes: ['BACKUPS_QUEUE'], needs: [], find: ({ facts }) => queue(facts) },
];

function tookOf({ capturedAt, completedAt }: RecoveryPoint): number | undefined {
  const [start, end] = [timeOf(capturedAt), timeOf(completedAt)];
  return start === undefined || end === undefined || end < start ? undefined : end - start;
}

/** Longer than an hour and three times what finished runs of the same schedule took. */
function stuck(point: RecoveryPoint, facts: Facts): Finding[] {
  const since = timeOf(point.capturedAt) ?? timeOf(point.createdAt);
  if (point.phase !== 'Running' || since === undefined) return [];
  const usual = facts.points
    .filter((use) => use.point.schedule === point.schedule && use.point.engine === point.engine && isFinished(use.point))
    .flatMap((use) => tookOf(use.point) ?? [])
    .toSorted((a, b) => a - b);
  const median = usual[Math.floor(usual.length / 2)];
  const runs = facts.now.getTime() - since;
  if (runs <= Math.max(hour, 3 * (median ?? 0))) return [];
  return [
    {
      code: 'POINT_STUCK',
      severity: 'warning',
      cluster: point.cluster,
      message: `${point.name} has been ${point.nativePhase} for ${formatAge(runs)}${median === undefined ? '' : `, others took ${formatAge(median)}`}`,
      evidence: [`point: ${point.id}`, `phase: ${point.nativePhase}`, `since: ${new Date(since).toISOString()}`],
      fix: `kubectl dr describe point ${point.name}`,
    },
  ];
}

/** Less than half of the objects of the run before, of the same schedule. */
function shrunk(facts: Facts): Finding[] {
  return activeSchedules(facts).flatMap(({ schedule }): Finding[] => {
    const [newest, before] = facts.points
      .map(({ point }) => point)
      .filter((point) => point.schedule === schedule.name && point.engine === schedule.engine && point.phase === 'Succeeded');
    if (newest?.items === undefined || before?.items === undefined || newest.items * 2 >= before.items) return [];
    return [
      {
        code: 'POINT_SHRUNK',
        severity: 'warning',
        cluster: newest.cluster,
        message: `${newest.name} holds ${newest.items} objects, the run before it held ${before.items}`,
        evidence: [`point: ${newest.id}, items: ${newest.items}`, `point: ${before.id}, items: ${before.items}`],
        fix: `Compare both: kubectl dr describe point ${newest.name}; kubectl dr describe point ${before.name}`,
      },
    ];
  });
}

const inARow = 3;

function keepDegrading(facts: Facts): Finding[] {
  return activeSchedules(facts).flatMap(({ schedule }): Finding[] => {
    const last = facts.points
      .map(({ point }) => point)
      .filter((point) => point.schedule === schedule.name && point.engine === schedule.engine && isFinished(point))
      .slice(0, inARow);
    if (last.length < inARow || last.some(({ phase }) => phase === 'Succeeded')) return [];
    return [
      {
        code: 'RUNS_KEEP_DEGRADING',
        severity: 'warning',
        cluster: schedule.cluster,
        message: `the last ${inARow} runs of ${schedule.name} were ${[...new Set(last.map(({ nativePhase }) => nativePhase))].join(', ')}${last[0]!.message ? `: ${last[0]!.message}` : ''}`,
        evidence: last.map(({ id, nativePhase }) => `point: ${id}, ${nativePhase}`),
        fix: `kubectl dr describe point ${last[0]!.name}`,
      },
    ];
  });
}

function keptTooBriefly(facts: Facts): Finding[] {
  return activeSchedules(facts).flatMap(({ schedule, worstGap }): Finding[] => {
    if (schedule.keepFor === undefined || worstGap === undefined || schedule.keepFor >= 2 * worstGap) return [];
    return [
      {
        code: 'KEPT_TOO_BRIEFLY',
        severity: 'warning',
        cluster: schedule.cluster,
        message: `${schedule.name} keeps points for ${formatDuration(schedule.keepFor)} and makes one every ${formatDuration(worstGap)}: one run that fails leaves none`,
        evidence: [`schedule: ${schedule.id}`],
        fix: `Let ${schedule.name} keep its points for at least ${formatDuration(2 * worstGap)}.`,
      },
    ];
  });
}

/** A backup that waits for its turn longer than a quarter of the objective. */
function queue(facts: Facts): Finding[] {
  const rpo = facts.policy?.objectives.rpo;
  if (rpo === undefined) return [];
  const waiting = facts.points
    .map(({ point }) => point)
    .filter((point) => point.phase === 'Pending' && facts.now.getTime() - (timeOf(point.createdAt) ?? facts.now.getTime()) > rpo / 4);
  const [first] = waiting;
  if (!first) return [];
  return [
    {
      code: 'BACKUPS_QUEUE',
      severity: 'warning',
      cluster: first.cluster,
      message: `${first.name} has waited for its turn for ${formatAge(facts.now.getTime() - timeOf(first.createdAt)!)}, RPO of ${facts.component.name} is ${formatDuration(rpo)}`,
      evidence: waiting.slice(0, 5).map(({ id, nativePhase }) => `point: ${id}, ${nativePhase || 'New'}`),
      fix: `Look at what runs before it: kubectl dr get points -n ${facts.placement?.namespace ?? ''}`,
    },
  ];
}
