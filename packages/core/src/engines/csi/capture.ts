import { at } from '../../application/raw.ts';
import type { BackupRequest } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { driverOf, findClaims } from './claims.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { groupKindsOf } from './kinds.ts';
import { notServed } from './ping.ts';

/** How the claims of a request would be captured, and what stands in the way. */
export interface Capture {
  claims: { claim: KubeObject; snapshotClass: string }[];
  /** All of them at one instant. */
  group?: { type: ResourceType; groupClass: string; matchLabels: Record<string, string> };
  reasons: Reason[];
}

const isDefault = 'snapshot.storage.kubernetes.io/is-default-class';
const isDefaultGroup = 'groupsnapshot.storage.kubernetes.io/is-default-class';

export async function planCapture(context: EngineContext, request: BackupRequest): Promise<Capture> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const [{ all, wanted }, { items: classes }] = await Promise.all([
    findClaims(context, request),
    cluster.list(snapshotKinds.classes, options).catch(notServed(context)),
  ]);
  const reasons: Reason[] = [];
  const claims: Capture['claims'] = [];
  const drivers = new Set<string>();
  const goes: string[] = [];
  for (const claim of wanted) {
    const { name } = claim.metadata;
    const about = { severity: 'blocker' as const, cluster: cluster.name, evidence: [`PersistentVolumeClaim ${namespace}/${name}`] };
    const driver = await driverOf(claim, context);
    if (driver === undefined) {
      reasons.push({
        ...about,
        code: 'VOLUME_NOT_SNAPSHOTTABLE',
        message: `the volume of ${namespace}/${name} on ${cluster.name} is not carried by a CSI driver, so nobody can take a snapshot of it`,
        fix: 'let another engine copy it file by file',
      });
      continue;
    }
    const snapshotClass = classFor(classes, driver, isDefault);
    if (!snapshotClass) {
      reasons.push({
        ...about,
        code: 'SNAPSHOT_CLASS_MISSING',
        message: `no VolumeSnapshotClass on ${cluster.name} is for the driver ${driver} of ${namespace}/${name}`,
        evidence: [...about.evidence, `driver: ${driver}`],
        fix: `create one: kubectl --context ${cluster.name} get volumesnapshotclass`,
      });
      continue;
    }
    drivers.add(driver);
    if (snapshotClass.deletionPolicy === 'Delete') goes.push(snapshotClass.metadata.name);
    claims.push({ claim, snapshotClass: snapshotClass.metadata.name });
  }
  if (goes.length > 0) reasons.push(goesWithNamespace(context, [...new Set(goes)]));
  if (request.consistency !== 'group' || claims.length < 2) return { claims, reasons };
  const found = await findGroup(
    context,
    claims.map(({ claim }) => claim),
    all,
    drivers,
  );
  if (typeof found === 'object') return { claims, group: found, reasons };
  reasons.push({
    code: 'NOT_ONE_INSTANT',
    severity: 'warning',
    cluster: cluster.name,
    message: `the ${claims.length} volumes are captured one after the other, not at one instant: ${found}`,
    evidence: claims.map(({ claim }) => `PersistentVolumeClaim ${namespace}/${claim.metadata.name}`),
    fix: 'stop what writes to them first, or make a group snapshot possible',
  });
  return { claims, reasons };
}

/** The default class of a driver; else the only one; else the one that keeps its data, by name. */
function classFor(classes: readonly KubeObject[], driver: string, marker: string): KubeObject | undefined {
  const fitting = classes.filter((item) => item.driver === driver);
  const rank = (item: KubeObject): number =>
    (at(item, 'metadata', 'annotations', marker) === 'true' ? 0 : 2) + (item.deletionPolicy === 'Retain' ? 0 : 1);
  return fitting.toSorted((a, b) => rank(a) - rank(b) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

function goesWithNamespace({ cluster, namespace }: EngineContext, classes: readonly string[]): Reason {
  return {
    code: 'SNAPSHOT_GOES_WITH_NAMESPACE',
    severity: 'warning',
    cluster: cluster.name,
    message: `these snapshots are deleted together with the namespace ${namespace}: the deletion policy of ${classes.join(', ')} is Delete`,
    evidence: classes.map((name) => `VolumeSnapshotClass ${name}`),
    fix: 'use a VolumeSnapshotClass whose deletionPolicy is Retain',
  };
}

/** A group is chosen by labels that its claims have in common and no other claim of the namespace has. A text: why not. */
async function findGroup(
  { cluster, signal }: EngineContext,
  wanted: readonly KubeObject[],
  all: readonly KubeObject[],
  drivers: ReadonlySet<string>,
): Promise<NonNullable<Capture['group']> | string> {
  const options = signal ? { signal } : {};
  const kinds = await groupKindsOf(cluster, options);
  if (!kinds) return `${cluster.name} has no group snapshots`;
  const [driver, ...others] = drivers;
  if (driver === undefined || others.length > 0) return `they belong to different drivers (${[...drivers].join(', ')})`;
  const { items } = await cluster.list(kinds.classes, options);
  const groupClass = classFor(items, driver, isDefaultGroup);
  if (!groupClass) return `no VolumeGroupSnapshotClass is for the driver ${driver}`;
  const [first, ...rest] = wanted;
  const matchLabels = Object.fromEntries(
    Object.entries(first?.metadata.labels ?? {}).filter(([key, value]) => rest.every(({ metadata }) => metadata.labels?.[key] === value)),
  );
  const pairs = Object.entries(matchLabels);
  const taken = all.filter(({ metadata }) => pairs.every(([key, value]) => metadata.labels?.[key] === value));
  if (pairs.length === 0 || taken.length !== wanted.length) return 'no label tells their claims from the others in the namespace';
  return { type: kinds.groups, groupClass: groupClass.metadata.name, matchLabels };
}
