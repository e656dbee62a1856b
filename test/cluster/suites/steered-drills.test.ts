import { at, textAt } from '@kubectl-dr/core/application/raw';
import { kinds as ramenKinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { kinds as storkKinds } from '@kubectl-dr/core/engines/stork/kinds';
import { isIntact } from '@kubectl-dr/core/execution/evidence';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { openRamen, openStork, replicasOf } from '../targets/movers.ts';
import { missingSnapshots } from '../targets/snapshots.ts';
import { caller, entitiesOf, killedAtEach, owner, part, product } from '../targets/steered.ts';
import { missingStork } from '../targets/stork.ts';

const target = inject('target');
const missing = missingStork(target) ?? missingSnapshots(target);
const asked: PlanRequest = { intent: 'Drill', application: 'shop', on: 'west' };
const ref = { type: ramenKinds.placements, namespace: 'shop', name: 'shop' };

/** What Ramen manages is tried by Ramen's own test of a failover, which leaves everything as it was. */
describe.skipIf(missing !== undefined)(`a drill steers Ramen on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let fleet: Awaited<ReturnType<typeof openRamen>>;
  let service: ReturnType<typeof product>;
  const lost = new Set<string>();
  const placement = () => fleet.hub.client.get(ref);
  const replicas = async () => [await replicasOf(fleet.east), await replicasOf(fleet.west)];
  const policies = async () =>
    (await fleet.west.client.list(types.networkPolicies, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name);
  const asBefore = async (): Promise<void> => {
    expect([await replicas(), await policies()]).toEqual([[1, 0], []]);
    const { spec, metadata } = await placement();
    expect([at(spec, 'action'), at(spec, 'failoverCluster'), at(spec, 'dryRun'), at(spec, 'preferredCluster')]).toEqual([
      undefined,
      undefined,
      false,
      'east',
    ]);
    expect(metadata.annotations?.['drplacementcontrol.ramendr.openshift.io/test-failover-dryrun']).toBeUndefined();
    expect((await fleet.managedNow())!.placedAt).toBe('east');
  };
  const planned = async (dr: DrService, request = asked): Promise<Plan> => {
    await fleet.rested();
    const plan = await dr.plan(request, caller);
    expect(plan.blockers).toEqual([]);
    return plan;
  };

  beforeAll(async () => {
    fleet = await openRamen(target, 'west', owner);
    service = product([fleet.east, fleet.west], lost, entitiesOf(part('web', 'shop')));
  }, 120_000);
  afterAll(async () => fleet?.close());

  it('is the test of its engine: shut off, measured, with evidence, and taken back', async () => {
    const dr = service();
    const plan = await planned(dr);
    expect(plan).toMatchObject({
      home: 'west',
      target: [{ cluster: 'west', namespaces: ['shop'] }],
      copies: [{ claim: 'data', engine: 'ramen' }],
    });
    expect(plan.waves.flat().map(({ action }) => action.kind)).toEqual(['namespace.isolate', 'mover.move', 'await.ready']);
    expect(plan.cleanUp!.flat().map(({ action }) => action.kind)).toEqual(['mover.finish', 'objects.remove']);
    expect(plan.changes[0]!.fields).toEqual([
      { path: 'spec.action', to: 'Failover' },
      { path: 'spec.failoverCluster', to: 'west' },
      { path: 'spec.dryRun', to: true },
    ]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(['REPLICATION_PAUSED', 'TEST_UNCHANGED']);
    expect(plan.dataLoss).toMatchObject([{ component: 'web', seconds: 0, text: expect.stringMatching(/^nothing of web/) }]);
    const started = await dr.execute(plan, caller);
    let seen: unknown;
    for await (const event of started.events)
      if (event.type === 'operation' && event.operation.outcome && seen === undefined) seen = [await replicas(), await policies()];
    expect(seen).toEqual([[1, 1], ['kubectl-dr-isolate']]);
    const done = await dr.operation(started.operation.id);
    expect(done, done.message).toMatchObject({
      state: 'Succeeded',
      message: expect.stringContaining('tried in west/shop'),
      measured: { rtoSeconds: expect.any(Number), lossSeconds: expect.any(Number) },
      evidence: { record: { status: { cleanUp: { state: 'Verified' } } } },
    });
    expect(await isIntact(done.evidence!)).toBe(true);
    await asBefore();
    expect((await dr.application('shop')).proof).toMatchObject({ operation: done.id });
  });

  it('makes the checks that the application declares where it is tried, and names those that it cannot make', async () => {
    const declare = async (check: string | null): Promise<void> => {
      const annotations = { 'kubectl-dr.dev/check': check, 'kubectl-dr.dev/check-timeout': check && '2s' };
      const web = { type: types.deployments, namespace: 'shop', name: 'web' };
      for (const { client } of [fleet.east, fleet.west]) await client.patch(web, 'merge', { metadata: { annotations } });
    };
    const drilled = async (): Promise<Operation> => {
      const dr = service();
      const plan = await planned(dr);
      expect(plan.waves.flat().map(({ action }) => action.kind)).toEqual(['namespace.isolate', 'mover.move', 'await.ready', 'check.exec']);
      expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'CHECK_UNREADABLE' }));
      const done = await (await dr.execute(plan, caller)).run();
      await asBefore();
      return done;
    };
    const unchecked = ['Check that /healthz of web answers: the copy is isolated'];
    await declare('exec: true\nhttp://web:8080/healthz');
    const done = await drilled();
    // In memory, and on a real server without a kubelet, nothing runs in the pods.
    const passes = target === 'sandbox';
    expect(done, done.message).toMatchObject({
      state: passes ? 'Succeeded' : 'Failed',
      evidence: {
        record: { status: { checks: [{ state: passes ? 'Succeeded' : 'Failed' }], unchecked, cleanUp: { state: 'Verified' } } },
      },
    });
    await declare('exec: false\nhttp://web:8080/healthz');
    expect(await drilled()).toMatchObject({
      state: 'Failed',
      evidence: { record: { status: { checks: [{ state: 'Failed' }], unchecked, cleanUp: { state: 'Verified' } } } },
    });
    await declare(null);
  });

  it('goes on wherever it was killed, and leaves nothing', async () => {
    const dr = service();
    const plan = await planned(dr);
    const before = (await placement()).metadata.generation!;
    expect(await killedAtEach(service, [fleet.east, fleet.west], plan)).toBeGreaterThan(1);
    // The test and its end, however often a process died.
    expect((await placement()).metadata.generation! - before).toBe(2);
    await asBefore();
  });

  it('is taken back from the middle when it is cancelled', async () => {
    const dr = service();
    fleet.behaviour.stuckAt = 'WaitForReadiness';
    const started = await dr.execute(await planned(dr), caller);
    let cancelled = false;
    let last: Operation | undefined;
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      else if (event.step.message?.includes('WaitForReadiness') && !cancelled) {
        cancelled = true;
        await dr.cancel(started.operation.id, caller);
      }
    }
    delete fleet.behaviour.stuckAt;
    expect(last, last?.message).toMatchObject({ state: 'Cancelled', evidence: { record: { status: { cleanUp: { state: 'Verified' } } } } });
    await asBefore();
  });

  it('is not begun where it would be no test, or could not be kept apart', async () => {
    const codes = async (request = asked, dr = service()): Promise<string[]> =>
      (await dr.plan(request, caller)).blockers.map(({ code }) => code);
    await fleet.rested();
    // A server whose definitions are older drops the field: that would be a failover.
    const older = () => service('me', withoutTests);
    expect((await older().plan(asked, caller)).blockers).toMatchObject([
      { code: 'ENGINE_CANNOT_TEST', message: expect.stringContaining('would fail over in earnest') },
    ]);
    await expect((async () => (await older().execute(await planned(service()), caller)).run())()).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
    expect(at(await placement(), 'spec', 'action')).toBeUndefined();
    // Beside something else it would cut that off.
    const both = product([fleet.east, fleet.west], lost, [...entitiesOf(part('web', 'shop')), stranger('shop', 'west')]);
    expect(await codes(asked, both())).toContain('TEST_NOT_ISOLATED');
    const { conditions } = (await placement()).status as { conditions: { type: string; status: string }[] };
    fleet.behaviour.down = true;
    const said = conditions.map((one) => (one.type === 'Protected' ? { ...one, status: 'False', message: 'not yet' } : one));
    // What the controller had begun before it went down may still be written, once, over what is said here.
    await eventually(async () => {
      await fleet.hub.cluster.patchStatus(ref, { conditions: said });
      return (await codes()).includes('REPLICATION_FAILED');
    }, 'a placement without protection is not tested');
    fleet.behaviour.down = false;
    await eventually(async () => textAt(await placement(), 'status', 'progression') === 'Completed', 'it rests', 60_000);
    await fleet.rested();
    // Policies add up: its own lets the test out, wherever it lies now.
    for (const { client } of [fleet.east, fleet.west]) {
      await client.create(types.networkPolicies, own({ egress: [{ to: [{ ipBlock: { cidr: '10.0.0.5/32' } }] }] }));
      expect((await service().plan(asked, caller)).blockers).toMatchObject([
        { code: 'TEST_NOT_ISOLATED', evidence: ['NetworkPolicy shop/own'] },
      ]);
      await client.delete({ type: types.networkPolicies, namespace: 'shop', name: 'own' });
      await client.create(types.networkPolicies, own({ ingress: [{}], egress: [{ to: [{ podSelector: {} }] }] }));
      const { warnings } = await planned(service());
      expect(warnings.find(({ code }) => code === 'TEST_UNCHANGED')!.message).toMatch(/; shop\/own lets in whom it lets in otherwise$/);
      await client.delete({ type: types.networkPolicies, namespace: 'shop', name: 'own' });
    }
    // Whoever names a point means that, and there is none.
    expect(await codes({ ...asked, point: '2h ago' })).not.toEqual([]);
    await asBefore();
  });
});

/** Stork has no test of its own: what has arrived is cloned beside, by Stork, and started there. */
describe.skipIf(missing !== undefined)(`a drill steers Stork on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let pair: Awaited<ReturnType<typeof openStork>>;
  let service: ReturnType<typeof product>;
  const lost = new Set<string>();
  const web = { type: types.deployments, name: 'web' };
  const namesOf = async (type: ResourceType, namespace?: string): Promise<string[]> =>
    (await pair.west.client.list(type, namespace === undefined ? {} : { namespace })).items.map(({ metadata }) => metadata.name);
  const scratches = async () => (await namesOf(types.namespaces)).filter((name) => name.startsWith('shop-test-'));
  const clones = () => namesOf(storkKinds.clones, 'kube-system');
  /** Nothing of the drill is there, and what has arrived lies as it lay. */
  const asBefore = async (): Promise<void> => {
    expect([await scratches(), await clones(), await replicasOf(pair.east), await replicasOf(pair.west)]).toEqual([[], [], 1, 0]);
    expect(await namesOf(types.networkPolicies, 'shop')).toEqual([]);
  };
  /** Not while a copy is under way, which is refused. */
  const planned = async (request = asked): Promise<Plan> => {
    let plan: Plan | undefined;
    await eventually(
      async () => {
        plan = await service().plan(request, caller);
        return plan.blockers.every(({ code, message }) => code !== 'REPLICATION_FAILED' || !message.includes('half of two copies'));
      },
      'no copy is under way',
      60_000,
    );
    expect(plan!.blockers).toEqual([]);
    return plan!;
  };

  beforeAll(async () => {
    pair = await openStork(target, owner);
    service = product([pair.east, pair.west], lost, entitiesOf(part('web', 'shop')));
    await eventually(async () => (await replicasOf(pair.west).catch(() => undefined)) === 0, 'the copy has arrived', 60_000);
  }, 120_000);
  afterAll(async () => pair?.close());

  it('is a clone of what has arrived: made apart, shut off, started, measured, with evidence, and removed', async () => {
    const dr = service();
    const plan = await planned();
    const { namespaces } = plan.target.find(({ cluster }) => cluster === 'west')!;
    expect(namespaces).toEqual([expect.stringMatching(/^shop-test-[0-9a-f]{5}$/)]);
    const namespace = namespaces[0]!;
    expect(plan.waves.map((wave) => wave.map(({ action }) => action.kind).join())).toEqual([
      'namespace.create',
      'namespace.isolate',
      'mover.move',
      'workload.scale',
      'await.ready',
    ]);
    expect(plan.cleanUp!.flat().map(({ action }) => action.kind)).toEqual(['mover.finish', 'namespace.remove']);
    expect(plan.changes).toMatchObject([{ action: 'create', kind: 'ApplicationClone', cluster: 'west', namespace: 'kube-system' }]);
    expect(plan.changes[0]!.fields).toEqual([
      { path: 'spec.sourceNamespace', to: 'shop' },
      { path: 'spec.destinationNamespace', to: namespace },
      { path: 'spec.replacePolicy', to: 'Retain' },
    ]);
    expect(plan.dataLoss).toMatchObject([{ component: 'web', seconds: 0, text: expect.stringMatching(/^nothing of web/) }]);
    const started = await dr.execute(plan, caller);
    let seen: unknown;
    for await (const event of started.events)
      if (event.type === 'operation' && event.operation.outcome && seen === undefined)
        seen = [
          at(await pair.west.client.get({ ...web, namespace }), 'spec', 'replicas'),
          [await replicasOf(pair.east), await replicasOf(pair.west)],
          await namesOf(types.networkPolicies, namespace),
          await namesOf(types.persistentVolumeClaims, namespace),
        ];
    expect(seen).toEqual([1, [1, 0], ['kubectl-dr-isolate'], ['data']]);
    const done = await dr.operation(started.operation.id);
    expect(done, done.message).toMatchObject({
      state: 'Succeeded',
      measured: { rtoSeconds: expect.any(Number), lossSeconds: expect.any(Number) },
      evidence: { record: { status: { cleanUp: { state: 'Verified' } } } },
    });
    expect(await isIntact(done.evidence!)).toBe(true);
    await asBefore();
    expect((await dr.application('shop')).proof).toMatchObject({ operation: done.id });
  });

  it('goes on wherever it was killed, although Stork wrote over the labels of the namespace, and leaves nothing', async () => {
    expect(await killedAtEach(service, [pair.east, pair.west], await planned())).toBeGreaterThan(1);
    await asBefore();
  });

  it('is taken back from the middle when it is cancelled', async () => {
    const dr = service();
    const plan = await planned();
    pair.west.stork.down = true;
    const started = await dr.execute(plan, caller);
    let last: Operation | undefined;
    let cancelled = false;
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      if (cancelled || (await clones()).length === 0) continue;
      cancelled = true;
      await dr.cancel(started.operation.id, caller);
      pair.west.stork.down = false;
    }
    expect(last, last?.message).toMatchObject({ state: 'Cancelled', evidence: { record: { status: { cleanUp: { state: 'Verified' } } } } });
    await asBefore();
  });

  it('has failed, and leaves nothing, where a volume cannot be cloned', async () => {
    const plan = await planned();
    pair.west.stork.failures['shop/data'] = 'pool is full';
    const done = await (await service().execute(plan, caller)).run();
    delete pair.west.stork.failures['shop/data'];
    expect(done).toMatchObject({
      state: 'Failed',
      message: expect.stringContaining('data: pool is full'),
      evidence: { record: { status: { cleanUp: { state: 'Verified' } } } },
    });
    await asBefore();
  });

  it('is not begun where a copy would act in the world, and takes the newest copy for no moment', async () => {
    await pair.west.client.create(types.networkPolicies, own({ egress: [{}] }));
    const { blockers } = await service().plan(asked, caller);
    expect(blockers).toContainEqual(expect.objectContaining({ code: 'TEST_NOT_ISOLATED', evidence: ['NetworkPolicy shop/own'] }));
    await pair.west.client.delete({ type: types.networkPolicies, namespace: 'shop', name: 'own' });
    await planned();
    expect((await service().plan({ ...asked, point: '2h ago' }, caller)).blockers).not.toEqual([]);
  });

  it('tries what has arrived while the source is silent: how old that is nobody can tell', async () => {
    lost.add('east');
    pair.link.cut = true;
    const plan = await planned();
    expect(plan.dataLoss).toMatchObject([{ component: 'web', seconds: 0, text: expect.stringContaining('nobody can tell how much') }]);
    const done = await (await service().execute(plan, caller)).run();
    lost.delete('east');
    pair.link.cut = false;
    expect(done, done.message).toMatchObject({ state: 'Succeeded', measured: { rtoSeconds: expect.any(Number) } });
    expect(done.measured!.lossSeconds).toBeUndefined();
    await asBefore();
  });
});

function own(spec: { egress: unknown[]; ingress?: unknown[] }): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'own', namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: spec.ingress ? ['Egress', 'Ingress'] : ['Egress'], ...spec },
  };
}

/** As a server answers whose definitions know no `spec.dryRun`: the field is gone without a word. */
function withoutTests(cluster: ClusterClient): ClusterClient {
  const patch: ClusterClient['patch'] = (object, type, body, options) => {
    const { spec, ...rest } = body as { spec?: Record<string, unknown> };
    const { dryRun: _, ...known } = spec ?? {};
    return cluster.patch(object, type, spec && object.type.kind === ramenKinds.placements.kind ? { ...rest, spec: known } : body, options);
  };
  return new Proxy(cluster, {
    get(found, name) {
      if (name === 'patch') return patch;
      const member: unknown = Reflect.get(found, name);
      return typeof member === 'function' ? member.bind(found) : member;
    },
  });
}

/** Of nobody that we move, in a namespace. */
function stranger(namespace: string, cluster: string): CatalogEntity {
  const { metadata, ...entity } = part('stranger', namespace);
  const annotations = { ...metadata.annotations, 'backstage.io/kubernetes-cluster': cluster };
  return { ...entity, metadata: { ...metadata, annotations }, spec: { ...entity.spec, system: 'other' } };
}
