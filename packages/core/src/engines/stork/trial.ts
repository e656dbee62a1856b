import { at, listAt, textAt, textsAt, timeOf } from '../../application/raw.ts';
import { ConflictError, InputError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { MoveContexts, MoveProgress, MoveRequest, MoveWrite } from '../../ports/mover.ts';
import { absent } from '../absent.ts';
import { createOnce } from '../create-once.ts';
import { adminNamespace, kinds } from './kinds.ts';
import { isUnderWay, runsOf, specOf } from './migrations.ts';
import { nativeOf, restorePhase } from './phases.ts';

/** What nobody takes up for so long nobody will: what Stork refuses at once it tells in an event alone. 10 minutes. */
const unseen = 10 * 60_000;
/** Volumes are cloned where they lie, and what fails is tried again without end: 1 hour. */
const limit = 60 * 60_000;

/** Stages of a clone, for people. */
export function stagesOf(to: string): { stage: string; title: string; cluster: string }[] {
  return [
    { stage: 'Volumes', title: 'Clone the volumes that have arrived', cluster: to },
    { stage: 'Applications', title: 'Copy the objects that have arrived, stopped', cluster: to },
  ];
}

/** One clone for each namespace that is tried, in the one namespace whose clones Stork lets speak about others. */
function clonesOf({ name, into = {} }: MoveRequest): { name: string; namespace: string; scratch: string }[] {
  return Object.keys(into)
    .toSorted()
    .map((namespace, index) => ({ name: index === 0 ? name : `${name}-${index}`, namespace, scratch: into[namespace]! }));
}

function specFor(namespace: string, scratch: string, selectors: Record<string, string>): Record<string, unknown> {
  return {
    sourceNamespace: namespace,
    destinationNamespace: scratch,
    // What is there stays: the namespace is ours, and shut off by what lies in it.
    replacePolicy: 'Retain',
    ...(Object.keys(selectors).length > 0 && { selectors }),
  };
}

export function writesOf(request: MoveRequest, cluster: string, schedule: KubeObject): MoveWrite[] {
  const selectors = textsAt(specOf(schedule), 'selectors');
  return clonesOf(request).map(({ name, namespace, scratch }) => ({
    action: 'create',
    type: kinds.clones,
    cluster,
    namespace: adminNamespace,
    name,
    fields: Object.entries(specFor(namespace, scratch, selectors)).map(([key, to]) => ({ path: `spec.${key}`, to })),
  }));
}

/** A copy that runs now changes the volumes while they would be cloned. */
export function copyUnderWay(schedule: KubeObject): string | undefined {
  const [newest] = runsOf(schedule);
  return newest && isUnderWay(newest) ? newest.name : undefined;
}

export async function startTrial({ steering, source }: MoveContexts, request: MoveRequest, copy: KubeObject): Promise<void> {
  const { cluster } = steering;
  if (clonesOf(request).length === 0) throw new InputError('a test by Stork takes namespaces of its own', { cluster: cluster.name });
  const begun = await Promise.all(clonesOf(request).map(({ name }) => cloneOf(steering, name)));
  const busy = begun.some((one) => one) ? undefined : source && copyUnderWay(await scheduleAt(source, request));
  if (busy !== undefined)
    throw new ConflictError(`Migration ${busy} copies to ${cluster.name} now: a clone would hold half of two copies`, {
      cluster: cluster.name,
      hint: 'drill again when it has ended: kubectl dr get replications',
    });
  const selectors = textsAt(specOf(copy), 'selectors');
  for (const { name, namespace, scratch } of clonesOf(request))
    await createOnce({ ...steering, namespace: adminNamespace }, kinds.clones, {
      apiVersion: apiVersionOf(kinds.clones),
      kind: kinds.clones.kind,
      metadata: { name, namespace: adminNamespace, labels: request.labels, annotations: request.annotations },
      spec: specFor(namespace, scratch, selectors),
    });
}

export async function progressOfTrial({ steering, source }: MoveContexts, request: MoveRequest): Promise<MoveProgress> {
  const { cluster, signal } = steering;
  const now = (await cluster.now(signal ? { signal } : {})).getTime();
  const all = await Promise.all(clonesOf(request).map(async ({ name }) => ({ name, clone: await cloneOf(steering, name) })));
  const lost = all.find(({ clone }) => !clone);
  if (lost || all.length === 0)
    throw new NotFoundError(`ApplicationClone ${adminNamespace}/${lost?.name ?? request.name} on ${cluster.name} does not exist`, {
      cluster: cluster.name,
    });
  const clones = all.flatMap(({ clone }) => clone ?? []);
  const claims = clones.flatMap((clone) =>
    listAt(clone, 'status', 'volumes').flatMap((volume) => {
      const claim = textAt(volume, 'persistentVolumeClaim');
      return claim === undefined ? [] : [{ claim }];
    }),
  );
  const running = clones.find((clone) => textAt(clone, 'status', 'stage') !== 'Final');
  for (const clone of clones) {
    const about = `ApplicationClone ${adminNamespace}/${clone.metadata.name} on ${cluster.name}`;
    const [phase, nativePhase, stage] = [restorePhase(clone), nativeOf(clone), textAt(clone, 'status', 'stage')];
    const failed = (message: string): MoveProgress => ({ phase: 'Failed', nativePhase, message, claims });
    if (stage === 'Final') {
      if (phase !== 'Succeeded') return failed(`${about} is ${nativePhase || 'without status'}: ${troubleOf(clone)}`);
      continue;
    }
    const age = now - (timeOf(clone.metadata.creationTimestamp) ?? -Infinity);
    if (stage === undefined && age > unseen)
      return failed(
        `nobody acts on ${about}, or Stork refused it: kubectl --context ${cluster.name} -n ${adminNamespace} describe applicationclone ${clone.metadata.name}`,
      );
    if (age > limit) return failed(`${about} is at ${nativePhase} for ${limit / 3_600_000} hour`);
  }
  if (running) {
    const stage = textAt(running, 'status', 'stage');
    return { phase: 'Running', nativePhase: nativeOf(running), ...(stage !== undefined && stages.has(stage) && { stage }), claims };
  }
  const nativePhase = nativeOf(clones[0]!);
  const meanwhile = source && (await copiedMeanwhile(source, request, clones));
  if (meanwhile !== undefined)
    return {
      phase: 'Failed',
      nativePhase,
      message: `Migration ${meanwhile} copied while the volumes were cloned: what was tried may be half of two copies`,
      claims,
    };
  return { phase: 'Succeeded', nativePhase, claims };
}

const stages = new Set(['Volumes', 'Applications']);

/** The requests go; what they made goes with its namespace, where Stork writes nothing more once a request is gone. */
export async function endTrial({ cluster }: EngineContext, request: MoveRequest): Promise<{ done: boolean; message?: string }> {
  const now = (await cluster.now()).getTime();
  for (const { name } of clonesOf(request)) {
    const clone = await cloneOf({ cluster }, name);
    if (!clone) continue;
    const asked = timeOf(clone.metadata.deletionTimestamp);
    // Of a Stork that is gone nobody takes the finalizer away.
    if (asked !== undefined && now - asked > unseen) continue;
    if (asked === undefined) await cluster.delete({ type: kinds.clones, namespace: adminNamespace, name }).catch(absent);
    return { done: false, message: `waiting until Stork lets go of ApplicationClone ${adminNamespace}/${name}` };
  }
  return { done: true };
}

async function copiedMeanwhile(source: EngineContext, request: MoveRequest, clones: readonly KubeObject[]): Promise<string | undefined> {
  const [from, to] = [
    Math.min(...clones.map(({ metadata }) => timeOf(metadata.creationTimestamp) ?? Infinity)),
    Math.max(...clones.map((clone) => timeOf(at(clone, 'status', 'finishTimestamp')) ?? -Infinity)),
  ];
  const runs = runsOf(await scheduleAt(source, request));
  return runs.find(({ started, ended }) => started < to && (timeOf(ended) ?? Infinity) > from)?.name;
}

function scheduleAt({ cluster, signal }: EngineContext, { application: { name, namespace } }: MoveRequest): Promise<KubeObject> {
  return cluster.get({ type: kinds.migrationSchedules, namespace, name }, signal ? { signal } : {});
}

async function cloneOf({ cluster, signal }: Pick<EngineContext, 'cluster' | 'signal'>, name: string): Promise<KubeObject | undefined> {
  return cluster.get({ type: kinds.clones, namespace: adminNamespace, name }, signal ? { signal } : {}).catch(absent);
}

/** Of volumes and objects Stork tells one by one; of the whole it says nothing. */
function troubleOf(clone: KubeObject): string {
  const listed = [...listAt(clone, 'status', 'volumes'), ...listAt(clone, 'status', 'resources')];
  const bad = listed.find((one) => !['Successful', 'Retained'].includes(textAt(one, 'status') ?? ''));
  const what = textAt(bad, 'persistentVolumeClaim') ?? textAt(bad, 'name');
  return what === undefined ? 'no reason is told' : `${what}: ${textAt(bad, 'reason') ?? textAt(bad, 'status') ?? 'no status'}`;
}
