import type { Clock } from '@kubectl-dr/core/ports/clock';

/** Wakes whoever waits. Rung while nobody waits, it wakes the next one at once. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Until it is rung, or `milliseconds` have passed, or the signal fires. Never throws. */
  async wait(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const end = new AbortController();
    if (!this.rung) {
      await Promise.race([
        new Promise<void>((resolve) => (this.wake = resolve)),
        clock.sleep(milliseconds, AbortSignal.any([signal, end.signal])).catch(() => undefined),
      ]);
    }
    end.abort();
    this.rung = false;
    this.wake = undefined;
  }
}
