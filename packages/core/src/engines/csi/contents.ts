import { labels } from '../../application/model.ts';
import { InputError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { PointContents, RecoveryPoint } from '../../protection/model.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { notServed } from './ping.ts';
import { type SnapshotSet, capturesOf, setsOf, standingOf } from './point.ts';
import { claimOf, labelOf } from './record.ts';

/** The snapshots of a point as they are now. NotFoundError when none is left. */
export async function readPoint(
  context: Pick<EngineContext, 'cluster' | 'signal'>,
  { name, namespace }: Pick<RecoveryPoint, 'name' | 'namespace'>,
): Promise<SnapshotSet> {
  const { cluster, signal } = context;
  const labelSelector = `${labels.point}=${labelOf(name)}`;
  const { items } = await cluster
    .list(snapshotKinds.snapshots, { namespace, labelSelector, ...(signal && { signal }) })
    .catch(notServed(context));
  const [set] = setsOf(items);
  if (set) return set;
  throw new NotFoundError(`the snapshots of ${name} in ${namespace} on ${cluster.name} are gone`, {
    cluster: cluster.name,
    hint: 'choose another point: kubectl dr get points',
  });
}

async function readFinished(context: EngineContext, point: RecoveryPoint): Promise<{ set: SnapshotSet; now: Date }> {
  const { cluster, signal } = context;
  const set = await readPoint(context, point);
  const now = await cluster.now(signal ? { signal } : {});
  const { phase, nativePhase, message } = standingOf(set, now);
  if (phase === 'Succeeded' || phase === 'Degraded') return { set, now };
  const why = message === undefined ? '' : `: ${message}`;
  throw new InputError(`${point.name} in ${point.namespace} on ${cluster.name} is ${nativePhase}${why}`, { cluster: cluster.name });
}

export async function contents(context: EngineContext, point: RecoveryPoint): Promise<PointContents> {
  const { set, now } = await readFinished(context, point);
  const volumes = capturesOf(set, now);
  return {
    pointId: point.id,
    objects: set.snapshots
      .flatMap(claimOf)
      .flatMap((claim) =>
        claim ? [{ apiVersion: claim.apiVersion, kind: claim.kind, namespace: set.namespace, name: claim.metadata.name }] : [],
      ),
    volumes,
    errors: {},
  };
}

/** The claims as they have to be made again. */
export async function objects(context: EngineContext, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]> {
  if (!namespaces.includes(point.namespace)) return [];
  const { set } = await readFinished(context, point);
  return set.snapshots.flatMap((snapshot) => claimOf(snapshot) ?? []);
}
