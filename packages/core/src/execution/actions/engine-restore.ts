import type { Engine, EngineContext, NativeProgress } from '../../ports/engine.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, engineOf, failed, ours, until } from './context.ts';
import { removeClaim } from './claims.ts';
import { hasEnded, tell, untilEnded } from './until-ended.ts';

export async function restore(action: Action<'engine.restore'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { name, attempt } = context;
  const request = { ...action.request, name, labels: { ...action.request.labels, ...ours(context) } };
  if (attempt > 1) await clearFailedAttempt(action, context);
  await engine.startRestore(at, request);
  if (action.until === 'claims') return untilClaims(action, context, () => engine.progressOfRestore(at, name));
  const end = await untilEnded(() => engine.progressOfRestore(at, name), context);
  return concluded(engine, at, name, end, context);
}

/** What an attempt left behind is in the way of the next: engines do not restore into claims that exist. */
async function clearFailedAttempt({ claims = [] }: Action<'engine.restore'>, context: ActionContext): Promise<void> {
  for (const { namespace, claim, kept } of claims) {
    const live = await context.cluster
      .get({ type: types.persistentVolumeClaims, namespace, name: claim }, { signal: context.signal })
      .catch(absent);
    if (live) await removeClaim(live, context, kept);
  }
}

/** The claims are there, so that pods which use them can be started: until then a StatefulSet would make empty ones. */
function untilClaims(action: Action<'engine.restore'>, context: ActionContext, look: () => Promise<NativeProgress>): Promise<string> {
  const { claims = [] } = action;
  return until(context, { timeoutSeconds: Infinity, late: () => failed(context, 'late') }, async () => {
    const progress = await look();
    const there = await Promise.all(
      claims.map(({ namespace, claim }) =>
        context.cluster.get({ type: types.persistentVolumeClaims, namespace, name: claim }, { signal: context.signal }).catch(absent),
      ),
    );
    if (there.every((claim) => claim !== undefined))
      return `${claims.length === 1 ? '1 claim is' : `${claims.length} claims are`} back, the data is on its way`;
    if (hasEnded(progress)) {
      const missing = claims.filter((_, index) => !there[index]).map(({ claim }) => claim);
      throw failed(
        context,
        `the restore ${context.name} on ${context.cluster.name} ended ${progress.nativePhase} without ${missing.join(', ')}${progress.message ? `: ${progress.message}` : ''}`,
      );
    }
    await tell(progress, context);
    return undefined;
  });
}

/** For a restore whose claims were enough for the steps in between. `any`: it is stopped, and may end as it likes. */
export async function endOfRestore(action: Action<'engine.restore.end'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { name } = context.other(action.restore);
  if (action.outcome === 'success') {
    return concluded(engine, at, name, await untilEnded(() => engine.progressOfRestore(at, name), context), context);
  }
  const begun = await engine.progressOfRestore(at, name).catch(absent);
  if (!begun) return 'it was not begun';
  if (!hasEnded(begun)) {
    await engine.stopRestore?.(at, name);
    await untilEnded(() => engine.progressOfRestore(at, name), context);
  }
  await engine.finishRestore(at, name);
  return `${name} writes no more`;
}

async function concluded(engine: Engine, at: EngineContext, name: string, end: NativeProgress, context: ActionContext): Promise<string> {
  const outcome = end.phase === 'Succeeded' || end.phase === 'Degraded' ? await engine.outcomeOfRestore(at, name) : undefined;
  await engine.finishRestore(at, name);
  // An engine may list what exists and differs as failed, and still succeed: what really failed is among its errors.
  if (end.phase === 'Succeeded' && outcome && outcome.errors.length === 0) {
    return `${outcome.created} objects created${outcome.skipped > 0 ? `, ${outcome.skipped} were there already` : ''}`;
  }
  const why = outcome?.errors[0] ?? end.message ?? `${outcome?.failed ?? 'some'} objects failed`;
  throw failed(context, `the restore ${name} on ${context.cluster.name} ended ${end.nativePhase}: ${why}`);
}
