import { engine } from '@kubectl-dr/core/engines/ramen/index';
import { kinds } from '@kubectl-dr/core/engines/ramen/kinds';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ProtectionState } from '@kubectl-dr/core/protection/model';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { find } from '../find.ts';
import { nodes, storageClasses } from '../hardware.ts';
import { Stage } from '../stage.ts';
import { quick } from '../volsync/pair.testing.ts';
import { type ManagedCluster, ramenControllers, ramenDefinitions } from './ramen.ts';

/** A hub, and the shop on `east` and `west`, running on the first. Time stands still until somebody waits. */
export async function ramenFleet(interval = '5m') {
  const clock = new FakeClock();
  const open = async (name: string): Promise<Stage> => {
    const stage = new Stage({
      name,
      clock,
      durations: { ...instant },
      crds: ramenDefinitions(),
      onError: (error, controller) => process.stderr.write(`${controller}: ${error.message}\n`),
    });
    stage.start();
    return stage;
  };
  const [hub, east, west] = await Promise.all([open('hub'), open('east'), open('west')]);
  for (const [stage, replicas] of [[east, 1] as const, [west, 0] as const])
    await createAll(stage.cluster, [...nodes([{ name: 'a', zone: 'eu-1a' }]), ...storageClasses(), quick, ...shop(replicas)]);
  const managed: Record<'east' | 'west', ManagedCluster> = {
    east: { cluster: east.cluster, volumes: east.volumes, down: false },
    west: { cluster: west.cluster, volumes: west.volumes, down: false },
  };
  const behaviour: { down: boolean; step: number; userCleans: boolean; stuckAt?: string } = {
    down: false,
    step: 10_000,
    userCleans: false,
  };
  await createAll(hub.cluster, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    object(kinds.policies, { name: 'gold' }, { drClusters: ['east', 'west'], schedulingInterval: interval }),
    ...['east', 'west'].map((name) => object(kinds.clusters, { name }, { region: name, s3ProfileName: 's3' })),
    object(
      kinds.placements,
      { name: 'shop', namespace: 'shop' },
      {
        placementRef: { name: 'shop' },
        drPolicyRef: { name: 'gold' },
        preferredCluster: 'east',
        pvcSelector: {},
        newerThanUs: { kept: true },
      },
    ),
  ]);
  for (const name of ['east', 'west'])
    await hub.cluster.patchStatus(
      { type: kinds.clusters, name },
      { phase: 'Available', conditions: [{ type: 'Validated', status: 'True', reason: 'Succeeded' }] },
    );
  hub.run(ramenControllers({ hub: hub.cluster, clock, managed, behaviour }));
  const pass = async (milliseconds: number, step = 10_000): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      await clock.advance(step);
      for (const stage of [hub, east, west]) await stage.idle();
    }
  };
  await pass(120_000);
  const context: EngineContext = { cluster: hub.cluster, clock, namespace: 'shop' };
  const volumeOf = async (stage: Stage) =>
    textAt(await find(stage.cluster, { type: types.persistentVolumeClaims, name: 'data', namespace: 'shop' }), 'spec', 'volumeName');
  const stages = { hub, east, west };
  return {
    ...stages,
    clock,
    managed,
    behaviour,
    pass,
    context,
    async write(where: 'east' | 'west', text: string): Promise<void> {
      stages[where].volumes.write(await volumeOf(stages[where]), { rows: text });
    },
    async read(where: 'east' | 'west'): Promise<string | undefined> {
      return stages[where].volumes.read(await volumeOf(stages[where]))?.rows;
    },
    async state(where: 'hub' | 'east' | 'west'): Promise<ProtectionState> {
      const objects = new Map<string, KubeObject[]>();
      for (const type of engine.kinds) objects.set(resourceKey(type), (await stages[where].cluster.list(type)).items);
      return engine.interpret({ cluster: where, now: clock.now(), age: 0, objects, failures: new Map() });
    },
    close: () => [hub, east, west].forEach((stage) => stage.close()),
  };
}

function object(type: (typeof kinds)[keyof typeof kinds], metadata: { name: string; namespace?: string }, spec: object): KubeObject {
  return { apiVersion: apiVersionOf(type), kind: type.kind, metadata, spec };
}

function shop(replicas: number): KubeObject[] {
  const labels = { app: 'web' };
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
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example/web:1' }] } },
      },
    },
  ];
}
