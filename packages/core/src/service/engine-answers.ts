import { asDrError } from '../errors.ts';
import type { Step } from '../planning/model.ts';
import type { Engine } from '../ports/engine.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { Reason } from '../reason.ts';
import { type PlannerDeps, contextOf } from './plan-ground.ts';

/** What the engine of a step to back up sees coming. */
export async function foresee(deps: PlannerDeps, { action, cluster, component }: Step, signal?: AbortSignal): Promise<Reason[]> {
  const engine = action.kind === 'engine.backup' && deps.engines.find(({ id }) => id === action.engine);
  if (!engine || !engine.foresee) return [];
  const reasons = await engine.foresee(contextOf(deps, cluster, action.engineNamespace, signal), { backup: action.request });
  return reasons.map((reason) => ({ ...reason, ...(component !== undefined && { component }) }));
}

/** A backup that nobody carries out would be waited for in vain. */
export async function whyDown(
  deps: PlannerDeps,
  clusterName: string,
  engine: { id: string; namespace: string },
  signal?: AbortSignal,
  ask: (driver: Engine, context: EngineContext) => Promise<unknown> | undefined = (driver, context) => driver.ping(context),
): Promise<Reason | undefined> {
  const driver = deps.engines.find(({ id }) => id === engine.id)!;
  try {
    await ask(driver, contextOf(deps, clusterName, engine.namespace, signal));
    return undefined;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const error = asDrError(thrown);
    // Who may not ask may still be allowed to back up.
    if (error.code === 'FORBIDDEN') return undefined;
    return {
      code: 'ENGINE_DOWN',
      severity: 'blocker',
      cluster: clusterName,
      message: error.message,
      ...(error.hint && { fix: error.hint }),
    };
  }
}
