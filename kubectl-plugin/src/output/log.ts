import type { Operation } from '@kubectl-dr/core/execution/model';
import type { StepRecord } from '@kubectl-dr/core/execution/states';
import type { Step } from '@kubectl-dr/core/planning/model';
import type { Style } from './terminal.ts';
import { clean, paint, stateStyle } from './terminal.ts';

export interface LogEntry {
  at: string;
  text: string;
  style?: Style;
}

/** What the journal tells of an operation, in the order in which it happened: requests, begin and end of each step, ends. */
export function logEntries(operation: Operation): LogEntry[] {
  const { plan, undo, release, reason, state } = operation;
  const entries: LogEntry[] = [
    {
      at: operation.requestedAt,
      text: `requested by ${operation.requestedBy}${operation.approvedBy ? `, approved by ${operation.approvedBy}` : ''}${reason ? `: ${reason}` : ''}`,
    },
    ...stepEntries(operation.steps, plan.waves),
  ];
  const ended: LogEntry[] =
    operation.endedAt === undefined
      ? []
      : [{ at: operation.endedAt, text: `${state}${operation.message ? `: ${operation.message}` : ''}`, ...styled(state) }];
  if (!undo) entries.push(...ended);
  if (undo) {
    entries.push(
      { at: undo.requestedAt, text: `undo requested by ${undo.requestedBy}` },
      ...stepEntries(undo.steps, plan.undo.waves ?? []),
      ...ended,
    );
  }
  if (release) {
    entries.push(
      { at: release.requestedAt, text: `confirmed by ${release.requestedBy}` },
      ...stepEntries(release.steps, plan.undo.release ?? []),
    );
    if (release.endedAt !== undefined) entries.push({ at: release.endedAt, text: 'what was kept for an undo is given up' });
  }
  return entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function stepEntries(records: readonly StepRecord[], waves: readonly (readonly Step[])[]): LogEntry[] {
  const titles = new Map(waves.flat().map((step) => [step.id, `[${step.cluster}] ${step.title}`]));
  return records.flatMap(({ id, state, startedAt, endedAt, message, attempt }) => {
    const title = `${titles.get(id) ?? id}${attempt === undefined ? '' : `, attempt ${attempt}`}`;
    const told = message ? `: ${message}` : '';
    return [
      ...(startedAt === undefined ? [] : [{ at: startedAt, text: `begin ${title}` }]),
      // One that was undone later had succeeded or failed before: its message says which.
      ...(endedAt === undefined
        ? []
        : [{ at: endedAt, text: `${state === 'Failed' ? 'FAILED' : 'end'}   ${title}${told}`, ...styled(state) }]),
    ];
  });
}

function styled(state: string): { style?: Style } {
  const style = stateStyle[state];
  return style ? { style } : {};
}

export function logLine({ at, text, style }: LogEntry, color: boolean): string {
  return `${clean(at)}  ${paint(color, style, clean(text, 1000))}\n`;
}
