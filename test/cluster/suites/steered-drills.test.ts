import { at, textAt } from '@kubectl-dr/core/application/raw';
import { kinds as ramenKinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { isIntact } from '@kubectl-dr/core/execution/evidence';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { openRamen, replicasOf } from '../targets/movers.ts';
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
    // Whoever names a point means that, and there is none.
    expect(await codes({ ...asked, point: '2h ago' })).not.toEqual([]);
    await asBefore();
  });
});

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
