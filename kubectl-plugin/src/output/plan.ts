import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { duration } from '../view.ts';
import { reasonLines } from './reasons.ts';
import { wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, paint } from './terminal.ts';

type Plan = WirePlan['spec'];

/** What is shown before anything is done: data loss first, then what would happen, then what stands in the way. */
export function planText(plan: Plan, look: Look): string {
  const line = (label: string, text: string): string[] => wrap(`${`${label}:`.padEnd(11)} ${text}`, look.width, ' '.repeat(12));
  const lines = [
    paint(look.color, 'bold', `${plan.intent} ${clean(plan.application)}${plan.mode ? ` (${plan.mode})` : ''}`),
    '',
    ...line('Data loss', plan.dataLoss.map(({ text }) => clean(text)).join('; ') || 'none'),
    ...plan.target.flatMap(({ cluster, namespaces }) => line('Into', clean(`${namespaces.join(', ')} on ${cluster}`))),
    ...pointsOf(plan).flatMap((point) => line('Point', clean(point))),
    ...(plan.estimate ? line('Estimate', `about ${duration(plan.estimate.seconds)} (${clean(plan.estimate.basis)})`) : []),
    ...line('Undo', clean(plan.undo.text, 600)),
  ];
  if (plan.waves.length > 0) lines.push('', 'Steps:');
  for (const [index, wave] of plan.waves.entries()) {
    for (const step of wave)
      lines.push(...wrap(`${`${index + 1}.`.padStart(4)} [${clean(step.cluster)}] ${clean(step.title)}`, look.width, '      '));
  }
  lines.push(...changeLines(plan, look));
  for (const [title, reasons] of [
    ['Warnings', plan.warnings],
    ['Blockers', plan.blockers],
  ] as const) {
    if (reasons.length > 0) lines.push('', `${title}:`, ...reasonLines(reasons, { indent: '  ', look, component: true }));
  }
  lines.push('', `Plan ${clean(plan.id)}, hash ${clean(plan.hash).slice(0, 12)}`);
  return `${lines.join('\n')}\n`;
}

/** One line per point, with the components that come from it. */
function pointsOf(plan: Plan): string[] {
  const byPoint = new Map<string, string[]>();
  for (const point of plan.points) {
    const key = `${point.cluster}/${point.name} of ${point.capturedAt}`;
    byPoint.set(key, [...(byPoint.get(key) ?? []), point.component]);
  }
  return [...byPoint].map(([key, components]) => `${key} (${components.join(', ')})`);
}

/** Counts by action and kind; the field changes in full, for they are what a person has to agree to. */
function changeLines(plan: Plan, look: Look): string[] {
  if (plan.changes.length === 0) return [];
  const counts = new Map<string, Map<string, number>>();
  for (const change of plan.changes) {
    const kinds = counts.get(change.action) ?? new Map<string, number>();
    kinds.set(change.kind, (kinds.get(change.kind) ?? 0) + 1);
    counts.set(change.action, kinds);
  }
  const lines = [...counts].map(
    ([action, kinds]) => `  ${action}: ${[...kinds].map(([kind, count]) => `${count} ${clean(kind)}`).join(', ')}`,
  );
  for (const change of plan.changes) {
    for (const field of change.fields ?? []) {
      const values = field.from === undefined && field.to === undefined ? '' : `: ${show(field.from)} -> ${show(field.to)}`;
      lines.push(`  ${clean(`${change.kind} ${change.name} ${field.path}${values}${field.why ? ` (${field.why})` : ''}`)}`);
    }
  }
  return ['', 'Changes:', ...lines.flatMap((text) => wrap(text, look.width, '      '))];
}

function show(value: unknown): string {
  return value === undefined ? '<absent>' : JSON.stringify(value);
}
