import type { LoggerService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import type { Operation, OperationEvent } from '@kubectl-dr/core/execution/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { StartedOperation } from '@kubectl-dr/core/service/port';

export interface OperationRunnerOptions {
  logger: LoggerService;
  clock: Clock;
  /** After each change of an operation that runs here. */
  onChange(id: string): void;
  onEnd(operation: Operation): void;
}

/** How long the last state of an ended operation is kept, until the watches have surely brought it; milliseconds. */
const keptAfterEnd = 60_000;

/** Carries out what was started here, in the background, and knows its state sooner than the journal's watch. */
export class OperationRunner {
  private readonly options: OperationRunnerOptions;
  private readonly live = new Map<string, Operation>();
  private readonly running = new Set<Promise<void>>();

  constructor(options: OperationRunnerOptions) {
    this.options = options;
  }

  start(started: StartedOperation): void {
    this.live.set(started.operation.id, started.operation);
    const work = this.follow(started).finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** The newest state of an operation that runs here, or ran here a moment ago. */
  get(id: string): Operation | undefined {
    return this.live.get(id);
  }

  operations(): Iterable<Operation> {
    return this.live.values();
  }

  /** Resolves when all that runs here has ended or stopped. */
  async idle(): Promise<void> {
    await Promise.all(this.running);
  }

  private async follow({ operation, events }: StartedOperation): Promise<void> {
    const { logger, clock, onChange, onEnd } = this.options;
    const { id } = operation;
    onChange(id);
    try {
      for await (const event of events) {
        this.live.set(id, after(this.live.get(id) ?? operation, event));
        onChange(id);
      }
      const ended = this.live.get(id)!;
      logger.info(`The operation ${id} ended: ${ended.state}${ended.message === undefined ? '' : `, ${ended.message}`}`);
      onEnd(ended);
      void clock.sleep(keptAfterEnd).then(() => this.live.delete(id));
    } catch (thrown) {
      // Its journal says how far it came: whoever looks, sees that, and can resume it.
      this.live.delete(id);
      logger.warn(`The operation ${id} is not carried out here any longer: ${asDrError(thrown).message}`);
      onChange(id);
    }
  }
}

function after(operation: Operation, event: OperationEvent): Operation {
  if (event.type === 'operation') return event.operation;
  return { ...operation, steps: operation.steps.map((step) => (step.id === event.step.id ? event.step : step)) };
}
