import { at, listAt, textAt, textList } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ObjectRef } from '../../ports/kubernetes.ts';
import type { MoveContexts, MovePreview, MoveRequest, MoveWrite } from '../../ports/mover.ts';
import type { Reason } from '../../reason.ts';
import { absent } from '../absent.ts';
import { kinds } from './kinds.ts';
import { isOn, isStaticCopy, isUnderWay, pairTrouble, reverseOf, runsOf, specOf } from './migrations.ts';
import { copyUnderWay, stagesOf, writesOf } from './trial.ts';

type Say = (code: Reason['code'], severity: Reason['severity'], message: string, evidence: string, fix?: string) => void;

/** Everything that Stork refuses, and what it would go on with and get wrong. */
export async function preflight(contexts: MoveContexts, request: MoveRequest): Promise<MovePreview> {
  const { steering, source } = contexts;
  const { namespace, name } = request.application;
  const here = steering.cluster.name;
  const reasons: Reason[] = [];
  const say: Say = (code, severity, message, evidence, fix) =>
    reasons.push({ code, severity, message, cluster: here, evidence: [evidence], ...(fix !== undefined && { fix }) });
  const about = `MigrationSchedule ${namespace}/${name}`;
  const copy = await steering.cluster.get({ type: kinds.migrationSchedules, namespace, name }).catch(absent);
  if (!copy || !isStaticCopy(copy)) {
    const why = copy ? 'is not the copy that Stork makes at the other end' : 'does not exist';
    say('REPLICATION_FAILED', 'blocker', `${about} on ${here} ${why}: a failover is steered where it goes to`, about);
    return { reasons, claims: [], writes: [], stages: [] };
  }
  if (request.kind === 'failback') return { reasons, ...(await failback(steering, copy, request, say)) };
  if (at(copy, 'status', 'applicationActivated') === true) say('NOTHING_TO_DO', 'blocker', `${name} runs on ${here} already`, about);
  checkSpec(copy, about, say);
  const answered = source && (await sourceSchedule(source, namespace, name));
  if (request.kind === 'relocate' || (answered && request.kind !== 'test')) await checkPair(steering, copy, request, say);
  if (request.kind === 'relocate' && !answered)
    say(
      'CLUSTER_UNREACHABLE',
      'blocker',
      `${request.from} does not answer: without it there is no last copy, and a planned move would lose data`,
      about,
    );
  if (answered) checkCopies(answered, request, say);
  if (request.kind === 'test') return { reasons, ...(await trial(steering, source, copy, answered, request, say)) };
  if (!answered)
    say(
      'SOURCE_MAY_BE_ALIVE',
      'warning',
      `${request.from} does not answer: Stork fences nothing, and its pods may go on writing`,
      about,
      `make sure that ${request.from} is down`,
    );
  const stages = [
    { stage: 'Validations', title: `Suspend the copies and look for ${request.from}`, cluster: here },
    ...(answered
      ? [
          { stage: 'ScaleDownSource', title: `Stop the application on ${request.from}`, cluster: request.from },
          { stage: 'WaitAfterScaleDown', title: 'Wait until its volumes are free', cluster: request.from },
          { stage: 'LastMileMigration', title: `Copy what was written last to ${request.to}`, cluster: request.from },
        ]
      : []),
    { stage: 'ScaleUpDestination', title: `Start the application on ${request.to}`, cluster: request.to },
  ];
  const action = actionOf(request, textList(at(specOf(copy), 'namespaces')), name, source !== undefined);
  const writes = [
    writeOf(here, request, action),
    ...(answered && source && at(answered, 'spec', 'suspend') !== true ? [suspension(source, request)] : []),
  ];
  // With its source Stork copies once more. Only the source knows of the copies that were made.
  return { reasons, ...(answered !== undefined && { claims: [] }), writes, stages };
}

/** The `spec` of the Action of a move. */
export function actionOf({ kind }: Pick<MoveRequest, 'kind'>, namespaces: string[], schedule: string, answered: boolean): object {
  if (kind === 'failback')
    return {
      actionType: 'failback',
      actionParameter: { failbackParameter: { failbackNamespaces: namespaces, migrationScheduleReference: schedule } },
    };
  return {
    actionType: 'failover',
    actionParameter: {
      failoverParameter: {
        failoverNamespaces: namespaces,
        migrationScheduleReference: schedule,
        // Always said: Stork reads it without looking whether it is there, and dies of it.
        skipSourceOperations: kind === 'failover' && !answered,
      },
    },
  };
}

function writeOf(cluster: string, { name, application: { namespace } }: MoveRequest, spec: object): MoveWrite {
  const leaves = (value: unknown, path: string): MoveWrite['fields'] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [{ path, to: value }];
  return { action: 'create', type: kinds.actions, cluster, namespace, name, fields: leaves(spec, 'spec') };
}

function suspension({ cluster }: EngineContext, { application: { name, namespace } }: MoveRequest): MoveWrite {
  const fields = [{ path: 'spec.suspend', from: false, to: true }];
  return { action: 'change', type: kinds.migrationSchedules, cluster: cluster.name, namespace, name, fields };
}

function checkSpec(copy: KubeObject, about: string, say: Say): void {
  const spec = specOf(copy);
  if (!isOn(spec, 'includeVolumes'))
    say('REPLICATION_EMPTY', 'blocker', `${about} leaves volumes out (includeVolumes: false): the application would start empty`, about);
  if (!isOn(spec, 'includeResources'))
    say('REPLICATION_EMPTY', 'blocker', `${about} leaves objects out (includeResources: false): there is nothing to start`, about);
  if (at(spec, 'startApplications') === true)
    say(
      'SPLIT_BRAIN_RISK',
      'blocker',
      `${about} starts the application with every copy (startApplications: true): two of them run`,
      about,
      'set it to false',
    );
  if (textList(at(spec, 'transformSpecs')).length > 1)
    say('REPLICATION_FAILED', 'blocker', `${about} names more than one of transformSpecs, which fails every Migration`, about);
  if (at(copy, 'spec', 'autoSuspend') !== true)
    say(
      'SPLIT_BRAIN_RISK',
      'warning',
      `${about} does not suspend itself (autoSuspend): a source that comes back would copy over what runs at the target`,
      about,
      'set autoSuspend: true at the source',
    );
}

async function checkPair({ cluster }: EngineContext, schedule: KubeObject, request: MoveRequest, say: Say): Promise<void> {
  const spec = specOf(schedule);
  const ref: ObjectRef = { type: kinds.pairs, namespace: schedule.metadata.namespace!, name: textAt(spec, 'clusterPair') ?? '' };
  const pair = ref.name === '' ? undefined : await cluster.get(ref).catch(absent);
  const trouble = pairTrouble(pair, isOn(spec, 'includeVolumes'));
  if (trouble === undefined) return;
  const sentence = `the ClusterPair ${ref.name || '(none)'} on ${cluster.name}, by which Stork reaches ${request.from}, ${trouble}`;
  // A failover goes on without it, and leaves the source running.
  say(
    'REPLICATION_FAILED',
    'blocker',
    sentence,
    `ClusterPair ${ref.namespace}/${ref.name}`,
    `storkctl --context ${cluster.name} get clusterpair -n ${ref.namespace}`,
  );
}

async function sourceSchedule({ cluster }: EngineContext, namespace: string, name: string): Promise<KubeObject | undefined> {
  return cluster.get({ type: kinds.migrationSchedules, namespace, name }).catch((error: unknown) => {
    if (error instanceof DrError) return undefined;
    throw error;
  });
}

/** How the last copies went: Stork warns of one that failed and goes on, and takes PartialSuccess for good. */
function checkCopies(schedule: KubeObject, request: MoveRequest, say: Say): void {
  const about = `MigrationSchedule ${schedule.metadata.namespace}/${schedule.metadata.name}`;
  const last = runsOf(schedule).find((run) => !isUnderWay(run));
  const good = runsOf(schedule).find(({ status }) => status === 'Successful');
  if (!good) say('REPLICATION_EMPTY', 'blocker', `no copy of ${schedule.metadata.name} to ${request.to} has succeeded yet`, about);
  else if (last && last.status !== 'Successful' && last.status !== 'Purged')
    say(
      'REPLICATION_FAILED',
      request.kind === 'failover' || request.kind === 'test' ? 'warning' : 'blocker',
      `the last copy, ${last.name}, is ${last.status}: the one before is of ${good.at}`,
      about,
    );
  if (at(schedule, 'spec', 'suspend') === true)
    say(
      'REPLICATION_PAUSED',
      'warning',
      `${about} is suspended: nothing was copied since${good ? ` ${good.at}` : ' it was made'}, and the last copy may take long`,
      about,
    );
}

/** What has arrived is cloned, whether its source answers or not: that one alone knows how old it is. */
async function trial(
  { cluster }: EngineContext,
  source: EngineContext | undefined,
  copy: KubeObject,
  answered: KubeObject | undefined,
  request: MoveRequest,
  say: Say,
): Promise<Omit<MovePreview, 'reasons'>> {
  const about = `MigrationSchedule ${copy.metadata.namespace}/${copy.metadata.name}`;
  const busy = answered && copyUnderWay(answered);
  if (busy !== undefined)
    say(
      'REPLICATION_FAILED',
      'blocker',
      `Migration ${busy} copies to ${request.to} now: a clone would hold half of two copies`,
      about,
      'drill again when it has ended: kubectl dr get replications',
    );
  const writes = writesOf(request, cluster.name, copy);
  const stages = stagesOf(request.to);
  const good = answered && runsOf(answered).find(({ status }) => status === 'Successful');
  if (!good || !source) return { writes, stages };
  const ref: ObjectRef = { type: kinds.migrations, namespace: request.application.namespace, name: good.name };
  const migration = await source.cluster.get(ref).catch(absent);
  // Stork keeps the last of them; what a copy that is gone held is told by none.
  if (!migration) return { writes, stages };
  const claims = listAt(migration, 'status', 'volumes').flatMap((volume) => textAt(volume, 'persistentVolumeClaim') ?? []);
  return { claims: claims.map((claim) => ({ claim, capturedAt: good.at })), writes, stages };
}

async function failback(steering: EngineContext, copy: KubeObject, request: MoveRequest, say: Say): Promise<Omit<MovePreview, 'reasons'>> {
  const here = steering.cluster.name;
  const about = `MigrationSchedule ${copy.metadata.namespace}/${copy.metadata.name}`;
  if (at(copy, 'status', 'applicationActivated') !== true)
    say('NOTHING_TO_DO', 'blocker', `${copy.metadata.name} does not run on ${here}`, about);
  const { items } = await steering.cluster.list(kinds.migrationSchedules, { namespace: copy.metadata.namespace! });
  const back = reverseOf(items, copy);
  if (!back) {
    const fix = `storkctl --context ${here} create migrationschedule --help`;
    say('REPLICATION_EMPTY', 'blocker', `nothing copies ${copy.metadata.name} from ${here} back to ${request.to}`, about, fix);
    return { claims: [], writes: [], stages: [] };
  }
  await checkPair(steering, back, request, say);
  checkCopies(back, request, say);
  return {
    claims: [],
    writes: [writeOf(here, request, actionOf(request, textList(at(specOf(copy), 'namespaces')), back.metadata.name, true))],
    stages: [
      { stage: 'Validations', title: 'Suspend the copies back', cluster: here },
      { stage: 'ScaleDownDestination', title: `Stop the application on ${here}`, cluster: here },
      { stage: 'WaitAfterScaleDown', title: 'Wait until its volumes are free', cluster: here },
      { stage: 'LastMileMigration', title: `Copy what was written last to ${request.to}`, cluster: here },
      { stage: 'ScaleUpSource', title: `Start the application on ${request.to}`, cluster: request.to },
    ],
  };
}
