import { at, textAt } from '@kubectl-dr/core/application/raw';
import { engine as ramen } from '@kubectl-dr/core/engines/ramen/index';
import { kinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import type { EngineContext } from '@kubectl-dr/core/ports/engine';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { MoveKind, MoveRequest } from '@kubectl-dr/core/ports/mover';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { ramenControllers, ramenDefinitions } from '@kubectl-dr/sandbox/simulators/ramen/ramen';
import type { StorkOptions } from '@kubectl-dr/sandbox/simulators/stork/context';
import { migrationSchedule, policy } from '@kubectl-dr/sandbox/simulators/stork/pair.testing';
import { StorkStore } from '@kubectl-dr/sandbox/simulators/stork/store';
import { clusterPair, movingControllers } from '@kubectl-dr/sandbox/simulators/stork/stork';
import { inject } from 'vitest';
import { missingSnapshots, shippedDefinitions } from '../targets/snapshots.ts';
import { missingStork, withStork } from '../targets/stork.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = missingStork(target) ?? missingSnapshots(target);
const mover = ramen.mover!;

/** The hub is on `east`; on a real server by the definitions that Ramen ships, which say what a placement may hold. */
describe.skipIf(missing !== undefined)(`Ramen on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let east: LivingCluster;
  let west: LivingCluster;
  let context: EngineContext;

  const clear = async (): Promise<void> => {
    for (const type of [kinds.policies, kinds.clusters])
      for (const { metadata } of (await east.client.list(type)).items) await ifThere(east.client.delete({ type, name: metadata.name }));
  };
  beforeAll(async () => {
    const definitions = target === 'real' ? await shippedDefinitions('ramen') : ramenDefinitions();
    [east, west] = await Promise.all((['east', 'west'] as const).map((name) => stages[target]({ name, definitions })));
    for (const [stage, replicas] of [[east, 1] as const, [west, 0] as const]) await createAll(stage.cluster, shop(replicas));
    await clear();
    const managed = Object.fromEntries(
      [east, west].map((stage) => [stage.name, { cluster: stage.cluster, volumes: stage.volumes!, down: false }]),
    );
    await createAll(east.cluster, [
      of(kinds.policies, { name: 'gold' }, { drClusters: ['east', 'west'], schedulingInterval: '5m' }),
      ...['east', 'west'].map((name) => of(kinds.clusters, { name }, { region: name, s3ProfileName: 's3' })),
      of(kinds.placements, { name: 'shop', namespace: 'shop' }, placement),
    ]);
    const validated = { type: 'Validated', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '2026-01-15T12:00:00Z' };
    for (const name of ['east', 'west'])
      await east.cluster.patchStatus({ type: kinds.clusters, name }, { phase: 'Available', conditions: [validated] });
    const behaviour = { down: false, step: 100, userCleans: false };
    east.run(ramenControllers({ hub: east.cluster, clock: systemClock, managed, behaviour }));
    context = { cluster: east.client, clock: systemClock, namespace: 'shop' };
    await eventually(async () => (await managedNow())?.phase === 'Succeeded', 'it is deployed and protected', 60_000);
  });
  afterAll(async () => {
    if (east) await clear();
    await Promise.all([east?.close(), west?.close()]);
  });

  const managedNow = async () => {
    const objects = new Map<string, KubeObject[]>();
    for (const type of ramen.kinds) objects.set(resourceKey(type), (await east.client.list(type)).items);
    return ramen.interpret({ cluster: 'east', now: await east.client.now(), age: 0, objects, failures: new Map() }).managed?.[0];
  };
  const replicas = async ({ client }: LivingCluster): Promise<unknown> =>
    at(await client.get({ type: types.deployments, name: 'web', namespace: 'shop' }), 'spec', 'replicas');
  const requestOf = async (kind: MoveKind, from: string, to: string): Promise<MoveRequest> => {
    const { id, name, namespace, cluster } = (await managedNow())!;
    return { name: `move-${kind}`, kind, application: { id, name, namespace, cluster }, from, to, labels: {}, annotations: {} };
  };
  const moved = async (request: MoveRequest): Promise<void> => {
    expect((await mover.preflight({ steering: context }, request)).reasons.filter(({ severity }) => severity === 'blocker')).toEqual([]);
    for (let twice = 0; twice < 2; twice += 1) await mover.start({ steering: context }, request);
    await eventually(async () => (await mover.progress({ steering: context }, request)).phase === 'Succeeded', request.name, 60_000);
  };
  const rested = () => eventually(async () => (await managedNow())?.phase === 'Succeeded', 'it rests', 60_000);

  it('relocates, tests, fails over and goes back, by what a server lets through', async () => {
    await moved(await requestOf('relocate', 'east', 'west'));
    await rested();
    expect([await replicas(east), await replicas(west)]).toEqual([0, 1]);
    const test = await requestOf('test', 'west', 'east');
    await moved(test);
    expect([await replicas(east), await replicas(west)]).toEqual([1, 1]);
    await eventually(async () => (await mover.finish({ steering: context }, test, 'revert')).done, 'the test is taken back', 60_000);
    await rested();
    expect([await replicas(east), await replicas(west)]).toEqual([0, 1]);
    await moved(await requestOf('failover', 'west', 'east'));
    await rested();
    expect([await replicas(east), await replicas(west)]).toEqual([1, 0]);
    expect(textAt(await east.client.get({ type: kinds.placements, name: 'shop', namespace: 'shop' }), 'status', 'progression')).toBe(
      'Completed',
    );
  });
});

describe.skipIf(missing !== undefined)(`Stork on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  type Side = Awaited<ReturnType<typeof withStork>>;
  let east: Side;
  let west: Side;
  const moves = stork.mover!;
  const contextOf = ({ client }: Side): EngineContext => ({ cluster: client, clock: systemClock, namespace: 'kube-system' });
  const contexts = () => ({ steering: contextOf(west), source: contextOf(east), target: contextOf(west) });

  beforeAll(async () => {
    const store = new StorkStore();
    [east, west] = await Promise.all((['east', 'west'] as const).map((name) => withStork(target, name, store)));
    const optionsOf = ({ cluster, durations, volumes, stork: behaviour }: Side): StorkOptions => ({
      cluster,
      clock: systemClock,
      durations,
      volumes: volumes!,
      store,
      behaviour,
    });
    await createAll(east.cluster, shop(1));
    for (const [own, other] of [[east, west] as const, [west, east] as const]) {
      const pairs = ['to-west', 'to-east'].map((name) => clusterPair(name, 'kube-system'));
      await createAll(own.cluster, [...pairs, policy('five')]);
      own.run(movingControllers({ ...optionsOf(own), remote: () => optionsOf(other) }));
    }
    await createAll(east.cluster, [migrationSchedule('shop', 'to-west')]);
    await eventually(async () => (await stateOf(east)).replications[0]?.capturedAt !== undefined, 'a copy has arrived', 60_000);
  });
  afterAll(async () => void (await Promise.all([east?.close(), west?.close()])));

  const stateOf = async ({ client, name }: Side) => {
    const objects = new Map<string, KubeObject[]>();
    for (const type of stork.kinds) objects.set(resourceKey(type), (await client.list(type)).items);
    return stork.interpret({ cluster: name, now: await client.now(), age: 0, objects, failures: new Map() });
  };
  const moved = async (kind: MoveKind, from: string, to: string): Promise<void> => {
    const [application] = (await stateOf(west)).managed!;
    const labels = { 'kubectl-dr.dev/operation': kind, 'kubectl-dr.dev/step': 'move' };
    const request: MoveRequest = { name: `move-${kind}`, kind, application: application!, from, to, labels, annotations: {} };
    expect((await moves.preflight(contexts(), request)).reasons).toEqual([]);
    for (let twice = 0; twice < 2; twice += 1) await moves.start(contexts(), request);
    await eventually(async () => (await moves.progress(contexts(), request)).phase === 'Succeeded', request.name, 60_000);
    expect(await moves.finish(contexts(), request, 'keep')).toEqual({ done: true, pending: [] });
  };
  const replicas = async ({ client }: Side): Promise<unknown> =>
    at(await client.get({ type: types.deployments, name: 'web', namespace: 'shop' }), 'spec', 'replicas');

  it('moves an application to the other cluster without loss, and back', async () => {
    await moved('relocate', 'east', 'west');
    expect([await replicas(east), await replicas(west)]).toEqual([0, 1]);
    await createAll(west.cluster, [migrationSchedule('back', 'to-east')]);
    await eventually(async () => (await stateOf(west)).replications[0]?.capturedAt !== undefined, 'a copy has gone back', 60_000);
    await moved('failback', 'west', 'east');
    expect([await replicas(east), await replicas(west)]).toEqual([1, 0]);
  });
});

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
function shop(count: number): KubeObject[] {
  const labels = { app: 'web' };
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'example/web:1' }] };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'quick' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: count, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}
