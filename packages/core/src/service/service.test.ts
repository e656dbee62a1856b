import { NotAllowedError } from '../errors.ts';
import { types } from '../ports/kubernetes.ts';
import type { PointContents, RecoveryPoint } from '../protection/model.ts';
import { deployment, namespace, object, persistentVolumeClaim, statefulSet } from '../testing/builders.ts';
import { FakeClock } from '../testing/clock.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { MemoryCluster, unreachable, writes } from '../testing/memory-cluster.ts';
import { ListReader } from './list-reader.ts';
import { createDrService } from './service.ts';

const at = (minutesAgo: number): string => new Date(Date.parse('2026-01-15T12:00:00Z') - minutesAgo * 60_000).toISOString();
const owner = 'group:default/team-shop';
const caller = { name: 'alice' };

function point(name: string, minutesAgo: number, changes: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return {
    id: `east/fake/fake/${name}`,
    name,
    namespace: 'fake',
    uid: `uid-${name}`,
    engine: 'fake',
    cluster: 'east',
    phase: 'Succeeded',
    nativePhase: 'Completed',
    capturedAt: at(minutesAgo),
    scope: { namespaces: ['shop'], excludedNamespaces: [] },
    ...changes,
  };
}

function inside(
  name: string,
  volume: 'captured' | 'skipped' = 'captured',
): { contents: PointContents; objects: ReturnType<typeof captured> } {
  return {
    contents: {
      pointId: `east/fake/fake/${name}`,
      objects: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' },
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
      ],
      volumes: [
        { namespace: 'shop', claim: 'data-orders-db-0', method: 'file-system', state: volume, ...(volume === 'captured' && { bytes: 9 }) },
      ],
      errors: {},
    },
    objects: captured(),
  };
}

function captured() {
  return [
    namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': owner } } }),
    deployment('shop/web'),
    statefulSet('shop/orders-db', { templates: ['data'] }),
    object('v1', 'Service', 'shop/web', { spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30080 }] } }),
  ];
}

function part(kind: string, name: string, selector: string, dependsOn: string[] = []) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name,
      annotations: {
        'backstage.io/kubernetes-namespace': 'shop',
        'backstage.io/kubernetes-cluster': 'east',
        'backstage.io/kubernetes-label-selector': selector,
      },
    },
    spec: { type: 'service', owner: 'team-shop', system: 'shop', dependsOn },
  };
}

const entities = [
  { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'shop' }, spec: { owner: 'team-shop' } },
  part('Component', 'web', 'app=web', ['resource:orders-db']),
  part('Resource', 'orders-db', 'app=orders-db'),
];

function world({ namespaceGone = false, more = [] as ReturnType<typeof part>[] } = {}) {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const east = new MemoryCluster({ name: 'east', clock });
  const old = { metadata: { creationTimestamp: at(10_000) } };
  if (!namespaceGone) {
    const labelled = (name: string) => ({ metadata: { creationTimestamp: at(10_000), labels: { app: name } } });
    east.seed([
      namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': owner } } }),
      deployment('shop/web', {}, labelled('web')),
      statefulSet('shop/orders-db', { templates: ['data'] }, labelled('orders-db')),
      persistentVolumeClaim('shop/data-orders-db-0', {}, old),
    ]);
  }
  const engine = new FakeEngine();
  engine.points = [point('p3', 5), point('p2', 20), point('p1', 40)];
  engine.inside.set('east/fake/fake/p3', inside('p3', 'skipped'));
  engine.inside.set('east/fake/fake/p2', inside('p2'));
  engine.inside.set('east/fake/fake/p1', inside('p1'));
  const make = (clusters = [east], holder = 'me') =>
    createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine],
      clock,
      holder,
      catalog: { read: async () => ({ entities: [...entities, ...more], problems: [] }) },
    });
  return { clock, east, engine, make, service: make() };
}

const restore = { intent: 'Restore', application: 'shop', namespace: 'shop-copy' } as const;

describe('fleet', () => {
  it('takes for each component the newest point whose contents bring it back', async () => {
    const { service } = world();
    const status = await service.application('shop');
    const points = Object.fromEntries(
      status.components.map(({ component, point: found, ageSeconds }) => [component.name, [found?.name, ageSeconds]]),
    );
    expect(points).toEqual({ web: ['p3', 300], 'orders-db': ['p2', 1200] });
    expect(status).toMatchObject({ point: { name: 'p2' }, verdict: 'AtRisk' });
    expect(status.components.find(({ component }) => component.name === 'orders-db')?.volumes).toMatchObject([
      { claim: 'data-orders-db-0', capture: { method: 'file-system', bytes: 9 } },
    ]);
  });

  it('reads contents once, however often it is asked', async () => {
    const { service, engine } = world();
    const read = vi.spyOn(engine, 'contents');
    await service.fleet();
    await service.fleet();
    // The newest, then two at once: each of the three exactly once.
    expect(read.mock.calls.map(([, { name }]) => name).toSorted()).toEqual(['p1', 'p2', 'p3']);
  });

  it('finds an application by the ref of a component, and suggests the nearest name', async () => {
    const { service } = world();
    expect((await service.application('resource:default/orders-db')).application.name).toBe('shop');
    await expect(service.application('shp')).rejects.toMatchObject({ code: 'UNKNOWN_APPLICATION', hint: 'did you mean "shop"?' });
  });

  it('shows a cluster that does not answer as a row, and the rest beside it', async () => {
    const { make, east, clock } = world();
    const west = new MemoryCluster({ name: 'west', clock });
    west.intercept = () => {
      throw unreachable('west');
    };
    const fleet = await make([east, west]).fleet();
    expect(fleet.clusters.map(({ name, reachable }) => [name, reachable])).toEqual([
      ['east', true],
      ['west', false],
    ]);
    expect(fleet.applications.map(({ application }) => application.name)).toContain('shop');
  });
});

describe('a reader who may list nothing', () => {
  it('has read nothing, and is told what was refused', async () => {
    const { make, east } = world();
    east.intercept = ({ verb, resource }) => {
      if (verb === 'list' || verb === 'get') throw new NotAllowedError(`guest may not ${verb} ${resource} on east`, { cluster: 'east' });
    };
    const { clusters } = await make().fleet();
    expect(clusters).toMatchObject([
      { reachable: false, error: { code: 'FORBIDDEN', message: expect.stringContaining('guest may not list') } },
    ]);
  });
});

describe('plan of a clone', () => {
  it('pins its points, lists every object with its rewrites, and writes nothing', async () => {
    const { service, east } = world();
    const plan = await service.plan(restore, caller);
    expect(plan.points.map(({ component, name }) => [component, name])).toEqual([
      ['web', 'p3'],
      ['orders-db', 'p2'],
    ]);
    expect(plan.request.pins).toHaveLength(2);
    expect(plan.blockers).toEqual([]);
    expect(plan.changes.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['Deployment/web', 'Service/web', 'StatefulSet/orders-db']);
    expect(plan.changes[1]!.fields).toContainEqual(expect.objectContaining({ path: 'spec.type', from: 'LoadBalancer', to: 'ClusterIP' }));
    expect(east.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
  });

  it('goes back to a time, and to a point by name', async () => {
    const { service } = world();
    const earlier = await service.plan({ ...restore, point: '11:30' }, caller);
    expect(new Set(earlier.points.map(({ name }) => name))).toEqual(new Set(['p1']));
    const named = await service.plan({ ...restore, point: 'p3' }, caller);
    expect(named.blockers).toMatchObject([{ code: 'POINT_UNUSABLE', component: 'orders-db' }]);
    await expect(service.plan({ ...restore, point: 'p9' }, caller)).rejects.toMatchObject({ code: 'NO_POINT' });
  });

  it('brings back a namespace that is gone when the captured one names the owner, and refuses when it does not', async () => {
    const lost = world({ namespaceGone: true });
    const plan = await lost.service.plan(restore, caller);
    expect(plan.blockers).toEqual([]);
    for (const { objects } of lost.engine.inside.values())
      objects[0]!.metadata.annotations = { 'kubectl-dr.dev/owner': 'group:default/others' };
    await expect(lost.service.plan(restore, caller)).rejects.toMatchObject({ code: 'UNCLAIMED_PLACEMENT' });
  });

  it('refuses a namespace that does not agree', async () => {
    const { service, east } = world();
    east.seed([namespace('shop', { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/others' } } })]);
    await expect(service.plan(restore, caller)).rejects.toMatchObject({ name: 'NotAllowedError', code: 'UNCLAIMED_PLACEMENT' });
    const status = await service.application('shop');
    expect(status.components[0]).toMatchObject({ verdict: 'Unknown', workloads: [], volumes: [], points: [] });
  });
});

describe('execute', () => {
  it('runs what was previewed, and the operation is seen by others', async () => {
    const { service, make, engine } = world();
    const plan = await service.plan(restore, caller);
    const started = await service.execute(plan, caller, { reason: 'to look' });
    expect(await started.run()).toMatchObject({ state: 'Succeeded', requestedBy: 'alice', reason: 'to look', plan: { hash: plan.hash } });
    expect([...engine.restores.values()].map(({ request }) => request.point.name).toSorted()).toEqual(expect.arrayContaining(['p2', 'p3']));
    expect(await make(undefined, 'portal').operations({ application: 'shop' })).toMatchObject([
      { id: started.operation.id, state: 'Succeeded' },
    ]);
  });

  it('is proof that the application can be brought back', async () => {
    const { service } = world();
    expect((await service.application('shop')).proof).toBeUndefined();
    await (await service.execute(await service.plan(restore, caller), caller)).run();
    expect((await service.application('shop')).proof).toBeDefined();
  });

  it('plans a backup, and runs it under the names of the plan', async () => {
    const { service, engine } = world();
    const plan = await service.plan({ intent: 'Backup', application: 'shop' }, caller);
    expect(await (await service.execute(plan, caller)).run()).toMatchObject({ state: 'Succeeded' });
    // The namespace is the application's alone: taken whole, so that what carries no label comes along.
    expect([...engine.backups.values()].map(({ request: { name, labelSelector } }) => [name, labelSelector])).toEqual([
      ['shop-shop-20260115120000', undefined],
    ]);
  });

  it('makes two points when it is asked twice within one second', async () => {
    const { service, engine } = world();
    const backUp = async () => (await service.execute(await service.plan({ intent: 'Backup', application: 'shop' }, caller), caller)).run();
    const done = [await backUp(), await backUp()];
    expect(done.map(({ state }) => state)).toEqual(['Succeeded', 'Succeeded']);
    expect([...engine.backups.values()].map(({ request }) => request.name)).toEqual([
      'shop-shop-20260115120000',
      'shop-shop-20260115120000-2',
    ]);
  });

  it('makes one point for each of two components whose long names begin alike', async () => {
    const long = (name: string) => part('Component', `the-one-that-takes-orders-from-the-shop-${name}`, `app=${name}`);
    const { service, engine } = world({ more: [long('web'), long('orders-db')] });
    const chosen = ['web', 'orders-db'].map((name) => long(name).metadata.name);
    const plan = await service.plan({ intent: 'Backup', application: 'shop', components: chosen }, caller);
    expect(await (await service.execute(plan, caller)).run()).toMatchObject({ state: 'Succeeded' });
    const names = [...engine.backups.values()].map(({ request }) => request.name);
    expect(names).toHaveLength(2);
    expect(names.filter((name) => /^shop-the-one-that-takes-orders-[a-z0-9]+-20260115120000$/.test(name))).toEqual(names);
  });

  it('backs up one of several components by its labels, and says what that leaves out', async () => {
    const { service, engine } = world();
    const plan = await service.plan({ intent: 'Backup', application: 'shop', components: ['web'] }, caller);
    expect(plan.warnings).toMatchObject([{ code: 'UNLABELLED_LEFT_OUT', evidence: ['selector: app=web'] }]);
    await (await service.execute(plan, caller)).run();
    expect([...engine.backups.values()].map(({ request: { name, labelSelector } }) => [name, labelSelector])).toEqual([
      ['shop-web-20260115120000', 'app=web'],
    ]);
  });

  it('refuses a second operation on the application, naming the holder', async () => {
    const { service, make } = world();
    await service.execute(await service.plan(restore, caller), caller);
    const second = make(undefined, 'other');
    const plan = await second.plan({ ...restore, namespace: 'shop-copy-2' }, caller);
    await expect(second.execute(plan, caller)).rejects.toMatchObject({ code: 'OPERATION_RUNNING', details: { holder: 'me' } });
  });

  it.each([
    ['a changed plan', 'PLAN_STALE'],
    ['a world that moved', 'PLAN_STALE'],
    ['an old plan', 'PLAN_EXPIRED'],
    ['a blocked plan', 'PLAN_BLOCKED'],
  ])('refuses %s, and changes nothing', async (what, code) => {
    const { service, east, clock } = world();
    const plan = await service.plan(what === 'a blocked plan' ? { ...restore, point: 'p3' } : restore, caller);
    if (what === 'a changed plan') plan.target[0]!.namespaces = ['kube-system'];
    if (what === 'a world that moved') east.seed([namespace('shop-copy')]);
    if (what === 'an old plan') await clock.advance(31 * 60_000);
    await expect(service.execute(plan, caller)).rejects.toMatchObject({ code });
    expect(east.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
  });

  it('continues under another process what a dead one left, and refuses a journal that somebody edited', async () => {
    const { service, make, east } = world();
    const gone = new AbortController();
    const started = await service.execute(await service.plan(restore, caller), caller, { signal: gone.signal });
    let events = 0;
    await expect(async () => {
      for await (const _ of started.events) if ((events += 1) === 4) gone.abort(new Error('killed'));
    }).rejects.toThrow('killed');
    const { id } = started.operation;
    expect(await make().operation(id)).toMatchObject({ state: 'Running' });
    const [journal] = east.peek(types.configMaps, 'kubectl-dr');
    const forged = structuredClone(journal!) as unknown as { data: { plan: string } };
    forged.data.plan = forged.data.plan.replaceAll('shop-copy', 'kube-system');
    east.seed([forged as never]);
    await expect(make(undefined, 'other').resume(id, caller)).rejects.toMatchObject({ code: 'PLAN_STALE' });
    east.seed([journal!]);
    expect(await (await make(undefined, 'other').resume(id, caller)).run()).toMatchObject({ state: 'Succeeded' });
  });

  it('cancels an operation that another process runs', async () => {
    const { service, make, engine } = world();
    engine.looksUntilEnd = 1_000;
    const started = await service.execute(await service.plan(restore, caller), caller);
    const running = started.run();
    const seen: string[] = [];
    for await (const operation of make(undefined, 'other').watchOperation(started.operation.id)) {
      if (operation.state === 'Running' && !operation.cancelRequested) await make(undefined, 'other').cancel(operation.id, caller);
      seen.push(operation.state);
    }
    expect(seen.at(-1)).toBe('Cancelled');
    expect(await running).toMatchObject({ state: 'Cancelled' });
  });

  it('ends an operation whose process is dead, and resumes one that failed', async () => {
    const { service, make, engine } = world();
    const gone = new AbortController();
    const started = await service.execute(await service.plan(restore, caller), caller, { signal: gone.signal });
    let events = 0;
    await expect(async () => {
      for await (const _ of started.events) if ((events += 1) === 4) gone.abort(new Error('killed'));
    }).rejects.toThrow('killed');
    expect(await make(undefined, 'other').cancel(started.operation.id, caller)).toMatchObject({ state: 'Cancelled' });
    await expect(make().resume(started.operation.id, caller)).rejects.toMatchObject({ code: 'CONFLICT' });

    engine.failing = 'orders-db';
    const failed = await (await service.execute(await service.plan({ ...restore, namespace: 'shop-copy-2' }, caller), caller)).run();
    expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('the disk is gone') });
    engine.failing = undefined;
    const again = await (await make(undefined, 'other').resume(failed.id, caller)).run();
    expect(again).toMatchObject({ state: 'Succeeded' });
    // The native restore that failed has ended: the new attempt has a name of its own.
    expect(again.steps.filter(({ attempt }) => attempt === 2)).toHaveLength(1);
    await expect(make().undo(again.id, caller)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});
