import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { ListReader } from '../../service/list-reader.ts';
import { createDrService } from '../../service/service.ts';
import {
  configMap,
  cronJob,
  deployment,
  namespace,
  object,
  persistentVolumeClaim,
  pod,
  secret,
  service,
  statefulSet,
  storageClass,
} from '../../testing/builders.ts';
import { FakeClock } from '../../testing/clock.ts';
import { FakeEngine } from '../../testing/fake-engine.ts';
import { MemoryCluster, writes } from '../../testing/memory-cluster.ts';
import type { PlanRequest } from '../model.ts';

const caller = { name: 'alice' };
const now = Date.parse('2026-01-15T12:00:00Z');
const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString();
const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' });

function app(): KubeObject[] {
  const meta = (name: string, more: object = {}) => ({ metadata: { labels: labels(name), creationTimestamp: at(10_000), ...more } });
  return [
    statefulSet(
      'shop/db',
      {
        labels: labels('db'),
        templates: ['data'],
        podSpec: { containers: [{ name: 'main', image: 'db:1', envFrom: [{ secretRef: { name: 'db' } }] }] },
      },
      meta('db'),
    ),
    deployment('shop/web', { labels: labels('web'), replicas: 3 }, meta('web', { annotations: { 'kubectl-dr.dev/depends-on': 'db' } })),
    secret('shop/db', { password: 'old' }),
    configMap('shop/web', { page: 'old' }, { metadata: { labels: labels('web') } }),
    service('shop/db', { selector: labels('db') }),
    persistentVolumeClaim('shop/data-db-0', {}, { metadata: { creationTimestamp: at(10_000) } }),
  ];
}

interface Options {
  method?: 'csi-snapshot' | 'data-mover' | 'file-system' | 'native-snapshot';
  live?: KubeObject[];
  types?: ConstructorParameters<typeof MemoryCluster>[0]['types'];
}

function world({ method = 'csi-snapshot', live = [], types: more = [] }: Options = {}) {
  const clock = new FakeClock(now, { auto: true });
  const east = new MemoryCluster({ name: 'east', clock, types: more });
  const volume = object('v1', 'PersistentVolume', 'pvc-shop-data-db-0', {
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace: 'shop', name: 'data-db-0' },
      csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'v' },
    },
  });
  const space = namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-shop' } } });
  east.seed([space, ...app(), volume, storageClass('standard'), ...live]);
  const engine = new FakeEngine();
  for (const [name, minutes] of [
    ['p2', 12],
    ['p1', 90],
  ] as const) {
    const id = `east/fake/fake/${name}`;
    engine.points.push({
      id,
      name,
      namespace: 'fake',
      uid: name,
      engine: 'fake',
      cluster: 'east',
      phase: 'Succeeded',
      nativePhase: 'Completed',
      capturedAt: at(minutes),
      scope: { namespaces: ['shop'], excludedNamespaces: [] },
    });
    const objects = [space, ...app(), pod('shop/db-0', { claims: ['data-db-0'] }, { metadata: { labels: labels('db') } })];
    engine.inside.set(id, {
      contents: {
        pointId: id,
        objects: objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name, namespace: 'shop' })),
        volumes: [{ namespace: 'shop', claim: 'data-db-0', method, state: 'captured', bytes: 2_000_000_000 }],
        errors: {},
      },
      objects,
    });
  }
  const dr = createDrService({ clusters: [east], reader: new ListReader([east]), engines: [engine], clock, holder: 'me' });
  const plan = (request: Partial<PlanRequest> = {}) =>
    dr.plan({ intent: 'Restore', application: 'shop', mode: 'inPlace', ...request }, caller);
  return { clock, east, engine, dr, plan };
}

const patchLive = async (east: MemoryCluster) => {
  await east.patch({ type: types.configMaps, namespace: 'shop', name: 'web' }, 'merge', { data: { page: 'new' } });
  await east.patch({ type: types.secrets, namespace: 'shop', name: 'db' }, 'merge', { data: { password: btoa('new') } });
  east.seed([configMap('shop/later', {}, { metadata: { labels: labels('web') } })]);
};

describe('diff of a restore in place', () => {
  it('tells for every object what would happen, secrets by name only, and asks for no steps', async () => {
    const { dr, east } = world();
    await patchLive(east);
    const diff = await dr.diff({ application: 'shop' }, caller);
    const lines = Object.fromEntries(diff.changes.map(({ kind, name, action }) => [`${kind}/${name}`, action]));
    expect(lines).toMatchObject({
      'ConfigMap/web': 'change',
      'Secret/db': 'change',
      'ConfigMap/later': 'leave',
      'StatefulSet/db': 'leave',
      'Deployment/web': 'leave',
      'PersistentVolumeClaim/data-db-0': 'change',
    });
    expect(diff.changes.find(({ name }) => name === 'later')?.why).toContain('--prune');
    expect(JSON.stringify(diff)).not.toContain(btoa('old'));
    expect(JSON.stringify(diff)).not.toContain(btoa('new'));
    expect(diff).not.toHaveProperty('waves');
  });

  it('reads each kind once, however many objects there are: 500 take as many requests as 5', async () => {
    const requestsOf = async (count: number): Promise<number> => {
      const { plan, east } = world({ live: many.slice(0, count) });
      await plan();
      return east.calls.length;
    };
    const many = Array.from({ length: 500 }, (_, index) =>
      configMap(`shop/c${index}`, { n: String(index) }, { metadata: { labels: labels('web') } }),
    );
    expect(await requestsOf(500)).toBe(await requestsOf(5));
    const { plan, east } = world({ live: many });
    await plan();
    const reads = east.calls.filter(({ verb, namespace: where }) => where === 'shop' && (verb === 'get' || verb === 'list'));
    expect(reads.filter(({ verb }) => verb === 'get')).toEqual([]);
    expect(new Set(reads.map(({ resource }) => resource)).size).toBe(reads.length);
    expect(east.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
  });
});

describe('plan of a restore in place', () => {
  it('says what is lost as time, by the clock of the cluster', async () => {
    const { plan } = world();
    expect((await plan()).dataLoss).toEqual([
      { component: 'db', seconds: 720, text: '12 minutes of db' },
      { component: 'web', seconds: 0, text: 'nothing of web: it has no data' },
    ]);
    expect((await plan({ point: '1h ago' })).dataLoss[0]).toMatchObject({ text: '1 hour and 30 minutes of db' });
    expect((await plan({ mode: 'configOnly' })).dataLoss[0]).toMatchObject({ seconds: 0, text: 'nothing of db: its data stays' });
  });

  it('touches nothing of the components that were not named', async () => {
    const { plan, east } = world();
    await patchLive(east);
    const { changes, waves } = await plan({ components: ['db'], prune: true });
    expect(new Set(changes.map(({ component }) => component))).toEqual(new Set(['db']));
    expect(changes.map(({ kind, name }) => `${kind}/${name}`)).not.toContain('ConfigMap/web');
    expect(JSON.stringify(waves)).not.toContain('"web"');
  });

  it('goes by the procedure: copy, stop, keep, take off, restore, start, verify', async () => {
    const { plan } = world();
    const { waves, undo } = await plan({ components: ['db'], mode: 'dataOnly' });
    expect(waves.map((wave) => wave.map(({ action }) => action.kind))).toEqual([
      ['engine.backup'],
      ['workload.scale'],
      ['await.quiet'],
      ['volume.keep'],
      ['claim.remove'],
      ['engine.restore'],
      ['workload.scale'],
      ['await.claims', 'await.ready'],
    ]);
    const forward = new Set(waves.flat().map(({ id }) => id));
    const back = undo.waves!.flat();
    expect(back.every(({ undoes }) => undoes !== undefined && forward.has(undoes))).toBe(true);
    expect(new Set([...forward, ...back.map(({ id }) => id)]).size).toBe(forward.size + back.length);
    expect(undo.release!.flat().map(({ action }) => action.kind)).toEqual(['volume.release']);
  });

  it('starts the pods before it waits for a data mover that waits for pods', async () => {
    const { plan } = world({ method: 'data-mover' });
    const kinds = (await plan({ components: ['db'], mode: 'dataOnly' })).waves.flat().map(({ action }) => action);
    const restore = kinds.findIndex(({ kind }) => kind === 'engine.restore');
    expect(kinds[restore]).toMatchObject({ until: 'claims' });
    const start = kinds.findIndex((action, index) => index > restore && action.kind === 'workload.scale' && action.replicas === 1);
    const end = kinds.findIndex(({ kind }) => kind === 'engine.restore.end');
    expect(start).toBeGreaterThan(restore);
    expect(end).toBeGreaterThan(start);
  });

  it('brings files back through pods, and never into the volume that is kept', async () => {
    const { plan } = world({ method: 'file-system' });
    const actions = (await plan({ components: ['db'], mode: 'dataOnly' })).waves.flat().map(({ action }) => action);
    const position = (kind: string, from = 0): number => actions.findIndex((action, index) => index >= from && action.kind === kind);
    const restore = actions[position('engine.restore')]!;
    expect(restore).toMatchObject({ request: { includedResources: expect.arrayContaining(['pods', 'persistentvolumeclaims']) } });
    expect(position('claim.remove')).toBeLessThan(position('engine.restore'));
    expect(actions[position('objects.remove')]).toMatchObject({ objects: [{ name: 'db', type: { kind: 'StatefulSet' } }] });
    expect(position('objects.remove')).toBeLessThan(position('engine.restore'));
    expect(position('object.create')).toBeGreaterThan(position('engine.restore'));
  });

  it('brings a native snapshot back beside its own volume, which is kept under its name', async () => {
    const { waves, blockers, undo } = await world({ method: 'native-snapshot' }).plan({ components: ['db'], mode: 'dataOnly' });
    expect(blockers).toEqual([]);
    const actions = waves.flat().map(({ action }) => action);
    // Mapped to itself: the engine takes another name for a volume whose own is taken.
    expect(actions.find(({ kind }) => kind === 'engine.restore')).toMatchObject({
      request: { namespaceMapping: { shop: 'shop' }, includedResources: expect.arrayContaining(['persistentvolumes']) },
      claims: [{ claim: 'data-db-0', kept: 'pvc-shop-data-db-0' }],
    });
    expect(undo.waves!.flat().map(({ action }) => action)).toContainEqual(
      expect.objectContaining({ kind: 'volume.rebind', volume: 'pvc-shop-data-db-0', reclaimPolicy: 'Delete' }),
    );
    const [, snapshot] = (await world().plan({ components: ['db'], mode: 'dataOnly' })).waves
      .flat()
      .flatMap(({ action }) => (action.kind === 'engine.restore' ? [action.kind, action.request.namespaceMapping] : []));
    expect(snapshot).toEqual({});
  });

  it('removes what did not exist then only when asked, and brings it back by undo', async () => {
    const { plan, east } = world();
    await patchLive(east);
    expect((await plan({ mode: 'configOnly' })).waves.flat().map(({ action }) => action.kind)).not.toContain('objects.remove');
    const pruning = await plan({ mode: 'configOnly', prune: true });
    expect(pruning.changes.find(({ name }) => name === 'later')).toMatchObject({ action: 'remove' });
    expect(pruning.waves.flat().find(({ action }) => action.kind === 'objects.remove')?.action).toMatchObject({
      objects: [{ name: 'later', uid: expect.any(String) }],
    });
    const prune = pruning.waves.flat().find(({ id }) => id.startsWith('prune-'))!;
    expect(pruning.undo.waves!.flat().find(({ undoes }) => undoes === prune.id)?.action).toMatchObject({
      kind: 'objects.restore',
      objects: [{ name: 'later' }],
    });
  });

  it('is carried out twice within one second, each time with a safety backup of its own', async () => {
    const { dr, east, engine, plan } = world();
    const restored = async () => {
      await patchLive(east);
      return (await dr.execute(await plan({ mode: 'configOnly', at: at(0) }), caller)).run();
    };
    for (const done of [await restored(), await restored()]) expect(done, done.message).toMatchObject({ state: 'Succeeded' });
    const names = [...engine.backups.values()].map(({ request }) => request.name);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^before-restore-shop-objects-20260115120000-/);
  });

  it('is stale when an object that it is about has changed, and names it', async () => {
    const { plan, dr, east } = world();
    const made = await plan({ mode: 'dataOnly' });
    await east.patch({ type: types.statefulSets, namespace: 'shop', name: 'db' }, 'merge', { spec: { replicas: 2 } });
    await expect(dr.execute(made, caller)).rejects.toMatchObject({
      code: 'PLAN_STALE',
      message: expect.stringContaining('StatefulSet shop/db'),
    });
  });

  it('keeps to the point of each place, when a component lies in two namespaces of one cluster', async () => {
    const { plan, dr, east, engine } = world();
    const elsewhere = (objects: KubeObject[]): KubeObject[] =>
      structuredClone(objects).map((item) => ({ ...item, metadata: { ...item.metadata, namespace: 'shop-2' } }));
    east.seed([namespace('shop-2'), ...elsewhere(app().filter(({ kind }) => kind !== 'PersistentVolumeClaim'))]);
    const [p2] = engine.points;
    engine.points.push({
      ...p2!,
      id: 'east/fake/fake/p3',
      name: 'p3',
      capturedAt: at(5),
      scope: { namespaces: ['shop-2'], excludedNamespaces: [] },
    });
    const { objects } = engine.inside.get(p2!.id)!;
    const others = elsewhere(objects.filter(({ kind }) => kind !== 'PersistentVolumeClaim'));
    const listed = others.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name, namespace: 'shop-2' }));
    const contents = { pointId: 'east/fake/fake/p3', objects: listed, volumes: [], errors: {} };
    engine.inside.set('east/fake/fake/p3', { contents, objects: others });
    await east.patch({ type: types.configMaps, namespace: 'shop', name: 'web' }, 'merge', { data: { page: 'new' } });
    const made = await plan({ mode: 'configOnly', components: ['web'] });
    expect(made.blockers).toEqual([]);
    expect(made.points.map(({ namespace: where, name }) => [where, name])).toEqual([
      ['shop', 'p2'],
      ['shop-2', 'p3'],
    ]);
    expect(made.skewSeconds).toBe(420);
    expect(await (await dr.execute(made, caller)).run()).toMatchObject({ state: 'Succeeded' });
  });

  it('is blocked when nothing differs', async () => {
    expect((await world().plan({ mode: 'configOnly' })).blockers).toMatchObject([{ code: 'NOTHING_TO_DO' }]);
  });

  it('estimates by what earlier restores took', async () => {
    const { plan } = world({ method: 'data-mover' });
    expect((await plan({ mode: 'dataOnly' })).estimate).toMatchObject({
      seconds: 160,
      basis: expect.stringContaining('nothing was measured yet'),
    });
  });

  it('suspends a cron job that uses the volume, and gives it back as it was', async () => {
    const job = cronJob('shop/vacuum', '0 3 * * *', { metadata: { labels: labels('db') } });
    const template = (job.spec as { jobTemplate: { spec: { template: { spec: Record<string, unknown> } } } }).jobTemplate.spec.template;
    template.spec.volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
    const { plan } = world({ live: [job] });
    const steps = (await plan({ components: ['db'], mode: 'dataOnly' })).waves.flat().map(({ action }) => action);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'object.suspend', mechanism: 'cron-job' }));
    expect(steps.at(-1)).toMatchObject({ kind: 'object.resume', previous: false });
  });
});

describe('what stands in the way', () => {
  it.each<[string, Options, string]>([
    ['a node', { live: [object('v1', 'Node', 'n1', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } })] }, 'NO_NODE_TOLERATED'],
    ['a driver', { live: [object('storage.k8s.io/v1', 'CSIDriver', 'other.csi')] }, 'CSI_DRIVER_MISSING'],
    [
      'another user of the volume',
      { live: [deployment('shop/report', { claims: ['data-db-0'] }, { metadata: { labels: labels('report') } })] },
      'VOLUME_SHARED',
    ],
    [
      'a pod that nothing controls',
      { live: [pod('shop/shell', { claims: ['data-db-0'] }, { metadata: { labels: labels('db') } })] },
      'WORKLOAD_CANNOT_STOP',
    ],
  ])('%s', async (_, options, code) => {
    const { plan, east } = world(options);
    if (code === 'NO_NODE_TOLERATED')
      await east.patch({ type: types.statefulSets, namespace: 'shop', name: 'db' }, 'merge', { metadata: { labels: { changed: 'yes' } } });
    const { blockers } = await plan({ components: ['db'] });
    expect(blockers.map((reason) => reason.code)).toEqual([code]);
    for (const { fix, message } of blockers) expect(`${message} ${fix}`).not.toContain('undefined');
  });

  it('a right that is missing, as the server says', async () => {
    const { plan, east } = world();
    east.allows = ({ spec }) => (spec as { resourceAttributes: { resource: string } }).resourceAttributes.resource !== 'persistentvolumes';
    expect((await plan()).blockers).toMatchObject([
      { code: 'PERMISSION_MISSING', message: 'tester may not patch persistentvolumes on east' },
    ]);
  });

  it('Argo CD, which is suspended meanwhile and only when it deploys here', async () => {
    const argo = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications', kind: 'Application', namespaced: true };
    const application = (name: string, into: string) =>
      object('argoproj.io/v1alpha1', 'Application', `argocd/${name}`, { spec: { destination: { namespace: into } } });
    const { plan } = world({ types: [argo], live: [application('shop', 'shop'), application('other', 'other')] });
    const made = await plan({ mode: 'dataOnly' });
    expect(made.warnings.map(({ code }) => code)).toContain('GITOPS_MANAGED');
    expect(
      made.waves
        .flat()
        .filter(({ action }) => action.kind === 'object.suspend')
        .map(({ action }) => action),
    ).toMatchObject([{ mechanism: 'argo-cd', target: { name: 'shop', namespace: 'argocd' } }]);
    expect(made.blockers).toEqual([]);
  });
});
