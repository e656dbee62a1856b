import { at, listAt, textAt, textList, timeOf } from '../../application/raw.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { MoveContexts, MoveProgress, MoveRequest, Mover } from '../../ports/mover.ts';
import { absent } from '../absent.ts';
import { createOnce } from '../create-once.ts';
import { adminNamespace, kinds, notes } from './kinds.ts';
import { isActing, reverseOf, scheduleOf, specOf, stageText } from './migrations.ts';
import { actionOf, preflight } from './preflight.ts';
import { endTrial, progressOfTrial, startTrial } from './trial.ts';

/** What nobody takes up for so long nobody will: 10 minutes. */
const unseen = 10 * 60_000;
/** An Action tells no times: one that has not ended after so long is given up, whatever it moves. 12 hours. */
const limit = 12 * 60 * 60_000;

/** Failover and failback by Stork's Actions, on the cluster that has the static copy of a MigrationSchedule. */
export const mover: Mover = {
  moves: ['failover', 'relocate', 'failback', 'test'],
  fences: false,
  clearsSource: false,
  tests: 'apart',
  rights: [
    ...['get', 'list'].map((verb) => ({ on: 'steering' as const, verb, type: kinds.migrationSchedules })),
    ...['get', 'list', 'create'].map((verb) => ({ on: 'steering' as const, verb, type: kinds.actions })),
    { on: 'steering', verb: 'list', type: kinds.migrations },
    { on: 'steering', verb: 'get', type: kinds.pairs },
    ...['get', 'patch'].map((verb) => ({ on: 'source' as const, verb, type: kinds.migrationSchedules })),
    ...['get', 'list'].map((verb) => ({ on: 'source' as const, verb, type: kinds.migrations })),
    ...['get', 'create', 'delete'].map((verb) => ({
      on: 'steering' as const,
      verb,
      type: kinds.clones,
      namespace: adminNamespace,
      of: 'test' as const,
    })),
  ],
  preflight,
  start,
  progress,
  finish,
};

async function start(contexts: MoveContexts, request: MoveRequest): Promise<void> {
  const { steering } = contexts;
  const { cluster, signal } = steering;
  const { name: schedule, namespace } = request.application;
  const copy = await cluster.get({ type: kinds.migrationSchedules, namespace, name: schedule }, signal ? { signal } : {});
  const { items: actions } = await cluster.list(kinds.actions, { namespace, ...(signal && { signal }) });
  const busy = actions.find((action) => action.metadata.name !== request.name && isActing(action) && covers(action, copy, schedule));
  if (busy)
    throw new ConflictError(
      `Action ${namespace}/${busy.metadata.name} on ${cluster.name} moves this application already: ${stageText(busy)}`,
      {
        cluster: cluster.name,
        hint: `storkctl --context ${cluster.name} get ${textAt(busy, 'spec', 'actionType') ?? 'failover'} -n ${namespace}`,
      },
    );
  if (request.kind === 'test') return startTrial(contexts, request, copy);
  const namespaces = textList(at(specOf(copy), 'namespaces'));
  const back = request.kind === 'failback' ? await reverse(steering, copy) : undefined;
  await createOnce(steering, kinds.actions, {
    apiVersion: apiVersionOf(kinds.actions),
    kind: kinds.actions.kind,
    metadata: { name: request.name, namespace, labels: request.labels, annotations: request.annotations },
    spec: actionOf(request, namespaces, back?.metadata.name ?? schedule, contexts.source !== undefined),
  });
}

function covers(action: KubeObject, copy: KubeObject, schedule: string): boolean {
  const parameter = at(action, 'spec', 'actionParameter');
  const named = [
    ...textList(at(parameter, 'failoverParameter', 'failoverNamespaces')),
    ...textList(at(parameter, 'failbackParameter', 'failbackNamespaces')),
  ];
  return scheduleOf(action) === schedule || textList(at(specOf(copy), 'namespaces')).some((name) => named.includes(name));
}

export async function reverse({ cluster, signal }: EngineContext, copy: KubeObject): Promise<KubeObject> {
  const { items } = await cluster.list(kinds.migrationSchedules, { namespace: copy.metadata.namespace!, ...(signal && { signal }) });
  const found = reverseOf(items, copy);
  if (found) return found;
  throw new NotFoundError(
    `nothing copies ${copy.metadata.name} back from ${cluster.name}: there is no MigrationSchedule for its namespaces`,
    {
      cluster: cluster.name,
      hint: `storkctl --context ${cluster.name} create migrationschedule --help`,
    },
  );
}

async function progress(contexts: MoveContexts, request: MoveRequest): Promise<MoveProgress> {
  if (request.kind === 'test') return progressOfTrial(contexts, request);
  const { steering, source } = contexts;
  const { cluster, signal } = steering;
  const options = signal ? { signal } : {};
  const { namespace } = request.application;
  const action = await cluster.get({ type: kinds.actions, namespace, name: request.name }, options);
  const about = `Action ${namespace}/${request.name} on ${cluster.name}`;
  const [stage, status] = [textAt(action, 'status', 'stage'), textAt(action, 'status', 'status')];
  const nativePhase = stageText(action);
  const reason = textAt(action, 'status', 'reason');
  const failed = (message: string, rolledBack = false): MoveProgress => ({
    phase: 'Failed',
    nativePhase,
    message,
    claims: [],
    ...(rolledBack && { rolledBack: true }),
  });
  if (stage !== 'Final') {
    const age = (await cluster.now(options)).getTime() - (timeOf(action.metadata.creationTimestamp) ?? Infinity);
    if (stage === undefined && status === undefined && age > unseen) return failed(`nobody acts on ${about}`);
    if (age > limit) return failed(`${about} is at ${nativePhase} for ${limit / 3_600_000} hours`);
    const known = stage ?? 'Validations';
    return {
      phase: 'Running',
      nativePhase,
      ...(stages.has(known) && { stage: known }),
      ...(reason !== undefined && { message: reason }),
      claims: [],
    };
  }
  const summary = [...listAt(action, 'status', 'summary', 'failoverSummary'), ...listAt(action, 'status', 'summary', 'failbackSummary')];
  const bad = summary.find((one) => textAt(one, 'status') !== 'Successful');
  const rolledBack = summary.some((one) => textAt(one, 'status') === 'RollbackSuccessful');
  if (status !== 'Successful')
    return failed(`${about} failed: ${reason ?? (bad && textAt(bad, 'reason')) ?? status ?? 'no status'}`, rolledBack);
  // It ends Successful as a whole although some of its namespaces did not come up.
  if (bad)
    return failed(
      `${about}: ${textAt(bad, 'namespace') ?? '?'} is ${textAt(bad, 'status') ?? 'without status'}: ${textAt(bad, 'reason') ?? 'no reason is told'}`,
    );
  if (request.kind === 'failover') return { phase: 'Succeeded', nativePhase, claims: [] };
  // Where Stork cannot reach the other cluster it goes on without a last copy, and calls that a success.
  const at_ = request.kind === 'relocate' ? source : steering;
  const last = at_ && (await lastMile(at_, namespace, action));
  if (!last) return failed(`${about} went on without a last copy: what was written since the one before is not at ${request.to}`);
  const lacking = listAt(last, 'status', 'volumes').find((volume) => textAt(volume, 'status') !== 'Successful');
  if (textAt(last, 'status', 'status') !== 'Successful' || lacking)
    return failed(
      `the last copy, Migration ${namespace}/${last.metadata.name} on ${at_.cluster.name}, is ${textAt(last, 'status', 'status') ?? 'without status'}`,
    );
  const capturedAt = last.metadata.creationTimestamp;
  return {
    phase: 'Succeeded',
    nativePhase,
    claims: listAt(last, 'status', 'volumes').flatMap((volume) => {
      const claim = textAt(volume, 'persistentVolumeClaim');
      return claim === undefined ? [] : [{ claim, ...(capturedAt !== undefined && { capturedAt }) }];
    }),
  };
}

const stages = new Set([
  'Validations',
  'ScaleDownSource',
  'ScaleDownDestination',
  'WaitAfterScaleDown',
  'LastMileMigration',
  'ScaleUpDestination',
  'ScaleUpSource',
]);

async function lastMile({ cluster, signal }: EngineContext, namespace: string, action: KubeObject): Promise<KubeObject | undefined> {
  const { items } = await cluster.list(kinds.migrations, { namespace, ...(signal && { signal }) });
  return items.find(
    ({ metadata }) =>
      metadata.annotations?.[notes.lastMile] === scheduleOf(action) &&
      metadata.uid !== undefined &&
      metadata.name.endsWith(`-${action.metadata.uid}`),
  );
}

/**
 * The Action stays, for it is evidence. A source that could not be reached goes on copying when it is back, over what runs at the target by
 * then: its schedule is suspended as soon as it answers.
 */
async function finish(
  contexts: Partial<MoveContexts>,
  request: MoveRequest,
): Promise<{ done: boolean; pending: string[]; message?: string }> {
  const { steering, source } = contexts;
  const { name, namespace } = request.application;
  if (request.kind === 'test') {
    if (!steering) return { done: false, pending: [`take away what is left of the test ${request.name} when ${request.to} answers`] };
    return { pending: [], ...(await endTrial(steering, request)) };
  }
  if (request.kind === 'failback') return { done: true, pending: [] };
  const action = steering && (await steering.cluster.get({ type: kinds.actions, namespace, name: request.name }).catch(absent));
  // One that never was, or that failed, has left nothing.
  if (steering && (!action || textAt(action, 'status', 'status') !== 'Successful')) return { done: true, pending: [] };
  if (!source)
    return {
      done: false,
      pending: [
        `suspend the MigrationSchedule ${namespace}/${name} on ${request.from} when it answers: it would copy over what runs on ${request.to}`,
      ],
    };
  const ref = { type: kinds.migrationSchedules, namespace, name };
  const schedule = await source.cluster.get(ref).catch(absent);
  if (schedule && at(schedule, 'spec', 'suspend') !== true) await source.cluster.patch(ref, 'merge', { spec: { suspend: true } });
  return { done: true, pending: [] };
}
