import { DrError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { isOutage, Outage } from './outage.ts';

/** A fault that may pass: what is idempotent is tried again after these times, milliseconds. */
const retryAfter = [500, 2_000, 5_000] as const;
/** Milliseconds. What an attempt does before its first request to a cluster that is silent is no answer of it. */
const proven = 10_000;

export interface Patience {
  clock: Clock;
  signal: AbortSignal;
  /** Milliseconds that a cluster which does not answer is waited for. Default: `outagePatience`. */
  outage?: number;
  /** Which faults are worth another try. */
  mayPass(error: unknown): boolean;
  /** A cluster does not answer, and that is no blip: each time that it has been asked again in vain. */
  onOutage?(error: DrError, outage: Outage): Promise<void>;
}

/**
 * Does what is idempotent again while what stands in its way may pass: a few times where somebody answered, and for minutes
 * where nobody does.
 */
export class Patient {
  readonly #patience: Patience;
  #outage: Outage | undefined;
  #tries = 0;
  #begun = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** There are news of an attempt: when it has gone on for a while both begin anew. Whether it had been told to wait. */
  goesOn(): boolean {
    if (this.#patience.clock.now().getTime() - this.#begun < proven) return false;
    const waited = this.#outage?.lasts ?? false;
    this.#outage = undefined;
    this.#tries = 0;
    return waited;
  }

  async try<T>(work: () => Promise<T>): Promise<T> {
    const { signal, mayPass } = this.#patience;
    for (;;) {
      this.#begun = this.#patience.clock.now().getTime();
      try {
        return await work();
      } catch (error) {
        if (signal.aborted || !mayPass(error)) throw error;
        await (isOutage(error) ? this.#waitFor(error) : this.#pause(error));
      }
    }
  }

  async #waitFor(error: DrError): Promise<void> {
    const { clock, signal, outage, onOutage } = this.#patience;
    this.#outage ??= new Outage(clock, outage === undefined ? {} : { patience: outage });
    if (this.#outage.lasts) await onOutage?.(error, this.#outage);
    await this.#outage.wait(error, signal);
  }

  async #pause(error: unknown): Promise<void> {
    const { clock, signal } = this.#patience;
    this.#outage = undefined;
    const wait = retryAfter[this.#tries];
    if (wait === undefined) throw error;
    this.#tries += 1;
    await clock.sleep(wait, signal);
  }
}

/** The server was busy or not to be reached. */
export function isBusy(error: unknown): boolean {
  return error instanceof DrError && error.name === 'ServiceUnavailableError' && error.code !== 'CONTENTS_UNREADABLE';
}

/** Worth another try: the server was busy or not to be reached, or somebody wrote the same object at the same time. */
export function isPassing(error: unknown): boolean {
  return isBusy(error) || (error instanceof DrError && error.code === 'CONFLICT');
}
