import type { Clock } from '../ports/clock.ts';

interface Sleeper {
  due: number;
  wake(): void;
}

/**
 * A clock that stands still until told. With `auto`, a sleep moves time forward by itself: waits end at once, in the
 * order in which they are due, and tests never wait for real.
 */
export class FakeClock implements Clock {
  private time: number;
  private readonly auto: boolean;
  private sleepers: Sleeper[] = [];

  constructor(start: string | number | Date = '2026-01-15T12:00:00Z', options: { auto?: boolean } = {}) {
    this.time = new Date(start).getTime();
    this.auto = options.auto ?? false;
  }

  now(): Date {
    return new Date(this.time);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { due: this.time + Math.max(0, milliseconds), wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.sleepers = this.sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
      // Everything that can run without time passing runs first.
      if (this.auto) setTimeout(() => this.wakeNext(), 0);
    });
  }

  /** Milliseconds until the first of those wakes who sleep now; Infinity: nobody sleeps. */
  get untilNext(): number {
    return Math.max(0, Math.min(...this.sleepers.map(({ due }) => due)) - this.time);
  }

  /** Moves time and wakes whoever is due, in order, letting each run before the next. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      const next = this.sleepers.toSorted((a, b) => a.due - b.due)[0];
      if (!next || next.due > end) break;
      this.wake(next);
    }
    this.time = end;
  }

  private wakeNext(): void {
    const next = this.sleepers.toSorted((a, b) => a.due - b.due)[0];
    if (next) this.wake(next);
  }

  private wake(sleeper: Sleeper): void {
    this.sleepers = this.sleepers.filter((other) => other !== sleeper);
    this.time = Math.max(this.time, sleeper.due);
    sleeper.wake();
  }
}
