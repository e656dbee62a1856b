import { isMove } from '@kubectl-dr/core/planning/intent';
import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { counted } from '@kubectl-dr/core/text/counted';
import { duration } from '../view.ts';
import { changeLines } from './changes.ts';
import { reasonLines } from './reasons.ts';
import { wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, paint } from './terminal.ts';

type Plan = WirePlan['spec'];

const modes: Record<NonNullable<Plan['mode']>, string> = {
  clone: 'beside the original',
  inPlace: 'in place, configuration and data',
  dataOnly: 'in place, only the data',
  configOnly: 'in place, only the configuration',
};

/** What is shown before anything is done: data loss on the first line, what stands in the way, then what would happen. */
export function planText(plan: Plan, look: Look): string {
  const line = (label: string, text: string): string[] => labelled(label, text, look);
  // A drill on another cluster has no original beside it.
  const on = plan.request.on;
  const goal = isMove(plan.intent) ? (plan.request.to ?? plan.home) : undefined;
  const [loss, ...moreLoss] = line('Data loss', lossOf(plan));
  const lines = [
    paint(look.color, plan.dataLoss.some(({ seconds, unknown }) => seconds > 0 || unknown) ? 'red' : 'bold', loss!),
    ...moreLoss,
    ...line(
      'Plan',
      `${plan.intent} ${clean(plan.application)}${goal ? ` to ${clean(goal)}` : on !== undefined ? ` on ${clean(on)}` : plan.mode ? ` ${modes[plan.mode]}` : ''}`,
    ),
    // A move writes at both ends: it stops what it brings away.
    ...plan.target.flatMap(({ cluster, namespaces }) =>
      line(goal && cluster !== goal ? 'From' : 'Into', clean(`${namespaces.join(', ')} on ${cluster}`)),
    ),
    ...Object.entries((goal && plan.mapping?.namespaces) || {}).flatMap(([from, into]) =>
      line('Renamed', clean(`the namespace ${from} is ${into} on ${goal}`)),
    ),
    ...pointLines(plan, look),
    ...copyLines(plan, look),
    ...(plan.skewSeconds
      ? line('Skew', `${duration(plan.skewSeconds)} between the oldest and the newest of the ${plan.copies?.length ? 'data' : 'points'}`)
      : []),
    ...setLines(plan, look),
    // Of what stands in the way nobody knows how much data it would be.
    ...(plan.estimate && plan.blockers.length === 0
      ? line('Estimate', `about ${duration(plan.estimate.seconds)} (${clean(plan.estimate.basis)})`)
      : []),
    ...objectiveLines(plan, look),
    ...line('Undo', clean(plan.undo.text, 600)),
    '',
    ...preconditions(plan, look),
    ...changeLines(plan.changes, plan.components, look),
  ];
  if (plan.waves.length > 0) lines.push('', 'Steps, those of one number side by side:');
  for (const [index, wave] of plan.waves.entries()) {
    for (const step of wave) {
      lines.push(...wrap(`${`${index + 1}.`.padStart(4)} [${clean(step.cluster)}] ${clean(step.title)}`, look.width, '      '));
      // What the engine does by itself, one after the other.
      const stages = step.action.kind === 'mover.move' ? step.action.stages : [];
      for (const { title, cluster } of stages)
        lines.push(...wrap(`       - ${cluster === undefined ? '' : `[${clean(cluster)}] `}${clean(title)}`, look.width, '         '));
    }
  }
  if (plan.cleanUp && plan.cleanUp.length > 0) {
    lines.push('', 'At the end, whatever becomes of it:');
    for (const step of plan.cleanUp.flat()) lines.push(...wrap(`   - [${clean(step.cluster)}] ${clean(step.title)}`, look.width, '     '));
  }
  lines.push('', `Plan ${clean(plan.id)}, hash ${clean(plan.hash).slice(0, 12)}`);
  return `${lines.join('\n')}\n`;
}

/** What is lost, the most first, then what loses nothing. */
export function lossOf({ dataLoss, mode, intent }: Pick<Plan, 'dataLoss' | 'mode' | 'intent'>): string {
  const lost = dataLoss.filter(({ seconds, unknown }) => seconds > 0 || unknown).toSorted((a, b) => b.seconds - a.seconds);
  const safe = dataLoss.filter(({ seconds, unknown }) => seconds === 0 && !unknown);
  if (intent === 'Drill') return dataLoss.map(({ text }) => clean(text)).join('; ');
  if (lost.length === 0 && mode === 'clone' && !isMove(intent)) return 'nothing: a copy is made beside';
  if (lost.length === 0 && mode === 'configOnly') return 'nothing: all data stays as it is';
  if (safe.length === 0 && lost.length === 0) return isMove(intent) ? 'everything: no usable data is there' : 'none';
  const nothing = safe.length === 0 ? [] : [`nothing of ${safe.map(({ component }) => clean(component)).join(', ')}`];
  return [...lost.map(({ text }) => clean(text)), ...nothing].join('; ');
}

/** What a drill is held against, each once. */
function objectiveLines({ objectives = [] }: Plan, look: Look): string[] {
  const told = objectives.map(({ policy, rpoSeconds, rtoSeconds }) =>
    [
      clean(policy),
      rtoSeconds === undefined ? undefined : `RTO ${duration(rtoSeconds)}`,
      rpoSeconds === undefined ? undefined : `RPO ${duration(rpoSeconds)}`,
    ]
      .filter((part) => part !== undefined)
      .join(', '),
  );
  return [...new Set(told)].flatMap((text) => labelled('Objective', text, look));
}

function preconditions({ blockers, warnings }: Pick<Plan, 'blockers' | 'warnings'>, look: Look): string[] {
  const warned = warnings.length > 0 ? `, with ${counted(warnings.length, warnings.some(isWarning) ? 'warning' : 'note')}` : '';
  const verdict =
    blockers.length > 0
      ? paint(look.color, 'red', `${blockers.length} not met${warned}`)
      : paint(look.color, warned ? 'yellow' : 'green', `met${warned}`);
  const lines = reasonLines([...blockers, ...warnings], { indent: '  ', look, component: true, evidence: true });
  return [`Preconditions: ${verdict}`, ...lines];
}

function isWarning({ severity }: Plan['warnings'][number]): boolean {
  return severity !== 'info';
}

export function labelled(label: string, text: string, look: Look): string[] {
  return wrap(`${`${label}:`.padEnd(11)} ${text}`, look.width, ' '.repeat(12));
}

/** One line per point, with the components that come from it. */
export function pointLines(plan: Pick<Plan, 'points'>, look: Look): string[] {
  const byPoint = new Map<string, string[]>();
  for (const point of plan.points) {
    const key = `${point.cluster}/${point.name} of ${point.capturedAt}`;
    byPoint.set(key, [...(byPoint.get(key) ?? []), point.component]);
  }
  return [...byPoint].flatMap(([key, components]) => labelled('Point', clean(`${key} (${components.join(', ')})`, 600), look));
}

/** Each copy that volumes are made of, with the claims that come from it. */
function copyLines({ copies = [] }: Plan, look: Look): string[] {
  return copies.flatMap(({ component, claim, engine, from, to, name, capturedAt, asOf }) =>
    labelled('Copy', clean(`${claim} (${component}): ${from} -> ${to}, ${name} by ${engine}${ofWhen(capturedAt, asOf)}`, 600), look),
  );
}

function ofWhen(capturedAt: string | undefined, asOf: string | undefined): string {
  if (capturedAt !== undefined) return `, of ${capturedAt}`;
  return asOf === undefined ? '' : `, as of ${asOf}`;
}

/** Older sets that a failover could go back to: the newest of them, and how far back they go. */
function setLines({ sets = [] }: Plan, look: Look): string[] {
  if (sets.length === 0) return [];
  const shown = sets.slice(0, 3).map(({ moment, lossSeconds, skewSeconds, unknown }) => {
    const skew = skewSeconds > 0 ? `, skew ${duration(skewSeconds)}` : '';
    return `${moment} (${unknown ? 'may not be kept, ' : ''}loses ${duration(lossSeconds)}${skew})`;
  });
  const more = sets.length > shown.length ? [`${sets.length - shown.length} more back to ${sets.at(-1)!.moment}`] : [];
  return labelled('Older sets', `${[...shown, ...more].join('; ')}; with --point`, look);
}
