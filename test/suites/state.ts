import { engine as csi } from '@kubectl-dr/core/engines/csi/index';
import { comparable } from '@kubectl-dr/core/planning/diff/comparable';
import { marksOf } from '@kubectl-dr/core/planning/diff/marks';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { World, Worlds } from './world.ts';

const kinds = [
  types.secrets,
  types.configMaps,
  types.services,
  types.statefulSets,
  types.deployments,
  types.persistentVolumeClaims,
  types.networkPolicies,
];

/** How a point is made: what a Backup of Velero says, or by snapshots of volumes alone. */
export type Way = Record<string, unknown> | 'snapshots';

/** A world with a point, after which somebody changed data and configuration of the database. */
export async function changedSince(worlds: Worlds, way: Way): Promise<World> {
  const world = await worlds.open();
  if (way === 'snapshots') {
    world.engines = [csi];
    await world.backUp();
  } else await world.capture(way);
  await world.write({ 'orders.csv': '%%%', 'ransom.txt': 'pay' });
  await world.change(types.secrets, 'orders-db', { data: { password: 'bmV3' } });
  await world.change(types.statefulSets, 'orders-db', { metadata: { labels: { team: 'new' } } });
  await world.addLater('orders-db');
  await world.ground.settle();
  return world;
}

/** Everything of a namespace that somebody meant, what is on the disk of its database, and what becomes of the volumes. */
export async function stateOf(world: World, namespace = world.name): Promise<unknown> {
  await world.ground.settle();
  const { cluster, ground } = world;
  const lists = await Promise.all(kinds.map((type) => cluster.list(type, { namespace })));
  const meant = (object: KubeObject): unknown => {
    const { spec, metadata, data } = comparable(object, marksOf(world.engines[0]!));
    const { labels, annotations } = metadata as KubeObject['metadata'];
    const { dataSource: _, dataSourceRef: __, ...rest } = (spec ?? {}) as Record<string, unknown>;
    return { name: object.metadata.name, labels, annotations, spec: rest, data };
  };
  const claim = lists[5]!.items.find(({ metadata }) => metadata.name === 'data-orders-db-0');
  const { volumeName = '' } = (claim?.spec ?? {}) as { volumeName?: string };
  const volumes = (await cluster.list(types.persistentVolumes)).items
    .map(({ spec }) => spec as { claimRef?: { namespace?: string }; persistentVolumeReclaimPolicy: string })
    .filter(({ claimRef }) => claimRef?.namespace === namespace);
  const state = {
    objects: lists.map(({ items }) => items.map(meant)),
    files: await ground.read(volumeName),
    volumes: volumes.map(({ persistentVolumeReclaimPolicy }) => persistentVolumeReclaimPolicy).toSorted(),
  };
  // Worlds have names of their own, and so have the snapshots of a real Velero.
  const text = JSON.stringify(state)
    .replaceAll(world.name, 'shop')
    .replaceAll(/"velero-data-orders-db-0-[a-z0-9]{5}"/g, '"velero-data-orders-db-0-NAME"');
  return JSON.parse(text);
}
