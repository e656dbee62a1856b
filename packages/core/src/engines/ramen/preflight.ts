import { at } from '../../application/raw.ts';
import { NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { MoveContexts, MovePreview, MoveRequest, MoveWrite } from '../../ports/mover.ts';
import type { Reason } from '../../reason.ts';
import { formatAge } from '../../text/age.ts';
import { kinds } from './kinds.ts';
import {
  capturedAt,
  claimsOf,
  conditionOf,
  intervalOf,
  isCurrent,
  isTrue,
  nativeOf,
  placedAt,
  placesOf,
  policyNameOf,
  progressionOf,
  waitsForUser,
} from './placement.ts';

/** Everything that Ramen refuses, and what it would begin and never end, or begin on data that is not there. */
export async function preflight({ steering }: MoveContexts, request: MoveRequest): Promise<MovePreview> {
  const { cluster } = steering;
  const { name, namespace } = request.application;
  const reasons: Reason[] = [];
  const about = `${kinds.placements.kind} ${namespace}/${name}`;
  const say = (code: Reason['code'], severity: Reason['severity'], message: string, evidence = about, fix?: string): void => {
    reasons.push({ code, severity, message, cluster: cluster.name, evidence: [evidence], ...(fix !== undefined && { fix }) });
  };
  const placement = await found(steering, kinds.placements, name, namespace);
  if (!placement) {
    say('REPLICATION_FAILED', 'blocker', `${about} on ${cluster.name} does not exist`);
    return { reasons, claims: [], writes: [], stages: [] };
  }
  const policy = await found(steering, kinds.policies, policyNameOf(placement) ?? '');
  const [from, to] = [await found(steering, kinds.clusters, request.from), await found(steering, kinds.clusters, request.to)];
  const where = placedAt(placement);
  const interval = intervalOf(policy);
  const metro = interval === 0;
  if (!placesOf(policy).includes(request.to))
    say(
      'UNKNOWN_CLUSTER',
      'blocker',
      `${request.to} is none of the clusters of the DRPolicy ${policyNameOf(placement) ?? '(none)'}: ${placesOf(policy).join(', ') || 'none'}`,
    );
  if (where === request.to) say('NOTHING_TO_DO', 'blocker', `${name} runs on ${request.to} already`);
  const waiting = waitsForUser(placement, request.from);
  if (waiting !== undefined) say('REPLICATION_FAILED', 'blocker', `${name} still waits: ${waiting}`);
  else if (progressionOf(placement) !== 'Completed' || !isCurrent(placement))
    say('REPLICATION_FAILED', 'blocker', `${name} is on its way already: ${nativeOf(placement) || 'Ramen has not looked at it yet'}`);
  for (const [side, called] of request.kind === 'relocate' || request.kind === 'failback'
    ? ([
        [to, request.to],
        [from, request.from],
      ] as const)
    : ([[to, request.to]] as const)) {
    const validated = conditionOf(side, 'Validated');
    if (!side || validated?.status !== 'True')
      say(
        'CLUSTER_UNREACHABLE',
        'blocker',
        `the DRCluster ${called} is ${side ? `not validated${validated?.message ? `: ${validated.message}` : ''}` : 'unknown to Ramen'}`,
        `DRCluster ${called}`,
      );
    if (isTrue(side, 'Fenced'))
      say(
        'CLUSTER_UNREACHABLE',
        'blocker',
        `${called} is fenced off from its storage`,
        `DRCluster ${called}`,
        `set clusterFence: Unfenced on the DRCluster ${called}`,
      );
  }
  const protection = conditionOf(placement, 'Protected');
  if (protection?.status !== 'True')
    say(
      'REPLICATION_FAILED',
      request.kind === 'failover' ? 'warning' : 'blocker',
      `${name} is not protected${protection?.message ? `: ${protection.message}` : ''}`,
    );
  const peer = conditionOf(placement, 'PeerReady');
  if (peer?.status !== 'True')
    say(
      'REPLICATION_FAILED',
      'blocker',
      `${request.to} is not ready to take ${name} (PeerReady)${peer?.message ? `: ${peer.message}` : ''}`,
    );
  if (request.kind === 'failover' && metro) {
    const fenced = conditionOf(from, 'Fenced');
    // Of the generation that is there: Ramen asks for that, and waits for ever where it is not.
    if (fenced?.status !== 'True' || !fenced.current)
      say(
        'SOURCE_MAY_BE_ALIVE',
        'blocker',
        `${request.from} shares its storage with ${request.to} and is not fenced: Ramen waits for that`,
        `DRCluster ${request.from}`,
        `set clusterFence: Fenced on the DRCluster ${request.from}, or ManuallyFenced when it is known to be down`,
      );
  }
  if (request.kind === 'failover' && !metro)
    say('SOURCE_MAY_BE_ALIVE', 'warning', `Ramen does not fence ${request.from}: a copy there runs on until its cluster answers`);
  const captured = capturedAt(placement.status);
  if (interval !== undefined && interval > 0) {
    const age = captured === undefined ? undefined : (await cluster.now()).getTime() - Date.parse(captured);
    // Ramen takes one that never was for current.
    if (age === undefined)
      say('REPLICATION_EMPTY', 'blocker', `the data of ${name} has never arrived on ${request.to} as a whole (lastGroupSyncTime)`);
    else if (age > 3 * interval)
      say(
        'REPLICATION_LAGS',
        request.kind === 'test' ? 'blocker' : 'warning',
        `what lies on ${request.to} is ${formatAge(age)} old, more than three times the interval of ${formatAge(interval)}`,
      );
  }
  if (request.kind === 'test' && !(await takesTests(steering, request)))
    say(
      'ENGINE_CANNOT_TEST',
      'blocker',
      testless(request, cluster.name),
      about,
      'update Ramen; or drill from a recovery point: kubectl dr drill APP --point POINT',
    );
  if (request.kind === 'test')
    say('REPLICATION_PAUSED', 'warning', `replication of ${name} rests during the test, and copies everything again after it`);
  const lossless = request.kind === 'relocate' || request.kind === 'failback' || metro;
  return {
    reasons,
    claims: lossless ? [] : claimsOf(placement).map((claim) => ({ claim, ...(captured !== undefined && { capturedAt: captured }) })),
    writes: [writeOf(placement, request, cluster.name)],
    stages: stagesOf(request, metro),
  };
}

/** What Ramen is told. */
export function wantedOf({ kind, to }: MoveRequest): Record<string, string | boolean> {
  return kind === 'failover' || kind === 'test'
    ? { action: 'Failover', failoverCluster: to, dryRun: kind === 'test' }
    : { action: 'Relocate', preferredCluster: to, dryRun: false };
}

/**
 * Whether a test would be one. A server whose definitions know no `spec.dryRun` drops the field without a word, and Ramen would fail
 * over in earnest: so the server is asked what would become of the patch, and stores nothing.
 */
export async function takesTests({ cluster, signal }: EngineContext, request: MoveRequest): Promise<boolean> {
  const { name, namespace } = request.application;
  const options = { dryRun: true, ...(signal && { signal }) };
  return dryRunOf(await cluster.patch({ type: kinds.placements, name, namespace }, 'merge', { spec: wantedOf(request) }, options));
}

export function testless({ application: { name, namespace } }: MoveRequest, cluster: string): string {
  return `the Ramen on ${cluster} knows no test failover (its ${kinds.placements.kind} has no spec.dryRun): ${namespace}/${name} would fail over in earnest`;
}

function writeOf(placement: KubeObject, request: MoveRequest, cluster: string): MoveWrite {
  const fields = Object.entries(wantedOf(request)).flatMap(([name, to]) => {
    const from = at(placement, 'spec', name);
    // Ramen takes a rehearsal that is not spoken of for none.
    return from === to || (to === false && from === undefined) ? [] : [{ path: `spec.${name}`, ...(from !== undefined && { from }), to }];
  });
  const { name, namespace } = request.application;
  return { action: 'change', type: kinds.placements, cluster, namespace, name, fields };
}

function stagesOf({ kind, from, to }: MoveRequest, metro: boolean): MovePreview['stages'] {
  const arrival = [
    { stage: 'WaitingForResourceRestore', title: `Bring the objects of the application to ${to}`, cluster: to },
    { stage: 'WaitForReadiness', title: `Wait until its volumes are ready on ${to}`, cluster: to },
  ];
  const clean = [
    { stage: 'UpdatedPlacement', title: `Let it run on ${to}`, cluster: to },
    { stage: 'Cleaning Up', title: `Take away the copy on ${from}`, cluster: from },
  ];
  if (kind === 'relocate' || kind === 'failback')
    return [
      { stage: 'PreparingFinalSync', title: `Prepare the last copy on ${from}`, cluster: from },
      { stage: 'ClearingPlacement', title: `Stop the application on ${from}`, cluster: from },
      { stage: 'RunningFinalSync', title: `Copy what was written last to ${to}`, cluster: from },
      { stage: 'EnsuringVolumesAreSecondary', title: `Give up the volumes on ${from}`, cluster: from },
      ...arrival,
      ...clean,
    ];
  return [
    { stage: 'CheckingFailoverPrerequisites', title: 'Look whether it may fail over' },
    metro
      ? { stage: 'WaitForFencing', title: `Wait until ${from} is fenced`, cluster: from }
      : { stage: 'WaitForStorageMaintenanceActivation', title: `Prepare the storage of ${to}`, cluster: to },
    { stage: 'FailingOverToCluster', title: `Make the volumes on ${to} primary`, cluster: to },
    ...arrival,
    ...(kind === 'test'
      ? [{ stage: 'TestingFailover', title: `Keep the copy on ${to} for as long as it is looked at`, cluster: to }]
      : clean),
  ];
}

async function found({ cluster }: EngineContext, type: ResourceType, name: string, namespace?: string): Promise<KubeObject | undefined> {
  if (name === '') return undefined;
  return cluster.get({ type, name, ...(namespace !== undefined && { namespace }) }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}

export function dryRunOf(placement: KubeObject): boolean {
  return at(placement, 'spec', 'dryRun') === true;
}
