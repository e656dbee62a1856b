import { kinds as ramen } from '@kubectl-dr/core/engines/ramen/kinds';
import { adminNamespace, kinds as stork, notes } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { SandboxCluster } from './cluster.ts';
import { createAll } from './create-all.ts';
import { ramenControllers, ramenDefinitions } from './ramen/ramen.ts';
import { storkBehaviour, type StorkOptions } from './stork/context.ts';
import { StorkStore } from './stork/store.ts';
import { clusterPair, movingControllers, storkControllers, storkDefinitions } from './stork/stork.ts';

type Sites = Readonly<Record<'east' | 'west', SandboxCluster>>;

/**
 * Two applications that engines move by themselves, both running on `east` and copied every minute: `booking` by Ramen, whose hub is
 * `west`, and `tickets` by Stork.
 */
export async function steer(sites: Sites): Promise<void> {
  await steerByRamen(sites);
  await steerByStork(sites);
}

async function steerByRamen({ east, west }: Sites): Promise<void> {
  const namespace = 'booking';
  for (const [site, replicas] of [[east, 1] as const, [west, 0] as const])
    await createAll(site.client, [...ramenDefinitions(), ...application(namespace, replicas)]);
  const of = (type: ResourceType, metadata: { name: string; namespace?: string }, spec: object): KubeObject => ({
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata,
    spec,
  });
  await createAll(west.client, [
    of(ramen.policies, { name: 'every-minute' }, { drClusters: ['east', 'west'], schedulingInterval: '1m' }),
    ...['east', 'west'].map((name) => of(ramen.clusters, { name }, { region: name, s3ProfileName: 's3' })),
    of(
      ramen.placements,
      { name: namespace, namespace },
      {
        placementRef: { kind: 'Placement', name: namespace, namespace },
        drPolicyRef: { kind: 'DRPolicy', name: 'every-minute' },
        preferredCluster: 'east',
        pvcSelector: {},
      },
    ),
  ]);
  const lastTransitionTime = west.clock.now().toISOString();
  const validated = { type: 'Validated', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime };
  for (const name of ['east', 'west'])
    await west.client.patchStatus({ type: ramen.clusters, name }, { phase: 'Available', conditions: [validated] });
  const managed = Object.fromEntries(
    [east, west].map((site) => [
      site.name,
      {
        cluster: site.client,
        volumes: site.stage.volumes,
        get down() {
          return site.lost;
        },
      },
    ]),
  );
  const behaviour = { down: false, step: 1_500, userCleans: false };
  west.stage.run(ramenControllers({ hub: west.client, clock: west.stage.clock, managed, behaviour }));
}

async function steerByStork({ east, west }: Sites): Promise<void> {
  const namespace = 'tickets';
  const store = new StorkStore();
  const options = new Map(
    [east, west].map((site): [SandboxCluster, StorkOptions] => [
      site,
      {
        cluster: site.client,
        clock: site.stage.clock,
        durations: site.durations,
        volumes: site.stage.volumes,
        store,
        behaviour: storkBehaviour(),
      },
    ]),
  );
  await createAll(east.client, application(namespace, 1));
  await createAll(west.client, application(namespace, 1).slice(0, 1));
  for (const [here, there] of [[east, west] as const, [west, east] as const]) {
    const own = options.get(here)!;
    const minutely = { apiVersion: apiVersionOf(stork.policies), kind: stork.policies.kind, metadata: { name: 'every-minute' } };
    await createAll(here.client, [
      ...storkDefinitions(),
      ...['to-west', 'to-east'].map((name) => clusterPair(name, adminNamespace)),
      { ...minutely, policy: { interval: { intervalMinutes: 1 } } } as KubeObject,
    ]);
    here.stage.run([
      ...storkControllers(own),
      ...movingControllers({ ...own, remote: () => (here.lost || there.lost ? undefined : options.get(there)!) }),
    ]);
  }
  await createAll(east.client, [schedule(namespace, 'to-west')]);
}

/** Stork takes the note along to the other end, where it names that cluster's peer no longer: the one it names is where it runs. */
function schedule(namespace: string, pair: string): KubeObject {
  return {
    apiVersion: apiVersionOf(stork.migrationSchedules),
    kind: stork.migrationSchedules.kind,
    metadata: { name: namespace, namespace: adminNamespace, annotations: { [notes.peer]: 'west' } },
    spec: {
      schedulePolicyName: 'every-minute',
      suspend: false,
      autoSuspend: true,
      template: {
        spec: { clusterPair: pair, namespaces: [namespace], includeResources: true, includeVolumes: true, startApplications: false },
      },
    },
  };
}

/** Owned, one component with one volume, and a command that tells that it works. */
function application(name: string, replicas: number): KubeObject[] {
  const labels = { app: 'web' };
  const annotations = { 'kubectl-dr.dev/check': 'exec: true' };
  const spec = { containers: [{ name: 'main', image: `example/${name}:1` }] };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations: { 'kubectl-dr.dev/owner': 'group:default/team-shop' } } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'standard' },
    } as KubeObject,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: name, annotations },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    } as KubeObject,
  ];
}
