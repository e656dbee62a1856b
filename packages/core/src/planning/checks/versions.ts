import { someOf } from '../../some-of.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { groupOf } from '../live-objects.ts';
import type { Rule } from './input.ts';
import { grantOf } from './roles.ts';

/**
 * Older servers may not know fields and versions that newer ones wrote; newer ones stop serving versions, which takes at
 * least two minor releases.
 */
export const versionSkew: Rule = ({ facts, cluster, application, madeOn }) =>
  [...new Set(madeOn)].flatMap((then) => {
    const [now, before] = [minorOf(facts.version), minorOf(then)];
    if (now === undefined || before === undefined || (now >= before && now - before < 2)) return [];
    const older = now < before;
    return [
      {
        code: 'VERSION_SKEW',
        severity: 'warning',
        cluster,
        message: `the point was made on Kubernetes ${then} and ${cluster} runs ${facts.version}: ${older ? 'newer fields may be refused or lost' : 'versions of types may have been removed'}`,
        evidence: [`made on: ${then}`, `cluster: ${facts.version}`],
        fix: `restore beside first and look: kubectl dr restore ${application}`,
      },
    ];
  });

function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?\d+\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** The server itself says what whoever executes may not do. */
export const permissions: Rule = ({ facts, cluster }) =>
  facts.denied.length === 0 ? [] : [permissionMissing(cluster, facts.denied, facts.identity)];

/** `denied` as `TargetFacts.denied` has them. */
export function permissionMissing(cluster: string, denied: readonly string[], identity = 'you'): Reason {
  return {
    code: 'PERMISSION_MISSING',
    severity: 'blocker',
    cluster,
    message: `${identity} may not ${someOf(denied)} on ${cluster}`,
    evidence: [...denied],
    fix: `somebody who may can grant it: ${grantOf(denied, identity)}; or let somebody who may execute the plan`,
  };
}

/** Engines leave objects of kinds and versions that are not served out, silently. (A restore in place tells each by itself.) */
export const kindsServed: Rule = ({ facts, cluster, incoming, clone }) => {
  if (!clone || facts.served.length === 0) return [];
  const missing = new Map<string, KubeObject[]>();
  for (const object of incoming) {
    if (typeFor(facts.served, object)) continue;
    const name = `${object.kind} ${object.apiVersion}`;
    missing.set(name, [...(missing.get(name) ?? []), object]);
  }
  return [...missing.values()].map((objects) => notServed(objects, facts.served, cluster));
};

/** The served type of an object in the version in which it was captured; undefined when the cluster has no such version. */
export function typeFor(
  served: readonly ResourceType[],
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): ResourceType | undefined {
  return served.find((type) => type.kind === kind && apiVersionOf(type) === apiVersion);
}

/** About objects of one kind and version that nobody serves; whether the kind is there in another version makes the difference. */
export function notServed(objects: readonly KubeObject[], served: readonly ResourceType[], cluster: string, component?: string): Reason {
  const { apiVersion, kind } = objects[0]!;
  const group = groupOf(apiVersion);
  const others = served.filter((type) => type.kind === kind && type.group === group).map(apiVersionOf);
  return {
    code: 'KIND_NOT_SERVED',
    severity: 'blocker',
    cluster,
    ...(component !== undefined && { component }),
    message:
      others.length > 0
        ? `${cluster} serves ${kind} as ${others.join(', ')} and no longer as ${apiVersion}, in which the point holds it`
        : `${cluster} does not serve ${kind} ${apiVersion}, which the point holds`,
    evidence: objects.map(({ metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    fix:
      others.length > 0
        ? `serve that version again for the time of the restore: kubectl --context ${cluster} explain ${kind.toLowerCase()} --api-version=${others[0]}`
        : `install its CustomResourceDefinition: kubectl --context ${cluster} api-resources --api-group=${group}`,
  };
}
