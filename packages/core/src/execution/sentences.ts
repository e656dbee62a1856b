import type { DrError } from '../errors.ts';
import { isMove } from '../planning/intent.ts';
import { aboutOf, wavesOf } from './direction.ts';
import type { Operation } from './model.ts';

/** A missing right is told with the role that gives it: whoever looks later has no other way to learn it. */
export function sentenceOf({ code, message, hint }: DrError): string {
  return code === 'FORBIDDEN' && hint !== undefined ? `${message}; ${hint}` : message;
}

/** Of an operation that succeeded. */
export function summaryOf({ plan }: Pick<Operation, 'plan'>): string {
  const where = plan.target.map(({ cluster, namespaces }) => `${cluster}/${namespaces.join(',')}`).join(' and ');
  if (isMove(plan.intent)) return `${plan.application} goes on at ${plan.home}: let its catalog entry and its clients say so`;
  if (plan.intent === 'Drill' && plan.waves.flat().some(({ action }) => action.kind === 'mover.move'))
    return `tried in ${where}, where everything became ready`;
  if (plan.intent === 'Drill') return `restored into ${where}, where everything became ready`;
  if (plan.mode !== undefined && plan.mode !== 'clone') return `rolled back in ${where}`;
  return plan.intent === 'Restore' ? `restored into ${where}` : 'done';
}

/** Of one that was taken back, with what it still owes on clusters that did not answer. */
export function undoneOf(operation: Operation): string {
  const { plan, id, undo } = operation;
  const skipped = new Set((undo?.steps ?? []).flatMap((step) => (step.state === 'Skipped' ? [step.id] : [])));
  const left = new Set(wavesOf(operation, 'undo').flatMap((wave) => wave.flatMap((step) => (skipped.has(step.id) ? aboutOf(step) : []))));
  if (left.size === 0) return 'everything is as it was before';
  return `${plan.application} is back; what ${[...left].join(' and ')} has of it is taken back as soon as it answers: kubectl dr undo ${id}`;
}
