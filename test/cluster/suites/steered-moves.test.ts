import { at, textAt } from '@kubectl-dr/core/application/raw';
import { kinds as ramenKinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { kinds as storkKinds } from '@kubectl-dr/core/engines/stork/kinds';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { inject } from 'vitest';
import { openRamen, openStork, replicasOf } from '../targets/movers.ts';
import { granted, manifest } from '../targets/service-accounts.ts';
import { missingSnapshots } from '../targets/snapshots.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { caller, entitiesOf, front, hidden, killedAtEach, owner, part, product, used } from '../targets/steered.ts';
import { missingStork } from '../targets/stork.ts';

const target = inject('target');
const missing = missingStork(target) ?? missingSnapshots(target);
const because = missing === undefined ? '' : ` (skipped: ${missing})`;
const override = 'power of rack 3 is cut';

/** Rights of one API group that `movers.yaml` gives, and those of them that were used; what is listed is the reader's. */
function rightsOf(group: string, resources: readonly string[]): { given: string[]; needed: string[] } {
  const given = granted(manifest('movers')).flatMap(({ verbs, resources: all }) =>
    all.flatMap((what) => (what.endsWith(`.${group}`) ? verbs.map((verb) => `${verb} ${what.slice(0, -group.length - 1)}`) : [])),
  );
  const needed = [...used].filter((right) => resources.includes(right.split(' ')[1]!) && !right.startsWith('list '));
  return { given: given.toSorted(), needed: needed.toSorted() };
}

async function carriedOut(dr: DrService, request: PlanRequest): Promise<{ plan: Plan; message: string }> {
  const plan = await dr.plan(request, caller);
  expect(plan.blockers).toEqual([]);
  const { state, message = '', steps } = await (await dr.execute(plan, caller)).run();
  expect(state, `${message} ${JSON.stringify(steps)}`).toBe('Succeeded');
  return { plan, message };
}

const web = { type: types.deployments, namespace: 'shop', name: 'web' };
const titles = ({ waves }: Plan): string[] => waves.flat().map(({ title }) => title);
const kindsOf = ({ waves }: Plan): string[] => waves.flat().map(({ action }) => action.kind);

/** By what runs at the source: a slice of a GPU, and labels of nodes. */
async function fits(dr: DrService, east: LivingCluster, west: LivingCluster): Promise<void> {
  const lacks = new Set(['NO_DEVICE', 'NO_NODE_SELECTED', 'STORAGE_CLASS_MISSING', 'RUNTIME_CLASS_MISSING']);
  const codes = async (spec: object): Promise<string[]> => {
    await east.client.patch(web, 'merge', { spec: { template: { spec } } });
    const { blockers } = await dr.plan({ intent: 'Relocate', application: 'shop', to: west.name }, caller);
    return blockers.flatMap(({ code, component }) => (lacks.has(code) ? [`${code} ${component}`] : []));
  };
  const main = { name: 'main', image: 'example/web:1' };
  const asks = (name: string) => ({ containers: [{ ...main, resources: { requests: { [name]: '1' }, limits: { [name]: '1' } } }] });
  expect(await codes(asks('nvidia.com/mig-1g.5gb'))).toEqual(['NO_DEVICE web']);
  expect(await codes({ containers: [main], nodeSelector: { disk: 'ssd' } })).toEqual(['NO_NODE_SELECTED web']);
  expect(await codes({ nodeSelector: null })).toEqual([]);
}

async function goesToNoMoment(dr: DrService): Promise<void> {
  const plan = await dr.plan({ intent: 'Failover', application: 'shop', to: 'west', point: '2h ago', acceptDataLoss: true }, caller);
  expect(plan.blockers).toContainEqual(
    expect.objectContaining({ code: 'POINT_UNUSABLE', component: 'web', message: expect.stringContaining('it cannot go back to') }),
  );
  await expect(dr.execute(plan, caller)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
}

describe.skipIf(missing !== undefined)(`a plan steers Ramen on ${target}${because}`, () => {
  let fleet: Awaited<ReturnType<typeof openRamen>>;
  let service: ReturnType<typeof product>;
  const lost = new Set<string>();
  const placement = () => fleet.hub.client.get({ type: ramenKinds.placements, namespace: 'shop', name: 'shop' });

  beforeAll(async () => {
    fleet = await openRamen(target, 'west', owner);
    service = product([fleet.east, fleet.west], lost, entitiesOf(part('web', 'shop')));
  }, 120_000);
  afterAll(async () => fleet?.close());

  it('relocates by a patch of its placement alone, which the plan shows, and goes back', async () => {
    const { plan } = await carriedOut(service(), { intent: 'Relocate', application: 'shop', to: 'west' });
    expect(kindsOf(plan)).toEqual(['mover.move', 'await.ready', 'mover.finish']);
    expect(titles(plan)[0]).toBe('Let ramen move web from east to west, by shop');
    expect(plan.changes).toMatchObject([
      {
        action: 'change',
        kind: 'DRPlacementControl',
        cluster: 'west',
        namespace: 'shop',
        name: 'shop',
        fields: [
          { path: 'spec.action', to: 'Relocate' },
          { path: 'spec.preferredCluster', from: 'east', to: 'west' },
        ],
      },
    ]);
    expect(plan.dataLoss).toEqual([{ component: 'web', seconds: 0, text: 'nothing of web' }]);
    expect(textAt(await placement(), 'status', 'progression')).toBe('Completed');
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([0, 1]);
    await fleet.rested();
    const back = await carriedOut(service(), { intent: 'Failback', application: 'shop' });
    expect(back.plan.home).toBe('east');
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([1, 0]);
    await fleet.rested();
  });

  it('is checked against the nodes and devices of the other cluster like everything that we move', () =>
    fits(service(), fleet.east, fleet.west));

  it('goes back to no moment: Ramen brings the newest that it has, and that is said', () => goesToNoMoment(service()));

  it('says before what Ramen would refuse or get wrong', async () => {
    const { conditions } = (await placement()).status as { conditions: { type: string; status: string }[] };
    const said = conditions.map((one) => (one.type === 'PeerReady' ? { ...one, status: 'False', message: 'not yet' } : one));
    const ref = { type: ramenKinds.placements, namespace: 'shop', name: 'shop' };
    fleet.behaviour.down = true;
    let plan: Plan | undefined;
    // What the controller had begun before it went down may still be written, once, over what is said here.
    await eventually(async () => {
      await fleet.hub.cluster.patchStatus(ref, { conditions: said, lastGroupSyncTime: '2026-01-15T12:00:00Z' });
      plan = await service().plan({ intent: 'Failover', application: 'shop', to: 'west' }, caller);
      return plan.blockers.length > 0;
    }, 'a peer that is not ready is seen');
    expect(plan!.blockers).toMatchObject([{ message: expect.stringContaining('(PeerReady): not yet') }]);
    expect(plan!.warnings.map(({ code }) => code)).toContain('REPLICATION_LAGS');
    expect(plan!.dataLoss[0]!.seconds).toBeGreaterThan(3_600);
    fleet.behaviour.down = false;
    await fleet.rested();
  });

  it('fails over while the source is down, is done only when Ramen has taken its copy away, and loses no more than was told', async () => {
    lost.add('east');
    fleet.managed.east.down = true;
    const asked: PlanRequest = { intent: 'Failover', application: 'shop', to: 'west' };
    expect((await service().plan(asked, caller)).blockers.map(({ code }) => code)).toContain('SOURCE_MAY_BE_ALIVE');
    const plan = await service().plan({ ...asked, override }, caller);
    expect(plan.blockers).toEqual([]);
    expect(plan.warnings.map(({ code }) => code)).toContain('SPLIT_BRAIN_RISK');
    // Ramen does it.
    expect(plan.undo.release).toBeUndefined();
    const started = await service().execute(plan, caller);
    const running = started.run();
    await eventually(async () => textAt(await placement(), 'status', 'progression') === 'Cleaning Up', 'it cleans up', 60_000);
    expect(textAt(await placement(), 'status', 'phase')).toBe('FailedOver');
    expect(
      (
        await service()
          .operation(plan.id)
          .catch(() => undefined)
      )?.state,
    ).not.toBe('Succeeded');
    fleet.managed.east.down = false;
    lost.delete('east');
    const { state, measured, message } = await running;
    expect(state, message).toBe('Succeeded');
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([0, 1]);
    expect(measured!.lossSeconds ?? 0).toBeLessThanOrEqual(plan.dataLoss[0]!.seconds + 60);
    await fleet.rested();
  });

  it('is not rebuilt where what steers it cannot be seen', async () => {
    hidden.add('drplacementcontrols');
    const plan = await service().plan({ intent: 'Relocate', application: 'shop', to: 'east' }, caller);
    hidden.delete('drplacementcontrols');
    expect(plan.blockers).toMatchObject([{ code: 'CLUSTER_UNREACHABLE', message: expect.stringContaining('ramen manages web') }]);
    expect(plan.waves.flat()).toEqual([]);
  });

  it('goes on wherever it was killed, and asks once', async () => {
    await fleet.rested();
    const before = (await placement()).metadata.generation!;
    const plan = await service().plan({ intent: 'Relocate', application: 'shop', to: 'east' }, caller);
    expect(plan.blockers).toEqual([]);
    expect(await killedAtEach(service, [fleet.east, fleet.west], plan)).toBeGreaterThan(1);
    // One change of its spec, however often a process died.
    expect((await placement()).metadata.generation! - before).toBe(1);
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([1, 0]);
  });

  it('tells a stage that is newer than us as text, and leaves a move that is cancelled to end by itself', async () => {
    const ref = { type: ramenKinds.placements, namespace: 'shop', name: 'shop' };
    await fleet.rested();
    const before = (await placement()).metadata.generation!;
    fleet.behaviour.stuckAt = 'RunningFinalSync';
    const plan = await service().plan({ intent: 'Relocate', application: 'shop', to: 'west' }, caller);
    const dr = service();
    const started = await dr.execute(plan, caller);
    const told: string[] = [];
    let last: Operation | undefined;
    let cancelled = false;
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      else if (event.step.message !== undefined) told.push(event.step.message);
      const message = told.at(-1) ?? '';
      if (message.includes('RunningFinalSync')) {
        fleet.behaviour.down = true;
        await fleet.hub.cluster.patchStatus(ref, { progression: 'ConsultingOracle' });
      }
      if (message !== 'Relocating: ConsultingOracle' || cancelled) continue;
      cancelled = true;
      await dr.cancel(started.operation.id, caller);
    }
    expect(told).toContain('Relocating: ConsultingOracle');
    expect([last?.state, last?.message]).toEqual(['Cancelled', expect.stringContaining('left as it is')]);
    fleet.behaviour.down = false;
    delete fleet.behaviour.stuckAt;
    await fleet.hub.cluster.patchStatus(ref, { progression: 'RunningFinalSync' });
    // What was begun ends by itself, and its hub tells so.
    await fleet.rested();
    expect((await placement()).metadata.generation! - before).toBe(1);
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([0, 1]);
    // By hand: a move that was cancelled is none that the application is followed by.
    await fleet.hub.cluster.patch(ref, 'merge', { spec: { action: 'Relocate', preferredCluster: 'east' } });
    await eventually(async () => (await fleet.managedNow())?.placedAt === 'east', 'it is back', 60_000);
    await fleet.rested();
  });

  it('brings along what no engine manages, which stops before and starts when what it needs is there', async () => {
    await fleet.rested();
    await createAll(fleet.east.cluster, front());
    const mixed = product([fleet.east, fleet.west], lost, entitiesOf(part('web', 'shop'), part('front', 'shop-ml', ['component:web'])));
    const { plan } = await carriedOut(mixed(), { intent: 'Relocate', application: 'shop', to: 'west' });
    expect(kindsOf(plan)).toEqual([
      'namespace.create',
      'objects.carry',
      'copy.stop',
      'mover.move',
      'await.ready',
      'copy.start',
      'await.ready',
      'mover.finish',
    ]);
    expect([await replicasOf(fleet.east), await replicasOf(fleet.west)]).toEqual([0, 1]);
    const running = async ({ client }: LivingCluster) =>
      at(await client.get({ type: types.deployments, namespace: 'shop-ml', name: 'front' }), 'spec', 'replicas');
    expect([await running(fleet.east), await running(fleet.west)]).toEqual([0, 1]);
  });

  it('needs exactly the rights that the manifest of movers gives', () => {
    const { given, needed } = rightsOf('ramendr.openshift.io', resourcesOf(ramenKinds));
    expect(needed).toEqual(given);
  });
});

describe.skipIf(missing !== undefined)(`a plan steers Stork on ${target}${because}`, () => {
  let pair: Awaited<ReturnType<typeof openStork>>;
  let service: ReturnType<typeof product>;
  const lost = new Set<string>();
  const replicas = async () => [await replicasOf(pair.east), await replicasOf(pair.west)];
  const actions = async (side: LivingCluster) => (await side.client.list(storkKinds.actions, { namespace: 'kube-system' })).items;

  beforeAll(async () => {
    // What Stork does not suspend by itself, we do.
    pair = await openStork(target, owner, { autoSuspend: false });
    service = product([pair.east, pair.west], lost, entitiesOf(part('web', 'shop')));
  }, 120_000);
  afterAll(async () => pair?.close());

  it('relocates by one Action however often it is killed, without loss, and goes back by a failback', async () => {
    const plan = await service().plan({ intent: 'Relocate', application: 'shop', to: 'west' }, caller);
    expect(plan.blockers).toEqual([]);
    expect(plan.changes.map(({ action, kind, cluster }) => `${action} ${kind} ${cluster}`)).toEqual([
      'create Action west',
      'change MigrationSchedule east',
    ]);
    expect(plan.changes[0]!.fields).toContainEqual({ path: 'spec.actionType', to: 'failover' });
    expect(await killedAtEach(service, [pair.east, pair.west], plan)).toBeGreaterThan(1);
    expect(await actions(pair.west)).toHaveLength(1);
    expect(await replicas()).toEqual([0, 1]);
    const blocked = await service().plan({ intent: 'Failback', application: 'shop' }, caller);
    expect(blocked.blockers).toMatchObject([{ code: 'REPLICATION_EMPTY', message: expect.stringContaining('back to east') }]);
    await pair.copied('west', 'back');
    const { plan: back } = await carriedOut(service(), { intent: 'Failback', application: 'shop' });
    expect(back.home).toBe('east');
    expect(back.changes[0]!.fields).toContainEqual({ path: 'spec.actionType', to: 'failback' });
    expect(await replicas()).toEqual([1, 0]);
  });

  it('is checked against the nodes and devices of the other cluster like everything that we move', () =>
    fits(service(), pair.east, pair.west));

  it('goes back to no moment: Stork brings the newest that it has, and that is said', () => goesToNoMoment(service()));

  it('is not asked to move what belongs to others, which its schedule covers as well', async () => {
    const copy = { type: storkKinds.migrationSchedules, namespace: 'kube-system', name: 'shop' };
    const covers = (namespaces: string[]) => pair.west.cluster.patch(copy, 'merge', { spec: { template: { spec: { namespaces } } } });
    await createAll(pair.east.cluster, front());
    await covers(['shop', 'shop-ml']);
    try {
      for (const intent of ['Relocate', 'Failover'] as const) {
        const { blockers } = await service().plan({ intent, application: 'shop', to: 'west' }, caller);
        expect(blockers).toMatchObject([{ code: 'OTHERS_MOVE_ALONG', evidence: ['Deployment shop-ml/front'] }]);
      }
    } finally {
      await covers(['shop']);
      await pair.east.client.delete({ type: types.namespaces, name: 'shop-ml' });
    }
  });

  it('is tried by a clone of what has arrived, which is taken away again', async () => {
    const { plan } = await carriedOut(service(), { intent: 'Drill', application: 'shop', on: 'west' });
    expect(kindsOf(plan)).toContain('mover.move');
    expect((await pair.west.client.list(storkKinds.clones, { namespace: 'kube-system' })).items).toEqual([]);
  });

  it('fails over while the source is down, and stops the old copy and its copies when it is back', async () => {
    const asked: PlanRequest = { intent: 'Failover', application: 'shop', to: 'west' };
    // As the move of before left it.
    expect((await service().plan(asked, caller)).warnings.map(({ code }) => code)).toContain('REPLICATION_PAUSED');
    const source = { type: storkKinds.migrationSchedules, namespace: 'kube-system', name: 'shop' };
    await pair.east.cluster.patch(source, 'merge', { spec: { suspend: false } });
    lost.add('east');
    pair.link.cut = true;
    expect((await service().plan(asked, caller)).blockers.map(({ code }) => code)).toContain('SOURCE_MAY_BE_ALIVE');
    const { plan } = await carriedOut(service(), { ...asked, override });
    expect(plan.dataLoss).toEqual([
      { component: 'web', seconds: 0, text: 'nobody can tell how much of web (copied every 5 minutes)', unknown: true },
    ]);
    expect(plan.changes[0]!.fields).toContainEqual({ path: 'spec.actionParameter.failoverParameter.skipSourceOperations', to: true });
    expect(await replicas()).toEqual([1, 1]);
    const [operation] = await service().operations();
    lost.delete('east');
    pair.link.cut = false;
    await (await service().confirm(operation!.id, caller)).run();
    expect(await replicas()).toEqual([0, 1]);
    expect(at(await pair.east.client.get(source), 'spec', 'suspend')).toBe(true);
  });

  it('does not begin anew what Stork called a success and was none, over what runs there by now', async () => {
    const back = { type: storkKinds.migrationSchedules, namespace: 'kube-system', name: 'back' };
    await pair.west.cluster.patch(back, 'merge', { spec: { suspend: false } });
    pair.west.stork.failures['shop/data'] = 'node is gone';
    const plan = await service().plan({ intent: 'Relocate', application: 'shop', to: 'east' }, caller);
    expect(plan.blockers).toEqual([]);
    const { id, state, message } = await (await service().execute(plan, caller)).run();
    expect([state, message]).toEqual(['Failed', expect.stringContaining('PartialSuccess')]);
    expect(await replicas()).toEqual([1, 0]);
    delete pair.west.stork.failures['shop/data'];
    const before = (await actions(pair.east)).length;
    const again = await (await service().resume(id, caller)).run();
    expect([again.state, again.message]).toEqual(['Failed', 'back runs on east already']);
    expect(await actions(pair.east)).toHaveLength(before);
  });

  it('needs exactly the rights that the manifest of movers gives', () => {
    const { given, needed } = rightsOf('stork.libopenstorage.org', resourcesOf(storkKinds));
    expect(needed).toEqual(given);
  });
});

function resourcesOf(kinds: Record<string, { resource: string }>): string[] {
  return Object.values(kinds).map(({ resource }) => resource);
}
