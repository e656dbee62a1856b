import type { Reason } from '../../reason.ts';
import { nearest } from '../../text/nearest.ts';
import { type Facts, ageOf, because, newestUsable, undecided, where } from '../facts.ts';

/** Nothing says where it runs. */
export function noPlacement(facts: Facts): Reason | undefined {
  if (facts.placement) return undefined;
  const { name, entityRef, lookup } = facts.component;
  if (lookup) {
    const fix = 'Put the label on the workloads, or add the annotation backstage.io/kubernetes-namespace.';
    return because(facts, {
      code: 'NO_PLACEMENT',
      severity: 'critical',
      message: `No cluster has a workload with ${lookup.labelSelector}, by which ${name} is looked for`,
      fix,
    });
  }
  return because(facts, {
    code: 'NO_PLACEMENT',
    severity: 'critical',
    message: `Nothing says in which namespace ${name} runs`,
    ...(entityRef !== undefined && { evidence: [entityRef] }),
    fix: `Add the annotation backstage.io/kubernetes-namespace to ${entityRef ?? name}.`,
  });
}

export function unknownCluster(facts: Facts): Reason | undefined {
  if (!facts.placement || facts.cluster.known || facts.cluster.name === '') return undefined;
  const meant = nearest(facts.cluster.name, facts.cluster.fleet);
  return because(facts, {
    code: 'UNKNOWN_CLUSTER',
    severity: 'critical',
    message: `${facts.component.name} is placed on the cluster ${facts.cluster.name}, which is not one of ${facts.cluster.fleet.join(', ') || 'any'}${meant ? `; did you mean ${meant}?` : ''}`,
    fix: `Add the cluster: --contexts ${[...facts.cluster.fleet, facts.cluster.name].join(',')}`,
  });
}

export function clusterUnreachable(facts: Facts): Reason | undefined {
  const { unreachable, name } = facts.cluster;
  if (!unreachable) return undefined;
  return because(facts, {
    code: 'CLUSTER_UNREACHABLE',
    severity: 'critical',
    message: `The cluster ${name} could not be read, so nobody can tell how safe ${facts.component.name} is: ${unreachable.message}`,
    evidence: [`error: ${unreachable.code}`],
    fix: unreachable.hint ?? `kubectl --context ${name} get --raw /readyz`,
  });
}

/** The annotation names a namespace that does not agree. */
export function placementUnclaimed(facts: Facts): Reason | undefined {
  if (facts.placement?.claim !== 'unclaimed') return undefined;
  const owner = facts.component.owner;
  const { namespace } = facts.placement;
  const context = facts.cluster.name === '' ? '' : ` --context ${facts.cluster.name}`;
  return because(facts, {
    code: 'PLACEMENT_UNCLAIMED',
    severity: 'critical',
    message: owner
      ? `The namespace ${where(facts)} does not say that it belongs to ${owner}, the owner of ${facts.component.name}`
      : `${facts.component.name} has no owner to whom the namespace ${where(facts)} could belong`,
    evidence: [`Namespace ${namespace}`, `owner: ${owner ?? 'none'}`],
    fix: owner
      ? `kubectl${context} annotate namespace ${namespace} kubectl-dr.dev/owner=${owner}`
      : `Give ${facts.component.entityRef ?? facts.component.name} an owner (spec.owner).`,
  });
}

export function namespaceMissing(facts: Facts): Reason | undefined {
  if (!facts.placement || facts.cluster.namespaceExists || facts.cluster.unreachable) return undefined;
  if (facts.cluster.name !== '' && !facts.cluster.known) return undefined;
  const { namespace } = facts.placement;
  const place = facts.cluster.name === '' ? 'any cluster' : facts.cluster.name;
  const usable = newestUsable(facts);
  return because(facts, {
    code: 'NAMESPACE_MISSING',
    severity: 'critical',
    message: `The namespace ${namespace} of ${facts.component.name} does not exist on ${place}${usable ? `; ${usable.name} could bring it back` : ''}`,
    evidence: [`Namespace ${namespace}`, ...(usable ? [`point: ${usable.id}`] : [])],
    fix: usable
      ? `kubectl dr restore ${facts.application} --component ${facts.component.name} --to ${usable.name}`
      : 'Correct the annotation backstage.io/kubernetes-namespace.',
  });
}

/** What the component has, or what protects it, is hidden. */
export function readingFailed(facts: Facts): Reason | undefined {
  const failures = [...facts.cluster.failures, ...(newestUsable(facts) ? [] : facts.engines.failures)];
  const [first] = failures;
  if (!first) return undefined;
  const forbidden = failures.find(({ error }) => error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED');
  const all = [...new Set(failures.map(({ type }) => type))];
  const types = all.length > 4 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ');
  return because(facts, {
    code: forbidden ? 'READING_FORBIDDEN' : 'CLUSTER_UNREACHABLE',
    severity: 'critical',
    message: `${types} on ${facts.cluster.name} could not be read, so nobody can tell how safe ${facts.component.name} is: ${(forbidden ?? first).error.message}`,
    evidence: failures.map(({ type, error }) => `${type}: ${error.code}`),
    fix:
      (forbidden ?? first).error.hint ??
      (forbidden ? `Ask for the right to list ${types}.` : `kubectl --context ${facts.cluster.name} get ${first.type}`),
  });
}

/** A component without workloads and claims would look stateless, and so safe. */
export function nothingSelected(facts: Facts): Reason | undefined {
  if (!facts.placement?.labelSelector || facts.workloads.length > 0 || facts.claims.length > 0) return undefined;
  if (!facts.cluster.namespaceExists || facts.cluster.failures.length > 0) return undefined;
  const { labelSelector, namespace } = facts.placement;
  return because(facts, {
    code: 'NOTHING_SELECTED',
    severity: 'critical',
    message: `Nothing in the namespace ${where(facts)} carries ${labelSelector}, by which ${facts.component.name} is found`,
    evidence: [`Namespace ${namespace}`, `selector: ${labelSelector}`],
    fix: `Label the workloads of ${facts.component.name} with ${labelSelector}, or correct its annotation.`,
  });
}

/** The newest points might be good; without a look inside nobody knows. */
export function contentsUnread(facts: Facts): Reason | undefined {
  const open = undecided(facts);
  const [first] = open;
  if (!first) return undefined;
  const usable = newestUsable(facts);
  const rpo = facts.policy?.objectives.rpo;
  // An older point that is known to be good decides, unless the open ones could keep the objective and it does not.
  if (usable && (rpo === undefined || (ageOf(usable, facts.now) ?? Infinity) <= rpo)) return undefined;
  const [why] = first.reasons;
  return because(facts, {
    code: 'CONTENTS_UNREADABLE',
    severity: 'critical',
    message: why
      ? `What ${first.point.name} holds of ${facts.component.name} is not known: ${why.message}`
      : `What ${first.point.name} holds of ${facts.component.name} has not been read`,
    evidence: open.slice(0, 5).map(({ point }) => `point: ${point.id}`),
    fix: why?.fix ?? `kubectl dr status ${facts.application}`,
  });
}
