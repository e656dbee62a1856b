import { DrError, InputError } from '@kubectl-dr/core/errors';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { nearest } from '@kubectl-dr/core/text/nearest';
import type { Fault } from './faults.ts';
import type { SandboxCluster } from '../cluster.ts';

interface Kind {
  does: string;
  /** What may stand behind `=`: its name, what it is when nothing does, and how it is read. */
  value?: { name: string; preset: string; read(text: string): number };
  befall(cluster: SandboxCluster, value: number): void;
}

const duration = (preset: string): Kind['value'] => ({ name: 'DURATION', preset, read: (text) => parseDuration(text, 'duration') });
const whole = (name: string, preset: string, least: number, most: number): Kind['value'] => ({
  name,
  preset,
  read(text) {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InputError(`"${text}" is no whole number from ${least} to ${most}`);
  },
});
const requests =
  (fault: (value: number) => Fault): Kind['befall'] =>
  ({ faults }, value) =>
    void faults.push(fault(value));

const kinds: Record<string, Kind> = {
  down: { does: 'connections are cut', befall: requests(() => ({ disconnect: true })) },
  latency: { does: 'every answer takes longer', value: duration('500ms'), befall: requests((delay) => ({ delay })) },
  error: { does: 'every request fails', value: whole('STATUS', '500', 400, 599), befall: requests((status) => ({ status })) },
  throttle: {
    does: 'every request is asked to come back later',
    value: whole('SECONDS', '1', 0, 3600),
    befall: requests((retryAfterSeconds) => ({ status: 429, retryAfterSeconds })),
  },
  'watch-reset': {
    does: 'every watch breaks in the middle of the event after so many',
    value: whole('EVENTS', '3', 0, 1_000_000),
    befall: requests((cutWatchAfter) => ({ cutWatchAfter })),
  },
  'expired-token': { does: 'no token is valid', befall: requests(() => ({ status: 401 })) },
  'slow-start': {
    does: 'for so long it is not ready',
    value: duration('10s'),
    befall: requests((milliseconds) => ({ status: 503, retryAfterSeconds: 1, until: Date.now() + milliseconds })),
  },
  'clock-ahead': {
    does: "the cluster's clock is ahead",
    value: duration('1h'),
    befall: (cluster, value) => void (cluster.clock.offset = value),
  },
  'velero-down': { does: 'the Velero server does nothing', befall: ({ velero }) => void (velero.down = true) },
};

/** One line per fault, for a help text. */
export const faultHelp = Object.entries(kinds).map(([name, { value, does }]) =>
  value === undefined
    ? `[CLUSTER:]${name.padEnd(25)}${does}`
    : `[CLUSTER:]${`${name}[=${value.name}]`.padEnd(25)}${does} (${value.preset})`,
);

/**
 * `west:down`, `latency=2s`: what goes wrong, on one cluster or on all, from the moment when the result is called.
 * InputError in one sentence for what is no fault.
 */
export function parseFault<Name extends string>(text: string, names: readonly Name[]): (clusters: Record<Name, SandboxCluster>) => void {
  const [, name, word = '', given] = /^(?:([^:=]*):)?([^:=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const kind = Object.hasOwn(kinds, word) ? kinds[word]! : undefined;
  const refuse = (why: string, hint: string): InputError => new InputError(`the fault "${text}" ${why}`, { hint });
  if (kind === undefined) {
    const meant = nearest(word, Object.keys(kinds));
    throw refuse('does not exist', meant === undefined ? `faults: ${Object.keys(kinds).join(', ')}` : `did you mean ${meant}?`);
  }
  const chosen = names.filter((one) => name === undefined || one === name);
  if (chosen.length === 0) throw refuse('names a cluster that does not exist', `clusters: ${names.join(', ')}`);
  if (given !== undefined && kind.value === undefined) throw refuse('takes no value', `write ${word}`);
  const value = kind.value === undefined ? 0 : readValue(kind.value, given, refuse);
  return (clusters) => chosen.forEach((one) => kind.befall(clusters[one], value));
}

function readValue(
  { name, preset, read }: NonNullable<Kind['value']>,
  given: string | undefined,
  refuse: (why: string, hint: string) => InputError,
): number {
  try {
    return read(given ?? preset);
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown;
    throw refuse(`has no ${name}: ${thrown.message.replace(/^duration: /, '')}`, thrown.hint ?? `without a value it is ${preset}`);
  }
}
