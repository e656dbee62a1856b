import type { LoggerService } from '@backstage/backend-plugin-api';
import type { TenancyRule } from '@kubectl-dr/core/application/tenancy';
import type { DrError } from '@kubectl-dr/core/errors';
import { ServiceUnavailableError, asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Reason } from '@kubectl-dr/core/reason';
import type { Fleet } from '@kubectl-dr/core/service/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { WatchReader, WatchState } from '@kubectl-dr/kubernetes';
import { Agreements } from './Agreements.ts';
import { Bell } from './Bell.ts';
import type { Snapshot } from './snapshot.ts';
import { digestOf, snapshotOf } from './snapshot.ts';

/** Milliseconds. */
export interface IndexPace {
  /** For the clusters' first answers; one that takes longer is shown as not read yet, and the others are not kept waiting. */
  start: number;
  /** At least between two assessments, and three times as long as the last one took. */
  pause: number;
  /** At most between two assessments: verdicts age without news. */
  tick: number;
  /** For the contents of points; what is not read by then is told as unknown, and continued. */
  contents: number;
}

export const usualIndexPace: IndexPace = { start: 2_000, pause: 500, tick: 30_000, contents: 20_000 };

export interface FleetIndexOptions {
  service: Pick<DrService, 'fleet'>;
  reader: WatchReader;
  tenancy: readonly TenancyRule[];
  clock: Clock;
  logger: LoggerService;
  pace?: IndexPace;
  /** What else there is to say of an application, beside what its verdict rests on. */
  remarks?(application: string): readonly Reason[];
  /** After an assessment that says something else than the one before. */
  onChange(): void;
}

/** The fleet, assessed again whenever something changed. Requests read the latest assessment and never wait for one. */
export class FleetIndex {
  /** Why the latest assessment failed; the one before is still served. */
  failure: DrError | undefined;
  private readonly options: FleetIndexOptions;
  private readonly bell = new Bell();
  private snapshot: Snapshot | undefined;
  private digest = '';

  constructor(options: FleetIndexOptions) {
    this.options = options;
  }

  /** Something changed: assess soon. */
  touch(): void {
    this.bell.ring();
  }

  /** ServiceUnavailableError during the first seconds. */
  current(): Snapshot {
    if (this.snapshot) return this.snapshot;
    throw new ServiceUnavailableError('The clusters are being read for the first time', {
      code: 'TIMEOUT',
      hint: 'Look again in a few seconds.',
      ...(this.failure && { cause: this.failure }),
    });
  }

  states(): WatchState[] {
    return this.options.reader.states();
  }

  /** When what is served was computed, local milliseconds; undefined before the first time. */
  get assessedAt(): number | undefined {
    return this.snapshot?.assessedAt;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { reader, clock, pace = usualIndexPace } = this.options;
    const end = reader.onChange(() => this.touch());
    await reader.settled(pace.start, signal).catch(() => undefined);
    // A first picture without looking inside points: seconds earlier, and never wrong, only undecided.
    await this.assess(false, signal);
    while (!signal.aborted) {
      const began = clock.now().getTime();
      await this.assess(true, signal);
      const took = clock.now().getTime() - began;
      await clock.sleep(Math.max(pace.pause, 3 * took), signal).catch(() => undefined);
      await this.bell.wait(pace.tick, clock, signal);
    }
    end();
  }

  private async assess(contents: boolean, signal: AbortSignal): Promise<void> {
    const { service, reader, tenancy, clock, logger, onChange, remarks } = this.options;
    try {
      const fleet = remarked(await this.fleet(service, contents, signal), remarks);
      const agreements = new Agreements((cluster) => reader.objects(cluster, 'namespaces'), tenancy);
      this.snapshot = snapshotOf(fleet, agreements, clock.now().getTime());
      this.failure = undefined;
      const digest = digestOf(fleet);
      if (digest === this.digest) return;
      this.digest = digest;
      onChange();
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asDrError(thrown);
      if (error.message !== this.failure?.message) logger.error(`The fleet could not be assessed: ${error.message}`, error);
      this.failure = error;
    }
  }

  private async fleet(service: FleetIndexOptions['service'], contents: boolean, signal: AbortSignal) {
    if (!contents) return service.fleet({ contents: false, signal });
    const limit = AbortSignal.timeout((this.options.pace ?? usualIndexPace).contents);
    try {
      return await service.fleet({ contents: true, signal: AbortSignal.any([signal, limit]) });
    } catch (thrown) {
      if (signal.aborted || !limit.aborted) throw thrown;
      return service.fleet({ contents: false, signal });
    }
  }
}

function remarked(fleet: Fleet, remarks: FleetIndexOptions['remarks']): Fleet {
  if (!remarks) return fleet;
  const applications = fleet.applications.map((status) => {
    const more = remarks(status.application.name);
    return more.length === 0 ? status : { ...status, reasons: [...status.reasons, ...more] };
  });
  return { ...fleet, applications };
}
