import type { LoggerService } from '@backstage/backend-plugin-api';
import type { TenancyRule } from '@kubectl-dr/core/application/tenancy';
import type { DrError } from '@kubectl-dr/core/errors';
import { ServiceUnavailableError, asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Reason } from '@kubectl-dr/core/reason';
import type { ApplicationStatus, Fleet } from '@kubectl-dr/core/service/model';
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
  /** For the first answer of the catalog: without it nobody knows whose an application is and what is promised to them. */
  catalog: number;
  /** At least between two assessments, and three times as long as the last one took. */
  pause: number;
  /** At most between two assessments, and how old a verdict may be that nothing changed for: it ages without news. */
  tick: number;
  /** For one round of reading the contents of points; what is not read by then is continued in the next. */
  contents: number;
  /** Between two assessments while contents arrive. */
  progress: number;
}

export const usualIndexPace: IndexPace = { start: 2_000, catalog: 30_000, pause: 500, tick: 30_000, contents: 20_000, progress: 2_000 };

export interface FleetIndexOptions {
  service: Pick<DrService, 'fleet'>;
  reader: WatchReader;
  /** Resolves when the catalog has answered, or failed, once; at the latest after so many milliseconds. */
  catalogTried(milliseconds: number, signal: AbortSignal): Promise<void>;
  tenancy: readonly TenancyRule[];
  clock: Clock;
  logger: LoggerService;
  pace?: IndexPace;
  /** What else there is to say of an application, beside what its verdict rests on. */
  remarks?(application: string): readonly Reason[];
  /** After an assessment that says something else than the one before. */
  onChange(): void;
}

/**
 * The fleet, assessed again whenever something changed: what the change concerns, and the rest by and by. What is inside points
 * is read beside that. Requests read the latest assessment and never wait for one.
 */
export class FleetIndex {
  /** Why the latest assessment failed; the one before is still served. */
  failure: DrError | undefined;
  private readonly options: FleetIndexOptions;
  private readonly bell = new Bell();
  /** Rung when an assessment left something open that only a look inside points tells. */
  private readonly open = new Bell();
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
    throw new ServiceUnavailableError('The clusters and the catalog are being read for the first time', {
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
    const { reader, catalogTried, pace = usualIndexPace } = this.options;
    const end = reader.onChange(() => this.touch());
    await Promise.all([reader.settled(pace.start, signal), catalogTried(pace.catalog, signal)]).catch(() => undefined);
    // The first picture comes without a look inside points: seconds earlier, and never wrong, only undecided.
    await Promise.all([this.assessAgainAndAgain(signal), this.readContents(signal)]);
    end();
  }

  private async assessAgainAndAgain(signal: AbortSignal): Promise<void> {
    const { clock, pace = usualIndexPace } = this.options;
    for (let first = true; !signal.aborted; first = false) {
      const began = clock.now().getTime();
      await this.assess(signal);
      if (first || this.snapshot?.fleet.applications.some(undecided)) this.open.ring();
      const took = clock.now().getTime() - began;
      await clock.sleep(Math.max(pace.pause, 3 * took), signal).catch(() => undefined);
      await this.bell.wait(pace.tick, clock, signal);
    }
  }

  /** What cannot be read is said by the assessment, with its reason. */
  private async readContents(signal: AbortSignal): Promise<void> {
    const { service, clock, pace = usualIndexPace } = this.options;
    while (!signal.aborted) {
      await this.open.wait(pace.tick, clock, signal);
      if (signal.aborted) return;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(pace.contents)]);
      const reading = service.fleet({ contents: true, tolerance: pace.tick, signal: limit }).then(
        () => true,
        () => true,
      );
      const over = new AbortController();
      const later = (): Promise<false> => clock.sleep(pace.progress, AbortSignal.any([limit, over.signal])).then(() => false as const);
      while (!(await Promise.race([reading, later().catch(() => reading)]))) this.touch();
      over.abort();
      this.touch();
      await clock.sleep(pace.pause, signal).catch(() => undefined);
    }
  }

  private async assess(signal: AbortSignal): Promise<void> {
    const { service, reader, tenancy, clock, logger, onChange, remarks, pace = usualIndexPace } = this.options;
    try {
      const fleet = remarked(await service.fleet({ contents: false, tolerance: pace.tick, signal }), remarks);
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
}

/** Is there a point that may be usable, and nobody has looked into it yet? */
function undecided({ components }: ApplicationStatus): boolean {
  return components.some(({ points }) => {
    const decisive = points.find(
      ({ point, usable, reasons }) => !point.safety && (usable === 'yes' || (usable === 'unknown' && reasons.length === 0)),
    );
    return decisive?.usable === 'unknown';
  });
}

function remarked(fleet: Fleet, remarks: FleetIndexOptions['remarks']): Fleet {
  if (!remarks) return fleet;
  const applications = fleet.applications.map((status) => {
    const more = remarks(status.application.name);
    return more.length === 0 ? status : { ...status, reasons: [...status.reasons, ...more] };
  });
  return { ...fleet, applications };
}
