import { textAt } from '../../application/raw.ts';
import { InputError } from '../../errors.ts';
import type { MoveOrder } from '../../planning/model.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import type { MoveContexts, MoveProgress, MoveRequest, Mover } from '../../ports/mover.ts';
import { formatAge } from '../../text/age.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent, failed, type News, ours, until } from './context.ts';
import { assertAnswers, isSilence } from '../silence.ts';
import { untilEnded } from './until-ended.ts';

type Ended = 'mover.move' | 'mover.finish';

function moverOf(id: string, context: ActionContext): Mover {
  const mover = context.engines.find((engine) => engine.id === id)?.mover;
  if (!mover) throw new InputError(`the engine ${id} of the plan moves no application by itself`);
  return mover;
}

function requestOf({ order }: Action<Ended>, name: string, context: ActionContext): MoveRequest {
  const { source: _, target: __, leaves: ___, namespaces: ____, ...request } = order;
  return { ...request, name, labels: { ...request.labels, ...ours(context) } };
}

/** The sides that answer. One that was reckoned with and is silent is an error, unless somebody took that risk by name. */
async function contextsOf({ source, target, namespaces, accepted }: MoveOrder, context: ActionContext): Promise<MoveContexts> {
  const { clock, signal } = context;
  const side = (cluster: string): EngineContext => ({ cluster: context.peer(cluster), clock, namespace: namespaces[0]!, signal });
  const contexts: MoveContexts = { steering: { cluster: context.cluster, clock, namespace: namespaces[0]!, signal }, target: side(target) };
  if (source === undefined) return contexts;
  try {
    await assertAnswers(side(source).cluster, signal);
    return { ...contexts, source: side(source) };
  } catch (error) {
    if (accepted === undefined || signal.aborted || !isSilence(error)) throw error;
    return contexts;
  }
}

export async function move(action: Action<'mover.move'>, context: ActionContext): Promise<string> {
  const mover = moverOf(action.engine, context);
  const { order, stages } = action;
  const contexts = await contextsOf(order, context);
  const known = await goingOn(mover, contexts, action, context);
  const request = known ?? requestOf(action, context.name, context);
  // How old the data is that it goes on with is known before: afterwards the engine tells of copies the other way.
  const loses = order.kind === 'failover' || order.kind === 'test';
  const preview = known && !loses ? undefined : await mover.preflight(contexts, request);
  // What an engine did of an attempt that failed may be in the way of the next: it might copy over what runs.
  const blocker = known ? undefined : preview?.reasons.find(({ severity }) => severity === 'blocker');
  if (blocker) throw failed(context, blocker.message, blocker.fix);
  const claims = loses ? preview?.claims : undefined;
  const times = claims?.flatMap(({ capturedAt }) => capturedAt ?? []).toSorted((a, b) => Date.parse(a) - Date.parse(b)) ?? [];
  await mover.start(contexts, request);
  if (times[0] !== undefined) await context.report({ capturedAt: times[0] });
  const look = (): Promise<MoveProgress> => mover.progress(contexts, request);
  const end = await untilEnded(look, context, (progress) => newsOfStage(progress, stages));
  if (end.phase !== 'Succeeded') {
    const why = end.message ?? `${action.engine} ended the move: ${end.nativePhase}`;
    throw failed(context, end.rolledBack ? `${why}; it runs on ${order.leaves} again` : why);
  }
  const runs = `${order.application.name} runs on ${order.target}${order.kind === 'test' ? ' as a test' : ''}`;
  if (!loses) return `${runs}; nothing was lost`;
  if (times[0] === undefined) return claims?.length === 0 ? `${runs}; it was copied once more before` : runs;
  const age = (await context.cluster.now({ signal: context.signal })).getTime() - Date.parse(times[0]);
  return `${runs}, with data that is ${formatAge(Math.max(0, age))} old`;
}

/** An attempt that was given up may have gone on since: it is waited for, and no second one is begun beside it. */
async function goingOn(
  mover: Mover,
  contexts: MoveContexts,
  action: Action<'mover.move'>,
  context: ActionContext,
): Promise<MoveRequest | undefined> {
  for (const name of context.other(context.stepId).names.toReversed()) {
    const request = requestOf(action, name, context);
    const progress = await mover.progress(contexts, request).catch(absent);
    if (progress && progress.phase !== 'Failed') return request;
  }
  return undefined;
}

/** Which stage it is at is told in our words where we know it, in the engine's in any case. */
function newsOfStage(progress: MoveProgress, stages: Action<'mover.move'>['stages']): News {
  const index = stages.findIndex(({ stage }) => stage === progress.stage);
  const native = progress.nativePhase || 'waiting for the engine';
  const told = index < 0 ? native : `${index + 1} of ${stages.length}: ${stages[index]!.title} (${native})`;
  const more = progress.waitsForUser ? `waits for you: ${progress.waitsForUser}` : progress.message;
  return {
    nativePhase: progress.nativePhase,
    message: more === undefined ? told : `${told}; ${more}`,
    ...(index >= 0 && { progress: index / stages.length }),
  };
}

export async function finishMove(action: Action<'mover.finish'>, context: ActionContext): Promise<string> {
  const mover = moverOf(action.engine, context);
  const { order } = action;
  const { source: _, ...alone } = order;
  const isTest = order.kind === 'test';
  // What was tried is taken back on its own side, whether the other one answers or not.
  const whole = await contextsOf(isTest ? alone : { ...order, source: order.leaves }, context);
  for (const name of context.other(action.move).names) {
    const request = requestOf(action, name, context);
    const left = await until(context, 'endless', async (tell) => {
      const { done, pending, message } = await mover.finish(whole, request, isTest ? 'revert' : 'keep');
      if (done) return '';
      const owed = pending.join('; ');
      // The plan's release does it, as soon as that cluster answers.
      if (owed !== '' && whole.source === undefined && !isTest) return owed;
      tell(owed === '' ? (message ?? `${action.engine} is not finished yet`) : `waits for you: ${owed}`);
      return undefined;
    });
    if (left !== '') return `still to be done: ${left}`;
  }
  if (action.quiet) await untilNothingRuns(action.quiet, order, context);
  return 'nothing is left of it';
}

/** Deleting a workload and its pods, seconds. */
const quietTimeout = 600;

/** Pods of jobs are left out: they end by themselves, and those that copy volumes into the namespace are none of the application. */
async function untilNothingRuns(
  places: NonNullable<Action<'mover.finish'>['quiet']>,
  { application: { name }, target }: MoveOrder,
  context: ActionContext,
): Promise<void> {
  const { signal } = context;
  const cluster = context.peer(target);
  let running: string[] = [];
  const late = () =>
    failed(
      { cluster },
      `${running.slice(0, 3).join(', ')} of the test of ${name} still runs on ${target} after ${quietTimeout} s`,
      `kubectl --context ${target} get pods -A`,
    );
  await until(context, { timeoutSeconds: quietTimeout, late }, async (tell) => {
    const lists = await Promise.all(
      places.map(({ namespace, labelSelector }) =>
        cluster.list(types.pods, { namespace, ...(labelSelector !== undefined && { labelSelector }), signal }),
      ),
    );
    running = lists.flatMap(({ items }) => items.filter(isOfTest).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    if (running.length === 0) return true;
    tell(`waiting for ${counted(running.length, 'pod')} of the test to go: ${running.slice(0, 3).join(', ')}`);
    return undefined;
  });
}

function isOfTest(pod: KubeObject): boolean {
  const phase = textAt(pod, 'status', 'phase');
  const isOfJob = pod.metadata.ownerReferences?.some(({ controller, kind }) => controller === true && kind === 'Job') ?? false;
  return phase !== 'Succeeded' && phase !== 'Failed' && !isOfJob;
}
