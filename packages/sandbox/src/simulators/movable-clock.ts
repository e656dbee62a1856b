import type { Clock } from '@kubectl-dr/core/ports/clock';

/** The clock of one cluster: it can be set into the past while a story is told, and can run ahead of the others. */
export class MovableClock implements Clock {
  readonly #base: Clock;
  #set: Date | undefined;
  /** Milliseconds before (positive) or behind the base. */
  offset = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): Date {
    return this.#set ?? new Date(this.#base.now().getTime() + this.offset);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#base.sleep(milliseconds, signal);
  }

  /** Stands still at a time; without one it runs again. */
  set(time?: Date): void {
    this.#set = time;
  }
}
