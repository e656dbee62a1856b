import { asDrError } from '../errors.ts';
import { directionOf } from '../execution/direction.ts';
import type { Operation, OperationEvent } from '../execution/model.ts';
import { isOutage, Outage } from '../execution/outage.ts';
import type { Clock } from '../ports/clock.ts';

export interface AfterOutage {
  clock: Clock;
  signal: AbortSignal;
  /** Takes the operation up again and carries it out; undefined while the cluster that keeps it does not answer. */
  goOn(): Promise<AsyncIterable<OperationEvent> | undefined>;
}

/**
 * What follows when the process that carries `operation` out had to stop because the cluster that keeps its journal does not
 * answer: nothing is done meanwhile, what was running says so, and as soon as it answers the process goes on like one that
 * resumes. Throws `error` when it has been waited for long enough, and anything else than silence at once. A release is not
 * waited for: whoever releases comes again.
 */
export async function* afterOutage(operation: Operation, error: unknown, deps: AfterOutage): AsyncIterable<OperationEvent> {
  const { clock, signal, goOn } = deps;
  let failure = error;
  const outage = new Outage(clock, { hint: `when it answers: kubectl dr resume ${operation.id}` });
  for (;;) {
    if (signal.aborted || !isOutage(failure) || directionOf(operation) === 'release') throw failure;
    yield* waiting(operation, outage.told(failure, operation.plan.home), clock.now());
    await outage.wait(failure, signal);
    try {
      const events = await goOn();
      if (!events) continue;
      yield* events;
      return;
    } catch (thrown) {
      failure = asDrError(thrown);
    }
  }
}

/** Of the steps that were under way. */
function* waiting({ id, ...operation }: Operation, message: string, now: Date): Iterable<OperationEvent> {
  const direction = directionOf({ id, ...operation });
  const steps = direction === 'forward' ? operation.steps : (operation[direction]?.steps ?? []);
  for (const step of steps)
    if (step.state === 'Running') yield { type: 'step', operationId: id, step: { ...step, message }, at: now.toISOString() };
}
