import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { nextCommands } from '../next-commands.ts';
import { age, until } from '../view.ts';
import { fieldLines, section } from './fields.ts';
import { planText } from './plan.ts';
import type { Look } from './terminal.ts';
import { clean, paint, stateStyle } from './terminal.ts';

type Status = WireOperation['status'];

/** An operation as `describe` tells it: how it stands, until when it can be undone, what to type next, its steps, its plan. */
export function operationLines(operation: WireOperation, look: Look, now: Date): string[] {
  const { metadata, spec, status } = operation;
  const { measured, requestedBy, approvedBy, requestedAt, reason, undo, release, cleanUp } = status;
  const { waves, undo: way } = spec;
  const next = nextCommands(operation, now);
  const width = Math.max(0, ...next.map(([line]) => line.length));
  return [
    ...fieldLines(
      [
        ['Operation', metadata.name],
        ['State', status.state],
        ['Requested', `${requestedAt} by ${requestedBy}${reason ? `: ${reason}` : ''}`],
        ['Approved', approvedBy && `by ${approvedBy}`],
        ['Started', status.startedAt],
        ['Ended', status.endedAt],
        ['Held by', status.endedAt ? undefined : status.holder],
        ['Took', measured?.rtoSeconds === undefined ? undefined : `${age(measured.rtoSeconds)} from request to ready`],
        ['Lost', measured?.lossSeconds === undefined ? undefined : `${age(measured.lossSeconds)} of data`],
        ['Message', status.message],
        ['Undo', undoState(operation, now)],
      ],
      look,
    ),
    ...section(
      'Next',
      next.map(([line, what]) => `  ${line.padEnd(width)}   ${clean(what)}`),
    ),
    ...section('Steps', stepLines(status.steps, waves, look)),
    ...(cleanUp ? section(`Clean-up, begun ${cleanUp.requestedAt}`, stepLines(cleanUp.steps, spec.cleanUp ?? [], look)) : []),
    ...(undo
      ? section(`Undo, requested ${undo.requestedAt} by ${clean(undo.requestedBy)}`, stepLines(undo.steps, way.waves ?? [], look))
      : []),
    ...(release
      ? section(`Confirmed ${release.requestedAt} by ${clean(release.requestedBy)}`, stepLines(release.steps, way.release ?? [], look))
      : []),
    '',
    planText(spec, look).trimEnd(),
  ];
}

function undoState({ spec, status }: WireOperation, now: Date): string | undefined {
  const { state, undo, release, undoUntil } = status;
  if (state === 'Undone') return `done ${undo?.endedAt ?? ''}`;
  if (undo) return `begun ${undo.requestedAt}, not finished`;
  if (release) return !spec.undo.waves ? undefined : 'given up: it was confirmed';
  if (!spec.undo.waves) return undefined;
  if (undoUntil === undefined) return state === 'Succeeded' ? 'given up: it was confirmed' : undefined;
  const left = until(undoUntil, now);
  return left ? `possible until ${undoUntil}, ${left}` : `was possible until ${undoUntil}`;
}

function stepLines(records: Status['steps'], waves: WireOperation['spec']['waves'], look: Look): string[] {
  const titles = new Map(waves.flat().map((step) => [step.id, `[${step.cluster}] ${step.title}`]));
  return records.map((step) => {
    const took = step.startedAt && step.endedAt ? age((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000) : undefined;
    const facts = [took, step.message].filter((fact) => fact !== undefined && fact !== '').map((fact) => clean(fact!, 400));
    const state = paint(look.color, stateStyle[step.state], step.state.padEnd(9));
    return `  ${state} ${clean(titles.get(step.id) ?? step.id)}${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`;
  });
}
