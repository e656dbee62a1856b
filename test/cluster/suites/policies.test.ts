import type { Entity } from '@backstage/catalog-model';
import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { kinds as volsyncKinds } from '@kubectl-dr/core/engines/volsync/kinds';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { veleroDefinitions } from '@kubectl-dr/sandbox/simulators/velero/crds';
import { volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { inject } from 'vitest';
import { openBackend } from '../../../plugins/dr-backend/src/testing/backend.ts';
import { tasksByHand } from '../../../plugins/dr-backend/src/testing/tasks.ts';
import { missingClusters } from '../targets/real.ts';
import type { Right } from '../targets/service-accounts.ts';
import { applyManifest, asServiceAccount, granted, manifest, removeManifest, rightOf } from '../targets/service-accounts.ts';
import { missingSnapshots, shippedDefinitions } from '../targets/snapshots.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = target === 'real' ? (missingClusters() ?? missingSnapshots(target)) : undefined;
const until = <T>(what: () => Promise<T>) => vi.waitFor(what, { timeout: 60_000, interval: 200 });

const owner = 'group:default/team-shop';
const catalog = (policy: boolean): Entity[] => [
  { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'team-shop' }, spec: { type: 'team', children: [] } },
  {
    apiVersion: 'kubectl-dr.dev/v1alpha1',
    kind: 'DRPolicy',
    metadata: { name: 'gold' },
    spec: {
      engines: ['velero', 'volsync'],
      objectives: { rpo: '4h' },
      schedule: { every: '1h' },
      replication: { to: 'west', every: '30m' },
    },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name: 'shop', annotations: policy ? { 'kubectl-dr.dev/policy': 'gold' } : {} },
    spec: { owner },
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: 'db',
      annotations: { 'backstage.io/kubernetes-cluster': 'east', 'backstage.io/kubernetes-namespace': 'shop' },
    },
    spec: { type: 'database', owner, system: 'shop' },
  },
];
const members = { 'user:default/alice': [owner] };

/** The namespaces that agreed, a claim on east, and on both sides what an installed Velero has. */
function world(name: 'east' | 'west'): KubeObject[] {
  const namespace = (place: string, annotations = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: place, annotations },
  });
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'shop' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  };
  return [
    namespace('shop', { 'kubectl-dr.dev/owner': owner }),
    namespace('velero'),
    {
      apiVersion: 'velero.io/v1',
      kind: 'BackupStorageLocation',
      metadata: { name: 'default', namespace: 'velero' },
      spec: { provider: 'aws', default: true, objectStorage: { bucket: 'backups' } },
    },
    ...(name === 'east' ? [claim] : []),
  ];
}

/** Of somebody else: one without our labels, and one that bears the name of ours and the labels of another application. */
const foreign = (marks: Record<string, string>, name: string): KubeObject => ({
  apiVersion: 'velero.io/v1',
  kind: 'Schedule',
  metadata: { name, namespace: 'velero', labels: marks },
  spec: { schedule: '0 0 1 1 *', template: { includedNamespaces: ['shop'] } },
});

/** `dr.policies.mode: apply` of the portal's backend, with nothing more than what the manifests of `plugins/dr-backend/rbac` grant. */
describe.skipIf(missing !== undefined)(`policies of a portal on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  const sides: LivingCluster[] = [];
  const clients: HttpCluster[] = [];
  const portals: Awaited<ReturnType<typeof openBackend>>[] = [];
  const used: Right[] = [];
  const refused: string[] = [];
  const manifests = [...manifest('reader'), ...manifest('operator'), ...manifest('policies')];
  let definitions: KubeObject[];

  beforeAll(async () => {
    definitions =
      target === 'real'
        ? [...(await shippedDefinitions('velero')), ...(await shippedDefinitions('volsync'))]
        : [...veleroDefinitions(), ...volsyncDefinitions()];
    for (const name of ['east', 'west'] as const) {
      const side = await stages[target]({ name, definitions });
      sides.push(side);
      await createAll(side.cluster, world(name));
      if (side.kubeconfig !== undefined) await applyManifest(side.client, manifests);
    }
  }, 120_000);
  afterAll(async () => {
    for (const { backend } of portals) await backend.stop();
    for (const client of clients) await client.close();
    for (const side of sides) {
      await removeManifest(side.client, manifests);
      // The suites of a run share the real clusters.
      for (const { metadata } of definitions.filter(({ metadata: { name } }) => name.endsWith('.volsync.backube')))
        await ifThere(side.client.delete({ type: types.customResourceDefinitions, name: metadata.name }));
      await side.close();
    }
  }, 120_000);

  /** The cluster as the portal reaches it; in memory there are no accounts. */
  async function reached(side: LivingCluster): Promise<ClusterClient> {
    const { kubeconfig, client, name } = side;
    if (kubeconfig === undefined) return client;
    const account = await asServiceAccount({ name, client, kubeconfig }, 'dr-operator', (traced) => {
      const right = rightOf(traced);
      if (right === undefined) return;
      if (traced.status === 403) refused.push(`${right.verb} ${right.what}`);
      else used.push(right);
    });
    clients.push(account);
    // The server learns of rights in its own time: what it refuses until then is none that is missing.
    const looks = [types.namespaces, types.persistentVolumeClaims, veleroKinds.schedules, volsyncKinds.sources];
    await until(() => Promise.all(looks.map((type) => account.list(type))));
    const writing = { type: volsyncKinds.sources, namespace: 'shop', name: 'none' };
    await until(() => account.get(writing).catch((error: Error) => expect(error.name).toBe('NotFoundError')));
    refused.length = 0;
    return account;
  }

  /** One round of what the scheduler runs on one of the replicas. */
  async function openPortal(policy: boolean): Promise<() => Promise<void>> {
    const tasks = tasksByHand();
    const portal = await openBackend({
      clusters: await Promise.all(sides.map(reached)),
      entities: catalog(policy),
      members,
      config: { dr: { policies: { mode: 'apply', prune: true }, notifications: { verdicts: false } } },
      features: [tasks.feature],
    });
    portals.push(portal);
    await until(async () => expect((await portal.as('alice')('get', '/v1/health')).body.status).toBe('ok'));
    return () => tasks.run('dr-policies');
  }

  const [east, west] = [() => sides[0]!.client, () => sides[1]!.client];
  const listed = async (cluster: ClusterClient, type: ResourceType): Promise<KubeObject[]> => (await cluster.list(type)).items;
  const made = async (): Promise<Record<string, KubeObject[]>> => ({
    schedules: (await listed(east(), veleroKinds.schedules)).filter(
      ({ metadata }) => metadata.labels?.['kubectl-dr.dev/policy'] === 'gold',
    ),
    sources: await listed(east(), volsyncKinds.sources),
    destinations: await listed(west(), volsyncKinds.destinations),
  });
  const counts = async (): Promise<Record<string, number>> =>
    Object.fromEntries(Object.entries(await made()).map(([what, objects]) => [what, objects.length]));
  /** The index of the portal hears of a write in its own time. */
  const rounds = (round: () => Promise<void>, what: () => Promise<void>) =>
    until(async () => {
      await round();
      await what();
    });

  let round: () => Promise<void>;
  let theirs: KubeObject;
  it('what they ask for is written on both clusters, and then left alone', async () => {
    theirs = await east().create(veleroKinds.schedules, foreign({}, 'nightly'));
    round = await openPortal(true);
    await rounds(round, async () => expect(await counts()).toEqual({ schedules: 1, sources: 1, destinations: 1 }));
    const before = await made();
    expect(before.schedules![0]!.spec).toMatchObject({ schedule: '@every 1h0m0s', template: { includedNamespaces: ['shop'] } });
    await round();
    await round();
    const versions = (objects: Record<string, KubeObject[]>) =>
      Object.values(objects).flatMap((all) => all.map(({ metadata }) => metadata.resourceVersion));
    expect(versions(await made())).toEqual(versions(before));
  });

  it('what somebody edits is made as they say again, and what was added beside it stays', async () => {
    const { schedules, sources, destinations } = await made();
    const edit = (cluster: ClusterClient, type: ResourceType, { metadata }: KubeObject, spec: object) =>
      cluster.patch({ type, name: metadata.name, namespace: metadata.namespace! }, 'merge', { metadata: { labels: { team: 'x' } }, spec });
    await edit(east(), veleroKinds.schedules, schedules![0]!, { schedule: '0 0 1 1 *', paused: true });
    await edit(east(), volsyncKinds.sources, sources![0]!, { trigger: { schedule: '0 0 1 1 *' } });
    await edit(west(), volsyncKinds.destinations, destinations![0]!, { trigger: { schedule: '0 0 1 1 *' } });
    await rounds(round, async () => {
      const now = await made();
      for (const [what, before] of Object.entries({ schedules, sources, destinations })) {
        const { paused: _, ...spec } = now[what]![0]!.spec as Record<string, unknown>;
        expect(spec, what).toEqual(before![0]!.spec);
        expect(now[what]![0]!.metadata.labels).toMatchObject({ team: 'x' });
      }
    });
  });

  it('what is not theirs is never touched, not even under the name of what they would write', async () => {
    const { schedules } = await made();
    const { name } = schedules![0]!.metadata;
    await east().delete({ type: veleroKinds.schedules, namespace: 'velero', name });
    const taken = await east().create(
      veleroKinds.schedules,
      foreign({ 'kubectl-dr.dev/policy': 'gold', 'kubectl-dr.dev/application': 'other' }, name),
    );
    // Until the portal has heard of it, and a round more.
    for (const _ of [1, 2, 3]) {
      await round();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const now = await listed(east(), veleroKinds.schedules);
    for (const before of [taken, theirs])
      expect(now.find(({ metadata }) => metadata.name === before.metadata.name)?.metadata).toMatchObject({
        uid: before.metadata.uid,
        resourceVersion: before.metadata.resourceVersion,
      });
    await east().delete({ type: veleroKinds.schedules, namespace: 'velero', name });
    await rounds(round, async () => expect((await counts()).schedules).toBe(1));
  });

  it('what they ask for no longer is taken away with prune, and nothing else', async () => {
    const pruning = await openPortal(false);
    await rounds(pruning, async () => expect(await counts()).toEqual({ schedules: 0, sources: 0, destinations: 0 }));
    expect((await listed(east(), veleroKinds.schedules)).map(({ metadata }) => metadata.name)).toEqual(['nightly']);
  });

  it.skipIf(target === 'memory')('need every right that their manifest gives, and no other', () => {
    expect(refused).toEqual([]);
    const idle = granted(manifest('policies')).flatMap(({ by, namespace, verbs, resources }) =>
      verbs.flatMap((verb) =>
        resources.flatMap((what) =>
          used.some((right) => right.verb === verb && right.what === what && (namespace === undefined || right.namespace === namespace))
            ? []
            : [`${by}: ${verb} ${what}`],
        ),
      ),
    );
    expect(idle).toEqual([]);
  });
});
