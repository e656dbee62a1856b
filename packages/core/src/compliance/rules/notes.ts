import type { Reason } from '../../reason.ts';
import { type Facts, because, where } from '../facts.ts';

/** The assigned policy is unknown or broken: somebody set an objective that nobody measures. */
export function policyProblem(facts: Facts): Reason | undefined {
  return facts.policyProblem;
}

export function noPolicy(facts: Facts): Reason | undefined {
  if (facts.policy || facts.policyProblem) return undefined;
  return because(facts, {
    code: 'NO_POLICY',
    severity: 'info',
    message: `No policy applies to ${facts.component.name}, so the age of its data is not judged`,
    fix: `Add the annotation kubectl-dr.dev/policy to ${facts.component.entityRef ?? facts.component.name}.`,
  });
}

export function workloadNotReady(facts: Facts): Reason | undefined {
  const broken = facts.workloads.filter(({ ready }) => !ready);
  const [first] = broken;
  if (!first) return undefined;
  return because(facts, {
    code: 'WORKLOAD_NOT_READY',
    severity: 'info',
    message: `${first.kind} ${first.name} (${where(facts)}) is not ready${first.message ? `: ${first.message}` : ''}${broken.length > 1 ? ` (and ${broken.length - 1} more)` : ''}`,
    evidence: broken.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    fix: `kubectl --context ${facts.cluster.name} -n ${first.namespace} describe ${first.kind.toLowerCase()} ${first.name}`,
  });
}

/** The engine hides a part of its objects, but not enough to know nothing. */
export function engineHidden(facts: Facts): Reason | undefined {
  const [first] = facts.engines.failures;
  if (!first || !facts.points.some(({ usable }) => usable === 'yes')) return undefined;
  return because(facts, {
    code: 'READING_FORBIDDEN',
    severity: 'info',
    message: `${first.type} on ${facts.cluster.name} could not be read: ${first.error.message}`,
    evidence: facts.engines.failures.map(({ type, error }) => `${type}: ${error.code}`),
    fix: first.error.hint ?? `Ask for the right to list ${first.type}.`,
  });
}
