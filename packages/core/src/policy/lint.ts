import { annotations } from '../application/model.ts';
import { textAt } from '../application/raw.ts';
import type { CatalogContents, CatalogEntity } from '../ports/catalog.ts';
import type { Engine } from '../ports/engine.ts';
import type { Reason } from '../reason.ts';
import { nearest } from '../text/nearest.ts';
import { formatDuration } from './duration.ts';
import type { Policy } from './model.ts';
import { isPolicy, readPolicy } from './parse.ts';
import { timetable, worstGap } from './schedule.ts';

/** `critical`: it does not work, or can never keep what it promises. `warning`: it keeps less than people think. */
export type LintProblem = Pick<Reason, 'severity' | 'message' | 'fix'>;

export interface PolicyLint {
  name: string;
  problems: LintProblem[];
}

/** Name of the policy that an entity's own annotation assigns, whether it exists or not. */
export function assignedPolicy(entity: CatalogEntity): string | undefined {
  return textAt(entity, 'metadata', 'annotations', annotations.policy)?.split('/').at(-1)?.split(':').at(-1);
}

/** Every policy of a catalog by itself, and every assignment to one that is not there. Needs no cluster. */
export function lintPolicies({ entities, problems }: CatalogContents, engines: readonly Pick<Engine, 'id'>[]): PolicyLint[] {
  const policies = entities.filter(isPolicy);
  const names = policies.map((entity) => String(entity.metadata?.name ?? ''));
  const linted = policies.map((entity, index): PolicyLint => {
    const { policy, problems: wrong, unknown } = readPolicy(entity);
    const name = names[index]!;
    return {
      name: name || '(without a name)',
      problems: [
        ...(names.indexOf(name) < index
          ? [{ severity: 'critical' as const, message: `${name} is defined twice`, fix: 'Remove one of them.' }]
          : []),
        ...wrong.map(({ field, message }) => ({ severity: 'critical' as const, message: `${field} ${message}`, fix: `Correct ${field}.` })),
        ...unknown.map(({ field, message }) => ({
          severity: 'warning' as const,
          message: `${field} ${message}, and is ignored`,
          fix: `Correct or remove ${field}.`,
        })),
        ...(policy ? promises(policy, engines) : []),
      ],
    };
  });
  const lost = entities.flatMap((entity): LintProblem[] => {
    const wanted = assignedPolicy(entity);
    if (wanted === undefined || names.includes(wanted)) return [];
    const meant = nearest(wanted, names);
    return [
      {
        severity: 'critical',
        message: `${entity.kind} ${entity.metadata.name} is assigned the policy ${textAt(entity, 'metadata', 'annotations', annotations.policy)}, which does not exist`,
        fix: meant === undefined ? `Add the DRPolicy ${wanted}.` : `Did you mean ${meant}?`,
      },
    ];
  });
  const unread = problems.map(({ location, message }): LintProblem => ({
    severity: 'critical',
    message: `${location}: ${message}`,
    fix: 'Correct the file.',
  }));
  return [...linted, ...(lost.length + unread.length > 0 ? [{ name: '(catalog)', problems: [...unread, ...lost] }] : [])];
}

function promises(policy: Policy, engines: readonly Pick<Engine, 'id'>[]): LintProblem[] {
  const { objectives, schedule, retention, locations, drills, replication } = policy;
  const gap = schedule && gapOf(schedule);
  const found: LintProblem[] = [];
  const tell = (severity: Reason['severity'], message: string, fix: string): void => void found.push({ severity, message, fix });
  if (objectives.rpo === undefined) tell('warning', 'it names no RPO, so the age of data is not judged', 'Set spec.objectives.rpo.');
  if (!schedule && !replication)
    tell('warning', 'it has neither a schedule nor a replication: points are only made by hand', 'Set spec.schedule.');
  if (schedule && gap === undefined) tell('critical', 'its schedule never runs twice', 'Correct spec.schedule.cron.');
  if (gap !== undefined && objectives.rpo !== undefined && gap > objectives.rpo && !replication)
    tell(
      'critical',
      `its schedule lets up to ${formatDuration(gap)} pass between two runs, and its RPO is ${formatDuration(objectives.rpo)}`,
      'Shorten the interval, or raise the RPO.',
    );
  if (gap !== undefined && retention.keepFor < 2 * gap)
    tell(
      'warning',
      `points are kept for ${formatDuration(retention.keepFor)}, less than two intervals of ${formatDuration(gap)}`,
      `Set spec.retention.keepFor to at least ${formatDuration(2 * gap)}.`,
    );
  if (!drills) tell('info', 'it asks for no drills: nothing proves that a restore works', 'Set spec.drills.every.');
  if (locations.length > 0 && !locations.some(({ offsite }) => offsite))
    tell('info', 'none of its locations is offsite', 'Add one with offsite: true.');
  const known = engines.map(({ id }) => id);
  for (const id of policy.engines) {
    if (known.includes(id)) continue;
    const meant = nearest(id, known);
    tell(
      'critical',
      `spec.engines names ${id}, which is not known`,
      meant === undefined ? `Known: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  return found;
}

function gapOf(schedule: NonNullable<Policy['schedule']>): number | undefined {
  if ('every' in schedule) return schedule.every;
  const table = timetable(schedule.cron, schedule.timeZone);
  return table && worstGap(table);
}
