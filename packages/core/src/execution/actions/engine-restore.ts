import { claimsOf } from '../../application/pod-references.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import type { RestoredClaim } from '../../planning/model.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent, engineOf, failed, ours, until } from './context.ts';
import { capturedPoint } from './point-await.ts';
import { removeClaim } from './claims.ts';
import { removeObject } from './objects.ts';
import { hasEnded, newsOf, untilEnded } from './until-ended.ts';

export async function restore(action: Action<'engine.restore'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { name, attempt } = context;
  const point = action.captured === undefined ? action.request.point : capturedPoint({ ...action, backup: action.captured }, context);
  const request = { ...action.request, point, name, labels: { ...action.request.labels, ...ours(context) } };
  // One that was begun already may have made its claims.
  if (attempt > 1 && !(await engine.progressOfRestore(at, name).catch(absent))) await clearFailedAttempt(action, engine, at, context);
  await engine.startRestore(at, request);
  if (action.until === 'claims') return untilClaims(action, context, engine, at);
  const end = await untilEnded(() => engine.progressOfRestore(at, name), context);
  return concluded(engine, at, { name, claims: action.claims ?? [] }, end, context);
}

/** What an attempt left behind is in the way of the next: engines do not restore into claims that exist, nor through pods. */
async function clearFailedAttempt(
  { claims = [] }: Action<'engine.restore'>,
  engine: Engine,
  at: EngineContext,
  context: ActionContext,
): Promise<void> {
  const { cluster, signal } = context;
  for (const namespace of new Set(claims.map((each) => each.namespace))) {
    const { items } = await cluster.list(types.pods, { namespace, signal });
    const names = claims.filter((each) => each.namespace === namespace).map(({ claim }) => claim);
    for (const pod of items) {
      if (!claimsOf(pod.spec).some((name) => names.includes(name)) || !(await isOurs(pod, engine, at, context))) continue;
      await removeObject({ type: types.pods, namespace, name: pod.metadata.name }, pod, context);
    }
  }
  const live = await liveClaims(claims, context);
  for (const [index, { kept }] of claims.entries()) {
    const claim = live[index];
    if (claim) await removeClaim(claim, context, kept);
  }
}

/** Brought back by a restore of this operation. */
async function isOurs(object: KubeObject, engine: Engine, at: EngineContext, context: ActionContext): Promise<boolean> {
  return (await Promise.all(context.restores().map((name) => engine.isRestoredBy(object, name, at)))).includes(true);
}

function liveClaims(claims: readonly RestoredClaim[], { cluster, signal }: ActionContext): Promise<(KubeObject | undefined)[]> {
  return Promise.all(
    claims.map(({ namespace, claim }) =>
      cluster.get({ type: types.persistentVolumeClaims, namespace, name: claim }, { signal }).catch(absent),
    ),
  );
}

/**
 * Engines leave a claim that exists as it is and call the restore a success: whoever made one after ours was taken off has
 * kept the data away.
 */
async function assertRestored(claims: readonly RestoredClaim[], engine: Engine, at: EngineContext, context: ActionContext): Promise<void> {
  const { cluster } = context;
  for (const live of await liveClaims(claims, context)) {
    if (!live || (await isOurs(live, engine, at, context))) continue;
    const { namespace, name } = live.metadata;
    throw failed(
      context,
      `the PersistentVolumeClaim ${namespace}/${name} on ${cluster.name} was made by somebody else meanwhile, so that its data did not come back`,
      `stop whoever makes it, and then: kubectl dr resume ${context.operationId}, or kubectl dr undo ${context.operationId}`,
    );
  }
}

/** The claims are there, so that pods which use them can be started: until then a StatefulSet would make empty ones. */
function untilClaims(action: Action<'engine.restore'>, context: ActionContext, engine: Engine, at: EngineContext): Promise<string> {
  const { claims = [] } = action;
  return until(context, 'endless', async (tell) => {
    const progress = await engine.progressOfRestore(at, context.name);
    const there = await liveClaims(claims, context);
    if (there.every((claim) => claim !== undefined)) {
      await assertRestored(claims, engine, at, context);
      return `${claims.length === 1 ? '1 claim is' : `${claims.length} claims are`} back, the data is on its way`;
    }
    if (hasEnded(progress)) {
      const missing = claims.filter((_, index) => !there[index]).map(({ claim }) => claim);
      throw failed(
        context,
        `the restore ${context.name} on ${context.cluster.name} ended ${progress.nativePhase} without ${missing.join(', ')}${progress.message ? `: ${progress.message}` : ''}`,
      );
    }
    tell(newsOf(progress));
    return undefined;
  });
}

/** For a restore whose claims were enough for the steps in between. `any`: it is stopped, and may end as it likes. */
export async function endOfRestore(action: Action<'engine.restore.end'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { name, step } = context.other(action.restore);
  if (action.outcome === 'success') {
    const claims = (step.action.kind === 'engine.restore' && step.action.claims) || [];
    return concluded(engine, at, { name, claims }, await untilEnded(() => engine.progressOfRestore(at, name), context), context);
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

/** Of every attempt: each may have left something. */
export async function releaseRestore(action: Action<'engine.restore.release'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { names } = context.other(action.restore);
  for (const name of names) await engine.releaseRestore?.(at, name, action.namespaces);
  return `nothing of ${names.join(', ')} is left but what came back and what it still needs`;
}

async function concluded(
  engine: Engine,
  at: EngineContext,
  { name, claims }: { name: string; claims: readonly RestoredClaim[] },
  end: NativeProgress,
  context: ActionContext,
): Promise<string> {
  const outcome = end.phase === 'Succeeded' || end.phase === 'Degraded' ? await engine.outcomeOfRestore(at, name) : undefined;
  await engine.finishRestore(at, name);
  // An engine may list what exists and differs as failed, and still succeed: what really failed is among its errors.
  if (end.phase === 'Succeeded' && outcome && outcome.errors.length === 0) {
    await assertRestored(claims, engine, at, context);
    return `${counted(outcome.created, 'object')} created${outcome.skipped > 0 ? `, ${outcome.skipped} ${outcome.skipped === 1 ? 'was' : 'were'} there already` : ''}`;
  }
  const why = outcome?.errors[0] ?? end.message ?? `${outcome?.failed ?? 'some'} objects failed`;
  throw failed(context, `the restore ${name} on ${context.cluster.name} ended ${end.nativePhase}: ${why}`);
}
