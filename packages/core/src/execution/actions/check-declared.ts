import { NotAllowedError } from '../../errors.ts';
import { declaredChecks } from '../../planning/declared-checks.ts';
import { canonicalJson } from '../../planning/hash.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Action, ActionContext } from './context.ts';
import { refOf } from './workloads.ts';

/**
 * A journal is outside input, and a check acts with the rights of whoever carries it out: only what the owner wrote on the
 * workload itself is asked or run. Returns the workload.
 */
export async function assertDeclared(
  action: Action<'check.http' | 'check.exec'>,
  { cluster, signal }: Pick<ActionContext, 'cluster' | 'signal'>,
): Promise<KubeObject> {
  const workload = await cluster.get(refOf(action.declaredBy), { signal });
  const { checks } = declaredChecks(workload.metadata.annotations ?? {});
  const fits = checks.some((check) => {
    if (check.kind === 'exec') return action.kind === 'check.exec' && canonicalJson(commandOf(check)) === canonicalJson(commandOf(action));
    if (action.kind !== 'check.http' || check.path !== action.path) return false;
    return (check.service ?? action.service) === action.service && (check.port ?? action.port) === action.port;
  });
  if (fits) return workload;
  const { type, namespace, name } = action.declaredBy;
  const what = action.kind === 'check.exec' ? action.command.join(' ') : action.path;
  throw new NotAllowedError(`${type.kind} ${namespace}/${name} on ${cluster.name} does not declare the check ${what}`, {
    code: 'UNCLAIMED_PLACEMENT',
    cluster: cluster.name,
    hint: 'make the plan again',
  });
}

function commandOf({ container, command }: { container?: string; command: string[] }): unknown {
  return { container, command };
}
