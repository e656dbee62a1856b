import { InputError } from '@kubectl-dr/core/errors';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { SandboxCluster } from './cluster.ts';

const kinds: Record<string, { value: string; does: string; apply(cluster: SandboxCluster, value: string | undefined): void }> = {
  down: { value: '', does: 'connections are cut', apply: ({ faults }) => void faults.push({ matches: () => true, disconnect: true }) },
  latency: {
    value: '=DURATION',
    does: 'every answer takes longer (500ms)',
    apply: ({ faults }, value = '500ms') => void faults.push({ matches: () => true, delay: parseDuration(value, 'latency') }),
  },
  error: {
    value: '=STATUS',
    does: 'every request fails (500)',
    apply: ({ faults }, value = '500') => void faults.push({ matches: () => true, status: statusOf(value), reason: 'InternalError' }),
  },
  throttle: {
    value: '=SECONDS',
    does: 'every request is asked to come back later (1)',
    apply: ({ faults }, value = '1') =>
      void faults.push({
        matches: () => true,
        status: 429,
        reason: 'TooManyRequests',
        message: 'too many requests, try again later',
        retryAfterSeconds: Number(value),
      }),
  },
  'expired-token': {
    value: '',
    does: 'no token is valid',
    apply: ({ faults }) =>
      void faults.push({ matches: ({ url }) => !url.includes('/_objects/'), status: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
  },
  'clock-ahead': {
    value: '=DURATION',
    does: "the cluster's clock is ahead (1h)",
    apply: (cluster, value = '1h') => void (cluster.clock.offset = parseDuration(value, 'clock-ahead')),
  },
  'velero-down': { value: '', does: 'the Velero server does nothing', apply: ({ velero }) => void (velero.down = true) },
};

/** One line per fault, for a help text. */
export const faultHelp = Object.entries(kinds).map(([name, { value, does }]) => `[CLUSTER:]${name}${value}`.padEnd(34) + does);

/** `west:down`, `latency=2s`: what goes wrong, on one cluster or on all. */
export function applyFault(text: string, clusters: Record<string, SandboxCluster>): void {
  const [, name, kind = '', value] = /^(?:([^:=]+):)?([^:=]+)(?:=(.*))?$/.exec(text) ?? [];
  const found = kinds[kind];
  if (found === undefined) throw new InputError(`unknown fault "${text}"`, { hint: `faults: ${Object.keys(kinds).join(', ')}` });
  const chosen = name === undefined ? Object.values(clusters) : [clusters[name]];
  for (const cluster of chosen) {
    if (cluster === undefined)
      throw new InputError(`the fault "${text}" names an unknown cluster`, { hint: `clusters: ${Object.keys(clusters).join(', ')}` });
    found.apply(cluster, value);
  }
}

function statusOf(text: string): number {
  const status = Number(text);
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new InputError(`"${text}" is not the status of a failure`, { hint: 'choose one from 400 to 599' });
  return status;
}
