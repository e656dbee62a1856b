import { InputError } from '../../errors.ts';
import type { ReplicationProgress, ReplicationRef, Replicator } from '../../ports/replication.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { refOf } from '../../protection/replication.ts';
import { formatAge } from '../../text/age.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent, failed, ours } from './context.ts';
import { assertAnswers, isSilence } from '../silence.ts';
import { untilEnded } from './until-ended.ts';

function replicatorOf(id: string, context: ActionContext): Replicator {
  const replicator = context.engines.find((engine) => engine.id === id)?.replicator;
  if (!replicator) throw new InputError(`the engine ${id} of the plan copies nothing continuously`);
  return replicator;
}

function at(cluster: string, namespace: string, { peer, clock, signal }: ActionContext): EngineContext {
  return { cluster: peer(cluster), clock, namespace, signal };
}

function endsOf({ from, sources, targets }: Action<'replication.sync'> | Action<'replication.sync.end'>, context: ActionContext) {
  return {
    source: at(from, sources[0]!.namespace, context),
    target: at(context.cluster.name, targets[0]!.namespace, context),
  };
}

export async function sync(action: Action<'replication.sync'>, context: ActionContext): Promise<string> {
  const replicator = replicatorOf(action.engine, context);
  const { sources, targets, quiesced } = action;
  const request = { name: context.name, sources, targets, ...(quiesced !== undefined && { quiesced }) };
  const ends = endsOf(action, context);
  const end = await untilEnded(() => replicator.sync(ends, request), context);
  if (end.phase !== 'Succeeded')
    throw failed(context, `the sync ended ${end.nativePhase}: ${end.message ?? 'its engine does not say why'}`);
  return `${counted(sources.length, 'volume')} copied once more`;
}

export async function endSync(action: Action<'replication.sync.end'>, context: ActionContext): Promise<string> {
  const replicator = replicatorOf(action.engine, context);
  const { sources, targets } = action;
  const ends = endsOf(action, context);
  for (const name of context.other(action.sync).names) {
    // Each side for itself: one that is silent keeps nothing from the other.
    await replicator.endSync({ target: ends.target }, { name: name, sources, targets });
    await replicator.endSync({ source: ends.source }, { name: name, sources, targets }).catch((error: unknown) => {
      if (!isSilence(error)) throw error;
    });
  }
  return 'copies go on by their own timetable';
}

export async function promote(action: Action<'replication.promote'>, context: ActionContext): Promise<string> {
  const { request } = action;
  const replicator = replicatorOf(action.engine, context);
  const where = at(context.cluster.name, request.targets[0]!.namespace, context);
  const name = context.name;
  const asked = { ...request, name, labels: { ...request.labels, ...ours(context) } };
  let last: ReplicationProgress | undefined;
  const end = await untilEnded(async () => (last = await replicator.promote(where, asked)), context);
  if (end.phase !== 'Succeeded') throw failed(context, end.message ?? `the promotion ended ${end.nativePhase}`);
  const told = last!.claims.flatMap(({ capturedAt }) => capturedAt ?? []).toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const [oldest] = told;
  if (oldest === undefined || told.length < last!.claims.length)
    return `${counted(request.targets.length, 'volume')} made; nobody can tell how old the data is`;
  await context.report({ capturedAt: oldest });
  const age = (await context.cluster.now({ signal: context.signal })).getTime() - Date.parse(oldest);
  return `${counted(request.targets.length, 'volume')} made of data that is ${formatAge(Math.max(0, age))} old`;
}

export async function endPromotion(action: Action<'replication.promote.end'>, context: ActionContext): Promise<string> {
  const replicator = replicatorOf(action.engine, context);
  const { request, promote: step } = action;
  const where = at(context.cluster.name, request.targets[0]!.namespace, context);
  for (const name of context.other(step).names) await replicator.endPromotion(where, { ...request, name: name });
  return 'nothing is left of it but the volumes';
}

/** What a cluster that was silent when the plan was made still sends of these claims. */
async function sourcesAt(
  { engine: id, request }: Action<'replication.reverse'>,
  { cluster }: EngineContext,
  context: ActionContext,
): Promise<ReplicationRef[]> {
  const { signal } = context;
  const engine = context.engines.find((candidate) => candidate.id === id)!;
  const { namespace } = request.target;
  const lists = await Promise.all(
    engine.replicator!.types.map(async (type) => {
      const found = await cluster.list(type, { namespace, signal }).catch(absent);
      return [resourceKey(type), found?.items ?? []] as const;
    }),
  );
  const reading = { cluster: cluster.name, now: await cluster.now({ signal }), age: 0, objects: new Map(lists), failures: new Map() };
  const claims = new Set(request.claims.map(({ metadata }) => metadata.name));
  return engine
    .interpret(reading)
    .replications.filter((one) => one.role === 'source' && one.namespace === namespace && one.claims.some((claim) => claims.has(claim)))
    .map(refOf);
}

export async function reverse(action: Action<'replication.reverse'>, context: ActionContext): Promise<string> {
  const replicator = replicatorOf(action.engine, context);
  const { request, former } = action;
  const end = (side: 'source' | 'target') => at(request[side].cluster, request[side].namespace, context);
  const pending: string[] = [];
  // The new source is here; of the other side nobody knows whether it answers.
  const ends: { source?: EngineContext; target?: EngineContext } = {};
  for (const side of ['source', 'target'] as const) {
    try {
      await assertAnswers(end(side).cluster, context.signal);
      ends[side] = end(side);
    } catch (error) {
      if (action.accepted !== true || context.signal.aborted || !isSilence(error)) throw error;
      pending.push(request[side].cluster);
    }
  }
  const found = ends.target ? await sourcesAt(action, ends.target, context) : [];
  const all = new Map([...former, ...found].map((ref) => [ref.id, ref]));
  await replicator.reverse(ends, request, [...all.values()]);
  const way = `${request.source.cluster} is copied to ${request.target.cluster}`;
  if (pending.length === 0) return `from now on ${way}`;
  return `${way} as soon as ${pending.join(' and ')} answers: its side is still to be set up`;
}

export async function pauseEnds(action: Action<'replication.pause'>, context: ActionContext): Promise<string> {
  const replicator = replicatorOf(action.engine, context);
  let gone = 0;
  for (const ref of action.ends) {
    await replicator.pause(at(ref.cluster, ref.namespace, context), [ref], action.paused).catch((error: unknown) => {
      absent(error);
      gone += 1;
    });
  }
  const left = action.ends.length - gone;
  if (left === 0) return 'there is no copy any more';
  return `${counted(left, 'end')} of a copy ${action.paused ? (left === 1 ? 'rests' : 'rest') : left === 1 ? 'goes on' : 'go on'}`;
}
