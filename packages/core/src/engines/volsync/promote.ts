import { labels } from '../../application/model.ts';
import { at, textAt, timeOf } from '../../application/raw.ts';
import { ConflictError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf, types } from '../../ports/kubernetes.ts';
import type { PromoteRequest, ReplicationProgress } from '../../ports/replication.ts';
import { absent } from '../absent.ts';
import { boundedName } from '../bounded-name.ts';
import { createOnce } from '../create-once.ts';
import { finishRestore, progressOfRestore } from '../csi/restore-progress.ts';
import { offerBeside } from '../csi/source.ts';
import { snapshotGroup, snapshotKinds } from '../snapshot-kinds.ts';
import { claimToMake } from './claim.ts';
import { imagesOf } from './earlier.ts';
import { type End, pause, read, typeOf } from './ends.ts';
import { keepLabel, kinds, notes } from './kinds.ts';
import { foundNothing, isPaused, lastStart, moverOf, pulls, restoredFrom } from './status.ts';
import { advance, askedOf } from './trigger.ts';

interface Promotion {
  end: End;
  claim: KubeObject;
  image: Image;
}

interface Image {
  /** The destination whose newest image is taken: the end itself, or one of our own for an earlier instant. */
  of: KubeObject;
  /** Name of an older one that it has kept, which is taken instead. */
  kept?: string;
  capturedAt: string | undefined;
}

/** After this a failover goes on with the image that is there: 10 minutes. */
const pulledFor = 10 * 60_000;

export async function promote(context: EngineContext, request: PromoteRequest): Promise<ReplicationProgress> {
  const ends = await read(context, request.targets);
  const wanted = ends.map((end) => ({ end, claim: claimOf(end, request) }));
  const unknown = wanted.find(({ claim }) => !claim);
  if (unknown) return failed(unknown.end, 'nothing tells which claim it is a copy of, and how large it is');
  const claims = wanted.map(({ end, claim }) => ({ end, claim: claim! }));
  const there = await existing(context, claims, request);
  if (there.length === claims.length) return progress(context, request, claims);
  const promotions: Promotion[] = [];
  for (const { end, claim } of claims) {
    const image = await imageOf(context, end, claim, request);
    if ('phase' in image) return image;
    promotions.push({ end, claim, image });
  }
  if (request.into === undefined) await pause(context, request.targets, true);
  for (const promotion of promotions) {
    const trouble = await make(context, promotion, request);
    if (trouble) return trouble;
  }
  return progress(context, request, claims);
}

function failed({ ref }: End, why: string): ReplicationProgress {
  return {
    phase: 'Failed',
    nativePhase: 'Error',
    message: `${kinds.destinations.kind} ${ref.namespace}/${ref.name} on ${ref.cluster}: ${why}`,
    claims: [],
  };
}

function claimOf({ ref, object }: End, request: PromoteRequest): KubeObject | undefined {
  const claim = claimToMake(object, ref.claims[0], request.claims ?? []);
  return claim && { ...claim, metadata: { ...claim.metadata, namespace: request.into ?? ref.namespace } };
}

/** Claims of this very promotion that are there; any other of these names stops it. */
async function existing(
  { cluster, signal }: EngineContext,
  claims: readonly { claim: KubeObject }[],
  request: PromoteRequest,
): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const { claim } of claims) {
    const { name, namespace = '' } = claim.metadata;
    const ref = { type: types.persistentVolumeClaims, name, namespace };
    const live = await cluster.get(ref, signal ? { signal } : {}).catch(absent);
    if (!live) continue;
    if (live.metadata.labels?.[labels.restore] !== request.name)
      throw new ConflictError(`PersistentVolumeClaim ${namespace}/${name} on ${cluster.name} exists already`, {
        code: 'ALREADY_EXISTS',
        cluster: cluster.name,
        hint: 'keep its volume and remove the claim first, or promote into another namespace',
      });
    found.push(live);
  }
  return found;
}

/** The destination to take the image of, when it is as new as it can get; how far that is before. */
async function imageOf(context: EngineContext, end: End, claim: KubeObject, request: PromoteRequest): Promise<Image | ReplicationProgress> {
  if (request.asOf !== undefined) return imageAsOf(context, end, claim, request, request.asOf);
  const { object } = end;
  const usable = textAt(object, 'status', 'latestImage', 'name') !== undefined && !foundNothing(object);
  // A repository may hold more than was pulled last. Of a copy that rests, and for a drill, what it holds is taken.
  if (!pulls(object) || isPaused(object) || request.into !== undefined)
    return usable ? newestOf(object) : failed(end, 'it never received anything');
  const step = await advance(context, kinds.destinations, object, request.name);
  if (step.done) return usable ? newestOf(object) : failed(end, 'its repository is empty');
  const late = (await now(context)) - (askedOf(object)?.at ?? Infinity) > pulledFor;
  if (usable && (step.failed || late)) return newestOf(object);
  if (step.failed) return failed(end, step.message ?? 'it cannot be pulled');
  return { phase: 'Running', nativePhase: 'Receiving', ...(step.message !== undefined && { message: step.message }), claims: [] };
}

function newestOf(destination: KubeObject): Image {
  return { of: destination, capturedAt: capturedOf(destination) };
}

/** By a destination of our own: the standing one would go on restoring that instant for ever. Without a repository: of what it has kept. */
async function imageAsOf(
  context: EngineContext,
  end: End,
  claim: KubeObject,
  request: PromoteRequest,
  asOf: string,
): Promise<Image | ReplicationProgress> {
  const { cluster, signal } = context;
  if (moverOf(end.object) !== 'restic') {
    const kept = (await imagesOf(context, end)).find(({ cutAt }) => Date.parse(cutAt) <= Date.parse(asOf));
    return kept ? { of: end.object, kept: kept.name, capturedAt: kept.cutAt } : failed(end, `it has kept no image of ${asOf} or before`);
  }
  const metadata = { name: boundedName(request.name, claim.metadata.name, 52), namespace: end.ref.namespace, labels: request.labels };
  const restic = { ...(at(end.object, 'spec', 'restic') as Record<string, unknown>) };
  delete restic.destinationPVC;
  delete restic.previous;
  await createOnce(context, kinds.destinations, {
    apiVersion: apiVersionOf(kinds.destinations),
    kind: kinds.destinations.kind,
    metadata,
    spec: { trigger: { manual: request.name }, restic: { ...restic, copyMethod: 'Snapshot', restoreAsOf: asOf } },
  });
  const own = await cluster.get({ type: kinds.destinations, name: metadata.name, namespace: metadata.namespace }, signal ? { signal } : {});
  const step = await advance(context, kinds.destinations, { ...own, kind: kinds.destinations.kind }, request.name);
  if (step.done) return foundNothing(own) ? failed(end, `its repository holds nothing of ${asOf} or before`) : newestOf(own);
  if (step.failed) return failed(end, step.message ?? 'it cannot be pulled');
  return { phase: 'Running', nativePhase: 'Receiving', ...(step.message !== undefined && { message: step.message }), claims: [] };
}

function capturedOf(destination: KubeObject): string | undefined {
  return pulls(destination) ? restoredFrom(destination) : lastStart(destination);
}

/** The claim out of the image, which is kept from VolSync's hands until the volume is there. */
async function make(
  context: EngineContext,
  { end, claim, image: { of, kept, capturedAt } }: Promotion,
  request: PromoteRequest,
): Promise<ReplicationProgress | undefined> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  // A sync may have ended between: what counts is the image of now, when the copy rests.
  const image = await cluster.get({ type: kinds.destinations, name: of.metadata.name, namespace: end.ref.namespace }, options);
  const name = kept ?? textAt(image, 'status', 'latestImage', 'name');
  if (name === undefined || (kept === undefined && textAt(image, 'status', 'latestImage', 'kind') !== snapshotKinds.snapshots.kind))
    return failed(end, 'it keeps no image apart from the volume that each sync writes (copyMethod: Direct); set copyMethod: Snapshot');
  const ref = { type: snapshotKinds.snapshots, name, namespace: end.ref.namespace };
  const snapshot = await cluster.get(ref, options).catch(absent);
  if (!snapshot) return failed(end, `its image, VolumeSnapshot ${name}, is gone`);
  if (snapshot.metadata.labels?.[keepLabel] === undefined)
    await cluster.patch(ref, 'merge', { metadata: { labels: { [keepLabel]: request.name.slice(0, 63) } } }, options);
  const into = request.into ?? end.ref.namespace;
  const source = into === end.ref.namespace ? name : await offerBeside({ ...context, namespace: into }, snapshot, request);
  await createOnce(context, types.persistentVolumeClaims, {
    ...claim,
    metadata: {
      ...claim.metadata,
      labels: { ...claim.metadata.labels, ...request.labels, [labels.restore]: request.name },
      annotations: {
        ...claim.metadata.annotations,
        ...request.annotations,
        ...(capturedAt !== undefined && { [notes.capturedAt]: capturedAt }),
      },
    },
    spec: {
      ...(at(claim, 'spec') as Record<string, unknown>),
      dataSource: { apiGroup: snapshotGroup, kind: snapshotKinds.snapshots.kind, name: source },
    },
  });
  return undefined;
}

async function progress(
  context: EngineContext,
  request: PromoteRequest,
  claims: readonly { end: End; claim: KubeObject }[],
): Promise<ReplicationProgress> {
  const { cluster, signal } = context;
  const namespaces = [...new Set(claims.map(({ claim }) => claim.metadata.namespace!))];
  const all = await Promise.all(namespaces.map((namespace) => progressOfRestore({ ...context, namespace }, request.name)));
  const worst = all.find(({ phase }) => phase === 'Failed') ?? all.find(({ phase }) => phase !== 'Succeeded') ?? all[0]!;
  const told = await Promise.all(
    claims.map(async ({ claim: { metadata } }) => {
      const live = await cluster.get(
        { type: types.persistentVolumeClaims, name: metadata.name, namespace: metadata.namespace! },
        signal ? { signal } : {},
      );
      const capturedAt = textAt(live, 'metadata', 'annotations', notes.capturedAt);
      return { claim: metadata.name, ...(timeOf(capturedAt) !== undefined && { capturedAt: capturedAt! }) };
    }),
  );
  return { ...worst, claims: told };
}

export async function endPromotion(context: EngineContext, request: PromoteRequest): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  for (const ref of request.targets) {
    const namespace = request.into ?? ref.namespace;
    const labelSelector = `${labels.restore}=${request.name}`;
    const { items } = await cluster.list(types.persistentVolumeClaims, { namespace, labelSelector, ...options });
    // Until its volume is there a claim needs the image, whatever its class waits for.
    if (items.some((claim) => textAt(claim, 'status', 'phase') !== 'Bound')) continue;
    if (request.into !== undefined) await finishRestore({ ...context, namespace }, request.name);
    const own = boundedName(request.name, ref.claims[0] ?? ref.name, 52);
    await cluster.delete({ type: kinds.destinations, name: own, namespace: ref.namespace }, options).catch(absent);
    const current = await cluster.get({ type: typeOf(ref), name: ref.name, namespace: ref.namespace }, options).catch(absent);
    const kept = await cluster.list(snapshotKinds.snapshots, {
      namespace: ref.namespace,
      labelSelector: `${keepLabel}=${request.name.slice(0, 63)}`,
      ...options,
    });
    for (const { metadata } of kept.items) {
      const image = { type: snapshotKinds.snapshots, name: metadata.name, namespace: ref.namespace };
      // VolSync has given it up while it was kept, and would never remove it.
      if (textAt(current, 'status', 'latestImage', 'name') === metadata.name)
        await cluster.patch(image, 'merge', { metadata: { labels: { [keepLabel]: null } } }, options);
      else await cluster.delete(image, options).catch(absent);
    }
  }
}

async function now({ cluster, signal }: EngineContext): Promise<number> {
  return (await cluster.now(signal ? { signal } : {})).getTime();
}
