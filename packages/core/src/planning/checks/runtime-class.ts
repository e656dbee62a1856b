import { at, textAt, textsAt } from '../../application/raw.ts';
import { podSpecOf } from '../../application/workload.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import type { TargetFacts } from '../target-facts.ts';
import type { Rule } from './input.ts';
import { wantsPods } from './storage.ts';

/** A server refuses pods that name a class which is not there, so that a workload is written and never runs. */
export const runtimeClassMissing: Rule = ({ facts, cluster, namespace, incoming, componentOf }) => {
  const known = facts.runtimeClasses && new Set(facts.runtimeClasses.map(({ metadata }) => metadata.name));
  if (!known) return [];
  return incoming.filter(wantsPods).flatMap((object): Reason[] => {
    const name = textAt(podSpecOf(object), 'runtimeClassName');
    if (name === undefined || known.has(name)) return [];
    const component = componentOf(object);
    return [
      {
        code: 'RUNTIME_CLASS_MISSING',
        severity: 'blocker',
        cluster,
        ...(component !== undefined && { component }),
        message: `the RuntimeClass ${name}, which ${object.kind} ${object.metadata.name} names, does not exist on ${cluster}`,
        evidence: [`${object.kind} ${namespace}/${object.metadata.name}`],
        fix: `create it: kubectl --context ${cluster} get runtimeclasses`,
      },
    ];
  });
};

/** How the pods are scheduled once the server has added what their RuntimeClass says of nodes. */
export function scheduledAs(object: KubeObject, { runtimeClasses }: TargetFacts): unknown {
  const spec = podSpecOf(object);
  const name = textAt(spec, 'runtimeClassName');
  const found = name === undefined ? undefined : runtimeClasses?.find(({ metadata }) => metadata.name === name);
  const scheduling = at(found, 'scheduling');
  if (scheduling === undefined) return spec;
  const tolerations = [at(spec, 'tolerations'), at(scheduling, 'tolerations')].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    ...(spec as Record<string, unknown>),
    nodeSelector: { ...textsAt(spec, 'nodeSelector'), ...textsAt(scheduling, 'nodeSelector') },
    tolerations,
  };
}
