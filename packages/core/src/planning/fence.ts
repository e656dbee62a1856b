import type { Fence } from '../fencing/network-fence.ts';
import type { Reason } from '../reason.ts';
import { type PlanDraft, nameFor } from './assemble.ts';
import type { FenceStep, Plan, Step } from './model.ts';

/** For the storage to do it, seconds. */
const timeoutSeconds = 300;

/**
 * Where a cluster does not answer and a fence is prepared for it, its storage is cut off before anything else: then nobody has to
 * take a risk. When the old copy has been stopped, its cluster is let in again.
 */
export function withFences(plan: PlanDraft, fences: readonly Fence[]): PlanDraft {
  const silent = silentIn(plan);
  const usable = preparedFor(fences, silent);
  if (usable.length === 0) return plan;
  const fenced = new Set(usable.map(({ of }) => of));
  const is = (code: string) => (reason: Reason) => reason.code === code && fenced.has(reason.cluster ?? '');
  const stopped = (step: Step): Step =>
    step.action.kind === 'copy.stop' && fenced.has(step.cluster)
      ? { ...step, action: { ...step.action, accepted: cutOffBy(usable.flatMap(({ name, of }) => (of === step.cluster ? [name] : []))) } }
      : step;
  const steps = (state: 'Fenced' | 'Unfenced'): Step[] => usable.map((fence) => fenceStep(fence, state));
  return {
    ...plan,
    waves: [steps('Fenced'), ...plan.waves.map((wave) => wave.map(stopped))],
    blockers: plan.blockers.filter((reason) => !is('SOURCE_MAY_BE_ALIVE')(reason)),
    warnings: [...plan.warnings.filter((reason) => !is('SPLIT_BRAIN_RISK')(reason)), ...[...fenced].map((of) => cutOff(of, usable))],
    undo: { ...plan.undo, ...(plan.undo.release && { release: [...plan.undo.release, steps('Unfenced')] }) },
  };
}

/** Those that cut one of these clusters off; one without addresses cuts nothing off. */
export function preparedFor(fences: readonly Fence[], silent: ReadonlySet<string>): Fence[] {
  return fences.filter(({ of, addresses }) => silent.has(of) && addresses.length > 0);
}

export function fenceStep({ name, on, of }: Fence, state: 'Fenced' | 'Unfenced'): FenceStep {
  return {
    id: nameFor(`${state === 'Fenced' ? 'fence' : 'unfence'}-${name}`, 150),
    title: state === 'Fenced' ? `Cut ${of} off from its storage` : `Let ${of} write to its storage again`,
    cluster: on,
    action: { kind: 'fence.set', fence: name, of, state, timeoutSeconds },
  };
}

/** Why what does not answer does no harm. */
export function cutOffBy(names: readonly string[]): string {
  return `its storage is cut off by NetworkFence ${names.join(', ')}`;
}

/** Clusters that do not answer and may be writing. */
export function silentIn(plan: Pick<Plan, 'blockers' | 'warnings'>): Set<string> {
  return new Set(
    [...plan.blockers, ...plan.warnings].flatMap(({ code, cluster }) =>
      cluster !== undefined && (code === 'SOURCE_MAY_BE_ALIVE' || code === 'SPLIT_BRAIN_RISK') ? [cluster] : [],
    ),
  );
}

function cutOff(cluster: string, fences: readonly Fence[]): Reason {
  const its = fences.filter(({ of }) => of === cluster);
  return {
    code: 'SOURCE_FENCED',
    severity: 'warning',
    cluster,
    message: `${cluster} does not answer: everything on it is cut off from its storage, not this application alone`,
    evidence: its.map(({ name, on, storage, addresses }) => `NetworkFence ${name} on ${on}: ${storage}, ${addresses.join(', ')}`),
    fix: 'let it in again when its old copy has been stopped: kubectl dr confirm OPERATION',
  };
}
