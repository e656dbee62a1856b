import { groupOf } from '../live-objects.ts';
import type { Rule } from './input.ts';

/** Older servers may not know fields and versions that newer ones wrote. */
export const versionSkew: Rule = ({ facts, cluster, madeOn }) => {
  const [there, then] = [minorOf(facts.version), minorOf(madeOn)];
  if (there === undefined || then === undefined || Math.abs(there - then) < 2) return [];
  const older = there < then;
  return [
    {
      code: 'VERSION_SKEW',
      severity: 'warning',
      cluster,
      message: `the point was made on Kubernetes ${madeOn} and ${cluster} runs ${facts.version}: ${older ? 'newer fields may be refused or lost' : 'versions of types may have been removed'}`,
      evidence: [`made on: ${madeOn}`, `cluster: ${facts.version}`],
      fix: 'restore beside first and look: kubectl dr restore',
    },
  ];
};

function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?\d+\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** The server itself says what whoever executes may not do. */
export const permissions: Rule = ({ facts, cluster }) =>
  facts.denied.length === 0
    ? []
    : [
        {
          code: 'PERMISSION_MISSING',
          severity: 'blocker',
          cluster,
          message: `you may not ${facts.denied.slice(0, 3).join(', ')}${facts.denied.length > 3 ? ` and ${facts.denied.length - 3} more` : ''} on ${cluster}`,
          evidence: [...facts.denied],
          fix: 'ask for these rights, or let somebody who has them execute the plan',
        },
      ];

/** Objects of kinds that nobody defined are left out by engines, silently. (A restore in place tells each by itself.) */
export const kindsServed: Rule = ({ facts, cluster, incoming, clone }) => {
  if (!clone || facts.served.length === 0) return [];
  const known = new Set(facts.served.map(({ group, kind }) => `${group}/${kind}`));
  const missing = new Map<string, string[]>();
  for (const { apiVersion, kind, metadata } of incoming) {
    if (known.has(`${groupOf(apiVersion)}/${kind}`)) continue;
    const name = `${kind} ${apiVersion}`;
    missing.set(name, [...(missing.get(name) ?? []), `${kind} ${metadata.namespace}/${metadata.name}`]);
  }
  return [...missing].map(([name, evidence]) => ({
    code: 'KIND_NOT_SERVED',
    severity: 'blocker',
    cluster,
    message: `${cluster} does not serve ${name}, which the point holds`,
    evidence,
    fix: `install its CustomResourceDefinition: kubectl --context ${cluster} api-resources`,
  }));
};
