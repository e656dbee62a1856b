import type { ReasonCode } from '../../compliance/reason-codes.ts';
import type { Reason } from '../../reason.ts';
import type { Plan } from '../model.ts';

/** What a cluster lacks for the pods of a component, whatever is mapped. */
const codes: ReadonlySet<ReasonCode> = new Set([
  'NO_DEVICE',
  'DEVICE_CLASS_MISSING',
  'NO_NODE_SELECTED',
  'NO_NODE_TOLERATED',
  'RUNTIME_CLASS_MISSING',
]);

/** Whether it says that the target cannot run a component. */
export function isUnfit({ code, component }: Pick<Reason, 'code' | 'component'>): boolean {
  return component !== undefined && codes.has(code);
}

/** Components that the target cannot run. */
export function unfitIn({ blockers }: Pick<Plan, 'blockers'>): string[] {
  return [...new Set(blockers.flatMap((reason) => (isUnfit(reason) ? (reason.component ?? []) : [])))];
}

/** Whether the plan without them is in no way worse: nothing stands in its way that does not stand in the way of the whole. */
export function isBetter(partial: Pick<Plan, 'blockers'>, whole: Pick<Plan, 'blockers'>): boolean {
  const keyOf = ({ code, component, cluster }: Reason): string => JSON.stringify([code, component, cluster]);
  const known = new Set(whole.blockers.map(keyOf));
  return partial.blockers.every((reason) => known.has(keyOf(reason)) && !isUnfit(reason));
}

/** What to do besides: leave them where they are. */
export function offering(reason: Reason, without: readonly string[]): Reason {
  if (!isUnfit(reason)) return reason;
  const flags = without.map((name) => `--without ${name}`).join(' ');
  return { ...reason, fix: `${reason.fix === undefined ? '' : `${reason.fix}; or `}leave it where it is: ${flags}` };
}
