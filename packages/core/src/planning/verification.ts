import { numberAt, textAt, listAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import { counted } from '../text/counted.ts';
import { declaredChecks } from './declared-checks.ts';
import type { StepAction } from './model.ts';
import type { Access } from './target-facts.ts';

export type CheckAction = Extract<StepAction, { kind: 'check.http' | 'check.exec' }>;

/** A workload with the annotations that it has when it is verified. */
export interface Verified {
  kind: string;
  name: string;
  annotations: Readonly<Record<string, string>>;
}

const verifiable = [types.deployments, types.statefulSets, types.daemonSets];

/**
 * What tells that these workloads work, besides their being ready. `services` are their own, of which one with the
 * workload's name is meant first; `unreadable` are declarations that cannot be carried out, as texts for people.
 */
export function checksOf(
  workloads: readonly Verified[],
  services: readonly KubeObject[],
  namespace: string,
): { checks: CheckAction[]; unreadable: string[] } {
  const found: CheckAction[] = [];
  const lost: string[] = [];
  for (const { kind, name, annotations } of workloads) {
    const { checks, unreadable, timeoutSeconds } = declaredChecks(annotations);
    const about = (text: string): string => `${kind} ${name}: ${text}`;
    lost.push(...unreadable.map(about));
    const type = verifiable.find((candidate) => candidate.kind === kind);
    for (const check of checks) {
      if (!type) {
        lost.push(about(check.kind === 'exec' ? check.command.join(' ') : check.path));
        continue;
      }
      const declared = { namespace, declaredBy: { type, namespace, name }, timeoutSeconds };
      if (check.kind === 'exec') {
        found.push({ kind: 'check.exec', command: check.command, ...(check.container && { container: check.container }), ...declared });
        continue;
      }
      const named = (wanted: string | undefined) => services.find(({ metadata }) => metadata.name === wanted);
      const service = check.service === undefined ? (named(name) ?? services[0]) : named(check.service);
      const serviceName = check.service ?? service?.metadata.name;
      if (serviceName === undefined) {
        lost.push(about(check.path));
        continue;
      }
      const [first] = listAt(service, 'spec', 'ports');
      const port = check.port ?? textAt(first, 'name') ?? String(numberAt(first, 'port') ?? 80);
      found.push({ kind: 'check.http', service: serviceName, port, path: check.path, ...declared });
    }
  }
  return { checks: found, unreadable: lost };
}

/** The rights that checks need. Newer servers ask for both on an exec, older ones for the one of the method used. */
export function accessForChecks(workloads: readonly Pick<Verified, 'annotations'>[], namespace: string): Access[] {
  const kinds = new Set(workloads.flatMap(({ annotations }) => declaredChecks(annotations).checks.map(({ kind }) => kind)));
  return [
    ...(kinds.has('exec') ? ['get', 'create'].map((verb) => ({ verb, type: types.pods, subresource: 'exec', namespace })) : []),
    ...(kinds.has('http') ? [{ verb: 'get', type: types.services, subresource: 'proxy', namespace }] : []),
  ];
}

export function checkUnreadable(evidence: string[]): Reason {
  return {
    code: 'CHECK_UNREADABLE',
    severity: 'warning',
    message: `${counted(evidence.length, 'declared check')} cannot be made: only readiness tells that it works`,
    evidence,
    fix: 'declare a path (http://SERVICE:PORT/PATH) or a command (exec: COMMAND, or exec: ["sh","-c","..."]) in kubectl-dr.dev/check',
  };
}

export function titleOf(check: CheckAction): string {
  return check.kind === 'check.exec'
    ? `Check that ${check.command.join(' ')} succeeds in ${check.declaredBy.name}`
    : `Check that ${check.path} of ${check.service} answers`;
}
