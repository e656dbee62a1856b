import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { World } from './world.ts';

/** Title -> what is done to Velero, and gives what was seen of it. Each in namespaces of its own. */
export type Cases = Record<string, (world: World) => Promise<unknown>>;

export async function backedUp(world: World): Promise<string> {
  const shop = await world.open('shop');
  await world.backup('b', { includedNamespaces: [shop] });
  return shop;
}

/** A changed object, one that is new, and one whose labels are others. */
export async function change(world: World, namespace: string): Promise<void> {
  await world.client.patch({ type: types.configMaps, namespace, name: 'web' }, 'merge', { data: { page: 'later', fresh: 'yes' } });
  await world.client.patch({ type: types.deployments, namespace, name: 'web' }, 'merge', { metadata: { labels: { later: 'yes' } } });
  await world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace }, data: { page: 'new' } });
}

export async function beside(world: World, spec: Record<string, unknown>): Promise<unknown> {
  const shop = await backedUp(world);
  const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
  return [await world.restore('r', { backupName: world.name('b'), ...mapping, ...spec }), await world.live(world.name('copy'))];
}

type Rules = readonly Record<string, unknown>[];

/** A copy, made by these rules of change. */
export async function ruled(world: World, resourceModifierRules: Rules): Promise<unknown> {
  return copied(world, await backedUp(world), resourceModifierRules);
}

/** A copy, in which what is called `web` is changed in these steps. */
export async function modified(world: World, patches: Rules, groupResource = 'configmaps'): Promise<unknown> {
  const shop = await backedUp(world);
  return copied(world, shop, [{ conditions: { groupResource, resourceNameRegex: '^web$', namespaces: [shop] }, patches }]);
}

async function copied(world: World, shop: string, resourceModifierRules: Rules): Promise<unknown> {
  await configMap(world, 'rules', { rules: JSON.stringify({ version: 'v1', resourceModifierRules }) });
  const spec = { resourceModifier: { kind: 'configmap', name: world.name('rules') }, namespaceMapping: { [shop]: world.name('copy') } };
  return [await world.restore('r', { backupName: world.name('b'), ...spec }), await world.live(world.name('copy'))];
}

export function configMap(world: World, name: string, data: Record<string, string>): Promise<void> {
  return world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: world.name(name), namespace: 'velero' }, data });
}

/** A second location like the first, but for some fields. `place`: its own part of the bucket, which it may share with another. */
export async function location(
  world: World,
  name: string,
  fields: Record<string, unknown>,
  phase = 'Available',
  place = name,
): Promise<void> {
  const { spec } = await world.client.get(world.ref(kinds.locations, 'default'));
  const { default: _, objectStorage, ...rest } = spec as { default?: boolean; objectStorage: Record<string, unknown> };
  await world.create({
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: world.name(name), namespace: 'velero' },
    // Two locations on one place would both find every backup.
    spec: { ...rest, objectStorage: { ...objectStorage, prefix: world.name(place) }, ...fields },
  });
  const ref = world.ref(kinds.locations, world.name(name));
  const now = async (): Promise<string | undefined> => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase;
  await eventually(async () => (await now()) === phase, `${name} is ${phase}`, 30_000);
}

export function schedule(world: World, spec: Record<string, unknown>, metadata: Record<string, unknown> = {}): Promise<void> {
  return world.create({
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: world.name('s'), namespace: 'velero', ...metadata },
    spec,
  });
}

export async function backupsOf(world: World): Promise<KubeObject[]> {
  const labelSelector = `velero.io/schedule-name=${world.name('s')}`;
  return (await world.client.list(kinds.backups, { namespace: 'velero', labelSelector })).items;
}

/** The server looks at its schedules once a minute. */
export async function firstBackupOf(world: World): Promise<KubeObject> {
  await eventually(async () => (await backupsOf(world)).length > 0, 'the schedule made its backup', 90_000);
  await world.client.patch(world.ref(kinds.schedules, world.name('s')), 'merge', { spec: { paused: true } });
  return (await backupsOf(world))[0]!;
}

export async function looksIdle(world: World): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { status } = await world.client.get(world.ref(kinds.schedules, world.name('s')));
  const { phase } = (status ?? {}) as { phase?: string };
  return { ...(phase !== undefined && { phase }), backups: (await backupsOf(world)).length };
}

export function deletion(world: World, backupName = world.name('b')): Promise<void> {
  const metadata = { name: world.name('d'), namespace: 'velero' };
  return world.create({ apiVersion: 'velero.io/v1', kind: 'DeleteBackupRequest', metadata, spec: { backupName } });
}

export async function deletionOutcome(world: World): Promise<unknown> {
  const ref = world.ref(kinds.deletions, world.name('d'));
  const status = async (): Promise<{ phase?: string }> => ((await world.client.get(ref)).status ?? {}) as { phase?: string };
  await eventually(async () => (await status()).phase === 'Processed', 'it was looked at');
  return world.mask(await status());
}

/** Lets a location point at a bucket that is not there. */
export async function stopAnswering(world: World, name: string): Promise<void> {
  const ref = world.ref(kinds.locations, world.name(name));
  await world.client.patch(ref, 'merge', { spec: { objectStorage: { bucket: 'no-such-bucket-here' } } });
  const phase = async (): Promise<unknown> => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase;
  await eventually(async () => (await phase()) === 'Unavailable', `${name} is Unavailable`, 30_000);
}

/** A ConfigMap of a namespace, and a role of the cluster, with a label that is theirs alone. */
export async function marked(world: World, of: string): Promise<{ matchLabels: Record<string, string> }> {
  const labels = { marked: world.name('yes') };
  const metadata = { name: world.name(`${of}-marked`), labels };
  await world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, namespace: world.name(of) }, data: {} });
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
  await world.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules });
  return { matchLabels: labels };
}

export async function nodePort(world: World, namespace: string): Promise<unknown> {
  const { spec } = await world.client.get({ type: types.services, namespace, name: 'web' });
  return (spec as { ports: { nodePort?: number }[] }).ports[0]!.nodePort;
}
