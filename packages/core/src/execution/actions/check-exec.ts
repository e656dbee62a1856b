import { listAt, textAt, textsAt } from '../../application/raw.ts';
import { selectorOf } from '../../application/selector.ts';
import { DrError } from '../../errors.ts';
import type { ExecResult } from '../../ports/cluster.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { assertDeclared } from './check-declared.ts';
import { type Action, type ActionContext, failed, until } from './context.ts';

/** Faults that do not pass by waiting. */
const final = new Set(['FORBIDDEN', 'UNAUTHENTICATED', 'BAD_INPUT']);

/** Runs the command in a ready pod, again and again, until it ends with 0: what has just become ready may need a moment. */
export async function checkExec(action: Action<'check.exec'>, context: ActionContext): Promise<string> {
  const { cluster, clock, signal } = context;
  const { namespace, container, command, timeoutSeconds, declaredBy } = action;
  const workload = await assertDeclared(action, context);
  const what = `the check "${command.join(' ')}" in ${declaredBy.type.kind} ${namespace}/${declaredBy.name}`;
  const deadline = clock.now().getTime() + timeoutSeconds * 1000;
  let last = '';
  const late = () =>
    failed(
      context,
      `${what} on ${cluster.name} did not succeed within ${timeoutSeconds} s: ${last}`,
      `kubectl --context ${cluster.name} -n ${namespace} exec ${declaredBy.type.kind.toLowerCase()}/${declaredBy.name} -- ${command.join(' ')}`,
    );
  return until(context, { timeoutSeconds, late }, async (tell) => {
    const pod = await readyPod(workload, context);
    if (!pod) last = 'no pod is ready';
    else {
      const chosen = container ?? pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
      const target = { namespace, pod: pod.metadata.name, ...(chosen !== undefined && { container: chosen }) };
      const timeout = Math.max(1_000, deadline - clock.now().getTime());
      try {
        const result = await cluster.exec(target, command, { signal, timeout });
        if (result.exitCode === 0) return `${command[0]} succeeded in ${pod.metadata.name}`;
        last = endOf(result);
      } catch (error) {
        if (signal.aborted || !(error instanceof DrError) || final.has(error.code)) throw error;
        last = error.message;
      }
    }
    tell(`${command[0]} does not succeed yet: ${last}`);
    return undefined;
  });
}

async function readyPod(workload: KubeObject, { cluster, signal }: ActionContext): Promise<KubeObject | undefined> {
  const labelSelector = selectorOf(textsAt(workload, 'spec', 'template', 'metadata', 'labels'));
  const { items } = await cluster.list(types.pods, { namespace: workload.metadata.namespace!, labelSelector, signal });
  return items
    .filter(({ metadata, status }) => {
      const ready = listAt(status, 'conditions').some((condition) => textAt(condition, 'type') === 'Ready' && condition.status === 'True');
      return ready && metadata.deletionTimestamp === undefined;
    })
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

/** What the program said last, one line: it may say anything. */
function endOf({ exitCode, stdout, stderr }: ExecResult): string {
  const line = (stderr.trim() || stdout.trim()).split('\n').at(-1)!.trim().slice(0, 200);
  return `it ended with ${exitCode}${line === '' ? '' : `: ${line}`}`;
}
