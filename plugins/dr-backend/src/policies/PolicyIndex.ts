import type { LoggerService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import { drift } from '@kubectl-dr/core/policy/rendering/drift';
import type { PolicyChange, PolicyRendering } from '@kubectl-dr/core/policy/rendering/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Reason } from '@kubectl-dr/core/reason';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { WatchReader } from '@kubectl-dr/kubernetes';
import { Bell } from '../index/Bell.ts';

/** What policies ask for beside what the watches saw, at one moment. */
export interface PolicyComparison {
  /** Local time, milliseconds. */
  at: number;
  changes: readonly PolicyChange[];
  /** What could not be rendered, or only in part. */
  reasons: PolicyRendering['reasons'];
}

/** Milliseconds. */
export interface PolicyPace {
  /** For the clusters' first answers. */
  start: number;
  /** At least between two comparisons, and ten times as long as the last one took. */
  pause: number;
  /** At most between two comparisons. */
  tick: number;
}

export const usualPolicyPace: PolicyPace = { start: 5_000, pause: 5_000, tick: 60_000 };

export interface PolicyIndexOptions {
  service: Pick<DrService, 'policies'>;
  reader: Pick<WatchReader, 'settled' | 'onChange'>;
  clock: Clock;
  logger: LoggerService;
  pace?: PolicyPace;
  /** After a comparison that tells of another drift than the one before. */
  onChange(): void;
}

/**
 * Drift, from memory: each replica compares what its own watches saw, so nothing has to be shared and no request waits.
 * Nothing is written here.
 */
export class PolicyIndex {
  private readonly options: PolicyIndexOptions;
  private readonly bell = new Bell();
  private comparison: PolicyComparison | undefined;
  private drifts: ReadonlyMap<string, readonly Reason[]> = new Map();
  private failure: string | undefined;
  private digest = '[]';

  constructor(options: PolicyIndexOptions) {
    this.options = options;
  }

  /** Undefined before the first comparison. */
  current(): PolicyComparison | undefined {
    return this.comparison;
  }

  /** Of one application: what a policy made, and is not as the policy says. */
  driftOf(application: string): readonly Reason[] {
    return this.drifts.get(application) ?? [];
  }

  touch(): void {
    this.bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { reader, clock, pace = usualPolicyPace } = this.options;
    const end = reader.onChange(() => this.touch());
    await reader.settled(pace.start, signal).catch(() => undefined);
    while (!signal.aborted) {
      const began = clock.now().getTime();
      await this.compare(signal);
      const took = clock.now().getTime() - began;
      await clock.sleep(Math.max(pace.pause, 10 * took), signal).catch(() => undefined);
      await this.bell.wait(pace.tick, clock, signal);
    }
    end();
  }

  private async compare(signal: AbortSignal): Promise<void> {
    const { service, clock, logger, onChange } = this.options;
    try {
      const { changes, reasons } = await service.policies({ name: 'portal' }, { signal });
      this.comparison = { at: clock.now().getTime(), changes, reasons };
      this.failure = undefined;
      this.drifts = driftsOf(changes);
      const digest = JSON.stringify([...this.drifts]);
      if (digest === this.digest) return;
      this.digest = digest;
      onChange();
    } catch (thrown) {
      if (signal.aborted) return;
      const { message } = asDrError(thrown);
      if (message !== this.failure) logger.error(`Policies could not be compared with the clusters: ${message}`);
      this.failure = message;
    }
  }
}

/** By application; those without any are absent. */
function driftsOf(changes: readonly PolicyChange[]): Map<string, Reason[]> {
  const drifts = new Map<string, Reason[]>();
  for (const change of changes) {
    for (const { application: _, ...reason } of drift(change.application, [change])) {
      drifts.set(change.application, [...(drifts.get(change.application) ?? []), reason]);
    }
  }
  return drifts;
}
