import { DrError, ServiceUnavailableError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { formatAge } from '../text/age.ts';

/** How long an operation waits for a cluster that does not answer, milliseconds: restarts and upgrades of control planes are shorter. */
export const outagePatience = 5 * 60_000;
/** While it does not, it is asked again after these times, and then after the last of them each, milliseconds. */
export const outagePolls = [500, 2_000, 5_000] as const;

/**
 * The cluster gave no answer, or only that it cannot give one now: nothing is known of it, and it may be had later. One that
 * answers that it failed is none.
 */
export function isOutage(error: unknown): error is DrError {
  if (!(error instanceof DrError) || error.name !== 'ServiceUnavailableError') return false;
  if (error.code === 'CLUSTER_ERROR') return [502, 503, 504].includes(Number(error.details?.status));
  return ['CLUSTER_UNREACHABLE', 'TIMEOUT', 'TOO_MANY_REQUESTS'].includes(error.code);
}

/** One time in which a cluster does not answer, from when that was first seen. */
export class Outage {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #patience: number;
  readonly #hint: string | undefined;
  #polls = 0;

  /** `hint`: what to do when it has been waited for in vain. Default: what the error says. */
  constructor(clock: Clock, { patience = outagePatience, hint }: { patience?: number; hint?: string } = {}) {
    this.#clock = clock;
    this.#since = clock.now().getTime();
    this.#patience = patience;
    this.#hint = hint;
  }

  get #age(): number {
    return this.#clock.now().getTime() - this.#since;
  }

  /** It has been asked again in vain more than once. */
  get lasts(): boolean {
    return this.#polls > 1;
  }

  /** News of what waits for it. `cluster`: where the error does not say which. */
  told(error: DrError, cluster: string): string {
    const { message } = error;
    return `waiting for ${error.cluster ?? cluster} to answer for ${formatAge(this.#age)}, at most ${formatAge(this.#patience)}: ${message}`;
  }

  /** Until it is asked again. Throws when it has been waited for long enough, or when `signal` says so. */
  async wait(error: DrError, signal: AbortSignal): Promise<void> {
    if (this.#age >= this.#patience) throw this.#over(error);
    const next = outagePolls[Math.min(this.#polls, outagePolls.length - 1)]!;
    this.#polls += 1;
    await this.#clock.sleep(Math.min(next, this.#patience - this.#age), signal);
  }

  #over(error: DrError): DrError {
    const { code, cluster, details, message } = error;
    const hint = this.#hint ?? error.hint;
    return new ServiceUnavailableError(`${message} (waited for ${formatAge(this.#age)})`, {
      code,
      cause: error,
      ...(cluster !== undefined && { cluster }),
      ...(details !== undefined && { details }),
      ...(hint !== undefined && { hint }),
    });
  }
}
