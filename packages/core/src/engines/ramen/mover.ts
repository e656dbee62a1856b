import { textAt, timeOf } from '../../application/raw.ts';
import { ConflictError, InputError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ObjectRef } from '../../ports/kubernetes.ts';
import type { MoveContexts, MoveProgress, MoveRequest, Mover } from '../../ports/mover.ts';
import { kinds, notes } from './kinds.ts';
import { capturedAt, claimsOf, conditionOf, isCleaning, isCurrent, nativeOf, placedAt, progressionOf, waitsForUser } from './placement.ts';
import { dryRunOf, preflight, takesTests, testless, wantedOf } from './preflight.ts';

/** Ramen looks at every placement once a minute or oftener and writes when: 30 minutes. */
const silent = 30 * 60_000;
/** After this a move that nobody is asked to help is given up: 24 hours. */
const limit = 24 * 60 * 60_000;

/** Placements are patched on the hub; the rest is Ramen's. */
export const mover: Mover = {
  moves: ['failover', 'relocate', 'failback', 'test'],
  fences: false,
  clearsSource: true,
  tests: 'place',
  rights: [
    { on: 'steering', verb: 'get', type: kinds.placements },
    { on: 'steering', verb: 'patch', type: kinds.placements },
    { on: 'steering', verb: 'get', type: kinds.policies },
    { on: 'steering', verb: 'get', type: kinds.clusters },
  ],
  preflight,
  start,
  progress,
  finish,
};

function refOf({ application: { name, namespace } }: MoveRequest): ObjectRef {
  return { type: kinds.placements, name, namespace };
}

function isTest({ kind }: MoveRequest): boolean {
  return kind === 'test';
}

async function start({ steering }: MoveContexts, request: MoveRequest): Promise<void> {
  const { cluster, signal } = steering;
  const options = signal ? { signal } : {};
  const placement = await cluster.get(refOf(request), options);
  if (textAt(placement, 'metadata', 'annotations', notes.move) === request.name) return;
  const about = `${kinds.placements.kind} ${request.application.namespace}/${request.application.name} on ${cluster.name}`;
  const busy = progressionOf(placement) !== 'Completed' || !isCurrent(placement) || dryRunOf(placement);
  if (busy)
    throw new ConflictError(`${about} is on its way already: ${nativeOf(placement) || 'not looked at yet'}`, {
      cluster: cluster.name,
      hint: `kubectl --context ${cluster.name} -n ${request.application.namespace} get drpc ${request.application.name} -o wide`,
    });
  if (placedAt(placement) === request.to) throw new ConflictError(`${about} runs on ${request.to} already`, { cluster: cluster.name });
  const { resourceVersion } = placement.metadata;
  if (isTest(request) && !(await takesTests(steering, request)))
    throw new InputError(testless(request, cluster.name), { cluster: cluster.name });
  const spec = wantedOf(request);
  // Only as it was looked at: whoever was faster is told apart.
  const annotations = { ...request.annotations, [notes.move]: request.name, [notes.test]: isTest(request) ? 'true' : null };
  await cluster.patch(
    refOf(request),
    'merge',
    { metadata: { ...(resourceVersion !== undefined && { resourceVersion }), annotations }, spec },
    options,
  );
}

async function progress({ steering }: MoveContexts, request: MoveRequest): Promise<MoveProgress> {
  const { cluster, signal } = steering;
  const options = signal ? { signal } : {};
  const placement = await cluster.get(refOf(request), options);
  const about = `${kinds.placements.kind} ${request.application.namespace}/${request.application.name} on ${cluster.name}`;
  if (textAt(placement, 'metadata', 'annotations', notes.move) !== request.name)
    throw new NotFoundError(`${about} was never told to ${request.name}`, { cluster: cluster.name });
  const [phase, progression] = [textAt(placement, 'status', 'phase'), progressionOf(placement)];
  const nativePhase = nativeOf(placement);
  const claims = claimsOf(placement).map((claim) => ({ claim }));
  const condition = conditionOf(placement, 'Available');
  const message = isCleaning(progression)
    ? `it runs on ${request.to}; the copy on ${request.from} is taken away as soon as ${request.from} answers`
    : condition?.status === 'False'
      ? condition.message
      : undefined;
  const still: MoveProgress = { phase: 'Running', nativePhase, ...(message !== undefined && { message }), claims };
  if (isCurrent(placement) && isDone(request, phase, progression)) {
    const captured = request.kind === 'failover' || isTest(request) ? capturedAt(placement.status) : undefined;
    return {
      phase: 'Succeeded',
      nativePhase,
      claims: claims.map((one) => ({ ...one, ...(captured !== undefined && { capturedAt: captured }) })),
    };
  }
  const waiting = isCurrent(placement) ? waitsForUser(placement, request.from) : undefined;
  if (waiting !== undefined) return { ...still, stage: stageOf(progression), waitsForUser: waiting };
  const now = (await cluster.now(options)).getTime();
  const looked = timeOf(textAt(placement, 'status', 'lastUpdateTime'));
  if (looked !== undefined && now - looked > silent)
    return {
      ...still,
      phase: 'Failed',
      message: `nobody acts on ${about}, at ${nativePhase}: Ramen looked at it last at ${new Date(looked).toISOString()}`,
    };
  const begun = timeOf(textAt(placement, 'status', 'actionStartTime'));
  if (isCurrent(placement) && begun !== undefined && now - begun > limit)
    return { ...still, phase: 'Failed', message: `${about} is at ${nativePhase} for ${limit / 3_600_000} hours` };
  return isCurrent(placement) && known.has(progression) ? { ...still, stage: stageOf(progression) } : still;
}

/** The phase is there as soon as a volume is primary: before anything is ready, and before the old copy is taken away. */
function isDone(request: MoveRequest, phase: string | undefined, progression: string): boolean {
  if (isTest(request)) return progression === 'TestingFailover';
  return progression === 'Completed' && phase === (request.kind === 'failover' ? 'FailedOver' : 'Relocated');
}

function stageOf(progression: string): string {
  return isCleaning(progression) || progression === 'WaitOnUserToCleanUp' ? 'Cleaning Up' : progression;
}

const known = new Set([
  'CheckingFailoverPrerequisites',
  'WaitForFencing',
  'WaitForStorageMaintenanceActivation',
  'FailingOverToCluster',
  'WaitingForResourceRestore',
  'WaitForReadiness',
  'UpdatedPlacement',
  'Cleaning Up',
  'CleaningUp',
  'PreparingFinalSync',
  'ClearingPlacement',
  'RunningFinalSync',
  'EnsuringVolumesAreSecondary',
  'TestingFailover',
]);

async function finish(
  { steering }: Partial<MoveContexts>,
  request: MoveRequest,
  outcome: 'keep' | 'revert' | 'promote',
): Promise<{ done: boolean; pending: string[]; message?: string }> {
  const { name, namespace } = request.application;
  if (!steering) return { done: false, pending: [`look at the placement ${namespace}/${name} when its hub answers`] };
  const placement = await steering.cluster.get(refOf(request)).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (!placement || textAt(placement, 'metadata', 'annotations', notes.move) !== request.name) return { done: true, pending: [] };
  if (isTest(request) && dryRunOf(placement)) {
    await endTest(steering, request, placement, outcome);
    return {
      done: false,
      pending: [],
      message: outcome === 'promote' ? 'the copy is kept as the application' : 'the copy of the test is taken away',
    };
  }
  const testing = textAt(placement, 'metadata', 'annotations', notes.testing) === 'true';
  if (testing || !isCurrent(placement) || progressionOf(placement) !== 'Completed') {
    const waiting = waitsForUser(placement, request.from);
    return { done: false, pending: waiting === undefined ? [] : [waiting], message: nativeOf(placement) };
  }
  return { done: true, pending: [] };
}

/** Ramen wants the very action and cluster of before, which it keeps itself, however far the test is. To keep the copy, the rehearsal alone is ended. */
async function endTest({ cluster }: EngineContext, request: MoveRequest, placement: KubeObject, outcome: string): Promise<void> {
  const { resourceVersion } = placement.metadata;
  const [action, before] = [
    textAt(placement, 'metadata', 'annotations', notes.lastAction),
    textAt(placement, 'metadata', 'annotations', notes.lastCluster),
  ];
  const former =
    action === 'Failover'
      ? { action, failoverCluster: before }
      : action === 'Relocate'
        ? { action, preferredCluster: before }
        : { action: null, failoverCluster: null };
  const spec = outcome === 'promote' ? { dryRun: false } : { ...former, dryRun: false };
  await cluster.patch(refOf(request), 'merge', { metadata: { ...(resourceVersion !== undefined && { resourceVersion }) }, spec });
}
