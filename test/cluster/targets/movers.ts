import { at } from '@kubectl-dr/core/application/raw';
import { engine as ramen } from '@kubectl-dr/core/engines/ramen/index';
import { kinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ProtectionState } from '@kubectl-dr/core/protection/model';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { ramenControllers, ramenDefinitions } from '@kubectl-dr/sandbox/simulators/ramen/ramen';
import type { StorkOptions } from '@kubectl-dr/sandbox/simulators/stork/context';
import { migrationSchedule, policy } from '@kubectl-dr/sandbox/simulators/stork/pair.testing';
import { StorkStore } from '@kubectl-dr/sandbox/simulators/stork/store';
import { clusterPair, movingControllers } from '@kubectl-dr/sandbox/simulators/stork/stork';
import type { TargetName } from './harness.ts';
import { shippedDefinitions } from './snapshots.ts';
import type { LivingCluster } from './stage.ts';
import { stages } from './stage.ts';
import { withStork } from './stork.ts';

export type SideName = 'east' | 'west';

/** What an engine tells of one cluster. */
export async function stateBy(engine: Engine, { client, name }: LivingCluster): Promise<ProtectionState> {
  const objects = new Map<string, KubeObject[]>();
  for (const type of engine.kinds) objects.set(resourceKey(type), (await client.list(type)).items);
  return engine.interpret({ cluster: name, now: await client.now(), age: 0, objects, failures: new Map() });
}

export async function replicasOf({ client }: LivingCluster): Promise<unknown> {
  return at(await client.get({ type: types.deployments, name: 'web', namespace: 'shop' }), 'spec', 'replicas');
}

/** The shop on `east`, which Ramen brings to `west` and back. On a real server by the definitions that Ramen ships. */
export async function openRamen(target: TargetName, hubName: SideName, owner?: string) {
  const definitions = target === 'real' ? await shippedDefinitions('ramen') : ramenDefinitions();
  const [east, west] = (await Promise.all((['east', 'west'] as const).map((name) => stages[target]({ name, definitions })))) as [
    LivingCluster,
    LivingCluster,
  ];
  const hub = hubName === 'east' ? east : west;
  const clear = async (): Promise<void> => {
    for (const type of [kinds.policies, kinds.clusters])
      for (const { metadata } of (await hub.client.list(type)).items) await ifThere(hub.client.delete({ type, name: metadata.name }));
  };
  for (const [stage, replicas] of [[east, 1] as const, [west, 0] as const]) await createAll(stage.cluster, shop(replicas, owner));
  await clear();
  const managed = Object.fromEntries(
    [east, west].map((stage) => [stage.name, { cluster: stage.cluster, volumes: stage.volumes!, down: false }]),
  ) as Record<SideName, { cluster: LivingCluster['cluster']; volumes: NonNullable<LivingCluster['volumes']>; down: boolean }>;
  await createAll(hub.cluster, [
    of(kinds.policies, { name: 'gold' }, { drClusters: ['east', 'west'], schedulingInterval: '5m' }),
    ...['east', 'west'].map((name) => of(kinds.clusters, { name }, { region: name, s3ProfileName: 's3' })),
    of(kinds.placements, { name: 'shop', namespace: 'shop' }, placement),
  ]);
  const validated = { type: 'Validated', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '2026-01-15T12:00:00Z' };
  for (const name of ['east', 'west'])
    await hub.cluster.patchStatus({ type: kinds.clusters, name }, { phase: 'Available', conditions: [validated] });
  const behaviour: { down: boolean; step: number; userCleans: boolean; stuckAt?: string } = { down: false, step: 100, userCleans: false };
  hub.run(ramenControllers({ hub: hub.cluster, clock: systemClock, managed, behaviour }));
  const managedNow = async () => (await stateBy(ramen, hub)).managed?.[0];
  const rested = () => eventually(async () => (await managedNow())?.phase === 'Succeeded', 'it rests', 60_000);
  await eventually(async () => (await managedNow())?.phase === 'Succeeded', 'it is deployed and protected', 60_000);
  const close = async (): Promise<void> => {
    await clear();
    await Promise.all([east.close(), west.close()]);
  };
  return { east, west, hub, managed, behaviour, managedNow, rested, close };
}

/** The shop on `east`, which Stork copies to `west`. `link.cut`: neither Stork reaches the other. */
export async function openStork(target: TargetName, owner?: string, schedule: Record<string, unknown> = {}) {
  const store = new StorkStore();
  const link = { cut: false };
  const [east, west] = (await Promise.all((['east', 'west'] as const).map((name) => withStork(target, name, store)))) as [Side, Side];
  const optionsOf = ({ cluster, durations, volumes, stork: behaviour }: Side): StorkOptions => ({
    cluster,
    clock: systemClock,
    durations,
    volumes: volumes!,
    store,
    behaviour,
  });
  await createAll(east.cluster, shop(1, owner));
  if (owner !== undefined) await createAll(west.cluster, shop(1, owner).slice(0, 1));
  for (const [own, other] of [[east, west] as const, [west, east] as const]) {
    const pairs = ['to-west', 'to-east'].map((name) => clusterPair(name, 'kube-system'));
    await createAll(own.cluster, [...pairs, policy('five')]);
    own.run(movingControllers({ ...optionsOf(own), remote: () => (link.cut ? undefined : optionsOf(other)) }));
  }
  const arrived = (side: Side) =>
    eventually(async () => (await stateBy(stork, side)).replications[0]?.capturedAt !== undefined, 'a copy has arrived', 60_000);
  const copied = async (from: SideName, name: string): Promise<void> => {
    const side = from === 'east' ? east : west;
    await createAll(side.cluster, [migrationSchedule(name, from === 'east' ? 'to-west' : 'to-east', { schedule })]);
    await arrived(side);
  };
  await copied('east', 'shop');
  return { east, west, link, copied, close: async () => void (await Promise.all([east.close(), west.close()])) };
}

type Side = Awaited<ReturnType<typeof withStork>>;

const placement = {
  placementRef: { kind: 'Placement', name: 'shop', namespace: 'shop' },
  drPolicyRef: { kind: 'DRPolicy', name: 'gold' },
  preferredCluster: 'east',
  pvcSelector: {},
};

function of(type: (typeof kinds)[keyof typeof kinds], metadata: { name: string; namespace?: string }, spec: object): KubeObject {
  return { apiVersion: apiVersionOf(type), kind: type.kind, metadata, spec };
}

/** Nothing that takes long to end. */
function shop(count: number, owner?: string): KubeObject[] {
  const namespace = 'shop';
  const labels = { app: 'web' };
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'example/web:1' }] };
  const annotations = owner === undefined ? {} : { annotations: { 'kubectl-dr.dev/owner': owner } };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...annotations } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'quick' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: count, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}
