import type { Plan } from '@kubectl-dr/core/planning/model';
import { reasonLines } from './reasons.ts';
import { clean, paint } from './terminal.ts';

/** What is shown before any question: data loss first, then what would happen, then what stands in the way. */
export function planText(plan: Plan, color: boolean): string {
  const where = plan.target.map((target) => `${target.cluster}/${target.namespaces.join(',')}`).join(' ');
  const lines = [
    paint(
      color,
      'bold',
      `${plan.intent} ${clean(plan.application)}${plan.mode ? ` (${plan.mode})` : ''}${where ? ` -> ${clean(where)}` : ''}`,
    ),
    '',
    `Data loss:  ${plan.dataLoss.map((loss) => clean(loss.text)).join('; ') || 'none'}`,
  ];
  for (const point of uniquePoints(plan)) lines.push(`Point:      ${clean(point)}`);
  if (plan.estimate) lines.push(`Estimate:   about ${plan.estimate.seconds} s (${clean(plan.estimate.basis)})`);
  lines.push(`Undo:       ${clean(plan.undo.text)}`, '', 'Steps:');
  for (const [index, wave] of plan.waves.entries()) {
    for (const step of wave) lines.push(`  ${index + 1}. [${clean(step.cluster)}] ${clean(step.title)}`);
  }
  lines.push(...changeLines(plan));
  for (const [title, reasons] of [
    ['Warnings', plan.warnings],
    ['Blockers', plan.blockers],
  ] as const) {
    if (reasons.length > 0) lines.push('', `${title}:`, ...reasonLines(reasons, '  ', color));
  }
  lines.push('', `Plan ${plan.id}, hash ${plan.hash.slice(0, 12)}`);
  return `${lines.join('\n')}\n`;
}

function uniquePoints(plan: Plan): string[] {
  const byPoint = new Map<string, string[]>();
  for (const point of plan.points) {
    const key = `${point.cluster}/${point.name} of ${point.capturedAt}`;
    byPoint.set(key, [...(byPoint.get(key) ?? []), point.component]);
  }
  return [...byPoint].map(([key, components]) => `${key} (${components.join(', ')})`);
}

/** Counts by action and kind; the field changes in full, for they are what a person has to agree to. */
function changeLines(plan: Plan): string[] {
  if (plan.changes.length === 0) return [];
  const counts = new Map<string, Map<string, number>>();
  for (const change of plan.changes) {
    const kinds = counts.get(change.action) ?? new Map<string, number>();
    kinds.set(change.kind, (kinds.get(change.kind) ?? 0) + 1);
    counts.set(change.action, kinds);
  }
  const lines = ['', 'Changes:'];
  for (const [action, kinds] of counts) {
    lines.push(`  ${action}: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
  }
  for (const change of plan.changes) {
    for (const field of change.fields ?? []) {
      const values = field.from === undefined && field.to === undefined ? '' : `: ${show(field.from)} -> ${show(field.to)}`;
      lines.push(`  ${clean(`${change.kind} ${change.name} ${field.path}${values}${field.why ? ` (${field.why})` : ''}`)}`);
    }
  }
  return lines;
}

function show(value: unknown): string {
  return value === undefined ? '<absent>' : JSON.stringify(value);
}
