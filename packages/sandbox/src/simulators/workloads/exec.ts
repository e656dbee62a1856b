import type { ExecResult } from '@kubectl-dr/core/ports/cluster';
import { listAt, textAt } from '../../api/json.ts';
import type { Call } from '../../api/call.ts';
import { json } from '../../api/respond.ts';
import { ApiError, badRequest, methodNotAllowed, notFound } from '../../api/status.ts';

/**
 * `pods/NAME/exec`. The answer is how the command ended, as JSON of `ExecOutcome`: the doors make the channel protocol of a
 * WebSocket out of it. Commands end at once, and take no input.
 */
export function exec({ cluster, request, info, target, resource, run }: Call): Response {
  const pod = cluster.store.get('pods', target.namespace, target.name!);
  if (info.method !== 'GET' && info.method !== 'POST') throw methodNotAllowed(info.method);
  if (pod === undefined) throw notFound(resource, target.name!);
  const command = info.parameters.getAll('command');
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container');
  const names = listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name'));
  const wanted = info.parameters.get('container') ?? names[0]!;
  if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${target.name}`);
  if (textAt(pod, 'spec', 'nodeName') === '') throw badRequest(`pod ${target.name} does not have a host assigned`);
  if (textAt(pod, 'status', 'phase') !== 'Running')
    throw new ApiError(500, 'InternalError', `unable to upgrade connection: container not found ("${wanted}")`);
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') throw badRequest('Upgrade request required');
  const result = run?.(pod, wanted, command);
  return json(200, { ...result, status: statusOf(result, command) } satisfies ExecOutcome);
}

export interface ExecOutcome {
  stdout?: string;
  stderr?: string;
  /** As the last frame tells it. */
  status: Record<string, unknown>;
}

function statusOf(result: ExecResult | undefined, command: readonly string[]): Record<string, unknown> {
  const common = { kind: 'Status', apiVersion: 'v1', metadata: {} };
  if (result?.exitCode === 0) return { ...common, status: 'Success' };
  if (result === undefined) {
    const message = `Internal error occurred: error executing command in container: exec: "${command[0]}": executable file not found in $PATH`;
    return { ...common, status: 'Failure', reason: 'InternalError', message, code: 500 };
  }
  return {
    ...common,
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${result.exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(result.exitCode) }] },
  };
}
