import type { Plan } from '../planning/model.ts';
import type { Policy, SelfService } from './model.ts';

export type Right = keyof Policy['selfService'];

/** What holds where no policy says otherwise (domain: "Who may do what"). */
export const defaultSelfService: Policy['selfService'] = {
  backup: 'owner',
  clone: 'owner',
  restore: 'owner',
  restoreInPlace: 'approval',
  failover: 'operator',
};

const strictness: readonly SelfService[] = ['owner', 'approval', 'operator'];

/**
 * The right of `selfService` that a plan needs. A drill is a clone. A restore into the application's own namespaces is
 * `restore` as long as it only brings back what is missing; as soon as it changes, removes or replaces anything that
 * exists, it is `restoreInPlace`.
 */
export function rightFor({ intent, mode, changes, waves }: Pick<Plan, 'intent' | 'mode' | 'changes' | 'waves'>): Right {
  if (intent === 'Backup') return 'backup';
  if (intent === 'Drill' || (intent === 'Restore' && (mode ?? 'clone') === 'clone')) return 'clone';
  if (intent !== 'Restore') return 'failover';
  const touches = changes.some(({ action }) => action !== 'create' && action !== 'leave');
  const replaces = waves.flat().some(({ action }) => action.kind === 'volume.keep' || action.kind === 'claim.remove');
  return touches || replaces ? 'restoreInPlace' : 'restore';
}

/** Who may execute it: the strictest rule of the policies of all components that it is about. */
export function selfServiceFor(plan: Parameters<typeof rightFor>[0], policies: readonly (Policy | undefined)[]): SelfService {
  const right = rightFor(plan);
  const rules = (policies.length === 0 ? [undefined] : policies).map((policy) => (policy?.selfService ?? defaultSelfService)[right]);
  return strictness[Math.max(...rules.map((rule) => strictness.indexOf(rule)))]!;
}
