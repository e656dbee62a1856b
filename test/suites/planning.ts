import type { Change, Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { methods } from './execution.ts';
import type { Obstacle } from './obstacle.ts';
import { obstacles } from './obstacles.ts';
import { remarks } from './remarks.ts';
import { seenBy, writes } from './seen-by.ts';
import { labelsOf } from './shop.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';

const caller = { name: 'alice' };
const withoutVolumes = { snapshotVolumes: false };
/** What a look at an engine leaves in its namespace: questions. */
const questions = new Set(['downloadrequests', 'serverstatusrequests', 'selfsubjectaccessreviews']);

/** What a plan of each mode says, what it is made from, what stands in its way, and when it is refused. */
export function describePlanning(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`planning on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => void (world = opened));

    const plan = (request: Partial<PlanRequest> = {}, service: DrService = world.service()) =>
      service.plan({ intent: 'Restore', application: world.name, mode: 'inPlace', ...request }, caller);
    const copy = (request: Partial<PlanRequest> = {}) => plan({ mode: 'clone', namespace: `${world.name}-copy`, ...request });
    const refuses = async (refused: Promise<unknown>, code: string) => {
      await expect(refused).rejects.toMatchObject({ code });
      expect(await world.service().operations({ application: world.name })).toEqual([]);
    };

    /** What is planned where this stands in the way, or is remarked; the world is put right again after it. */
    const planned = async ({ capture, request, prepare, before, seen }: Obstacle, look: (made: Plan) => Promise<void>) => {
      await before?.(world);
      const point = await world.capture(capture);
      const restored = await prepare?.(world, point);
      try {
        await look(await plan(request(world), world.service({ ...(seen && { cluster: seen(world) }) })));
      } finally {
        await restored?.();
      }
    };
    const expectSentences = (reasons: Plan['blockers']) => {
      for (const { message, fix } of reasons) {
        expect(fix).toBeTruthy();
        expect(`${message} ${fix}`).not.toMatch(/undefined|\[object/);
      }
    };

    describe('a plan', () => {
      it('of a copy pins its points, lists every object with its rewrites, and tells how to get rid of it', async () => {
        await world.create({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: world.name, labels: labelsOf(world.name, 'web') },
          spec: { type: 'NodePort', selector: labelsOf(world.name, 'web'), ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
        });
        const point = await world.capture();
        const made = await copy();
        expect(made.blockers).toEqual([]);
        expect(made.points.map(({ component, name }) => [component, name]).toSorted()).toEqual([
          ['orders-db', point],
          ['web', point],
        ]);
        expect(made.request.pins).toHaveLength(2);
        expect(made.target).toEqual([{ cluster: 'east', namespaces: [`${world.name}-copy`] }]);
        expect(actions(made.changes)).toMatchObject({
          'ConfigMap/web': 'create',
          'Secret/orders-db': 'create',
          'Service/web': 'create',
          'StatefulSet/orders-db': 'create',
          'Deployment/web': 'create',
          'PersistentVolumeClaim/data-orders-db-0': 'create',
        });
        expect(made.changes.find(({ kind }) => kind === 'Service')!.fields).toContainEqual(
          expect.objectContaining({ path: 'spec.type', from: 'NodePort', to: 'ClusterIP' }),
        );
        expect(made.dataLoss.every(({ seconds }) => seconds === 0)).toBe(true);
        expect(made.undo.text).toContain(`delete namespace ${world.name}-copy`);
        expect(await exists(world.cluster, { type: types.namespaces, name: `${world.name}-copy` })).toBe(false);
      });

      it('in place tells of every object what would happen, field by field, and of secrets the name alone', async () => {
        await drift(world);
        const { changes, dataLoss } = await plan();
        expect(actions(changes)).toMatchObject({
          'ConfigMap/web': 'change',
          'Secret/orders-db': 'change',
          'ConfigMap/later': 'leave',
          'StatefulSet/orders-db': 'leave',
          'Deployment/web': 'change',
          'PersistentVolumeClaim/data-orders-db-0': 'change',
        });
        const of = (kind: string, name: string) => changes.find((change) => change.kind === kind && change.name === name)!;
        expect(of('ConfigMap', 'web').fields).toEqual([{ path: 'data.page', from: 'new', to: 'hello' }]);
        expect(of('Deployment', 'web').fields).toEqual(
          expect.arrayContaining([
            { path: 'spec.replicas', from: 4, to: 2 },
            { path: 'metadata.labels.tier', from: 'front' },
          ]),
        );
        expect(of('ConfigMap', 'later').why).toContain('--prune');
        expect(JSON.stringify(changes)).not.toMatch(/b2xk|bmV3/);
        expect(dataLoss).toMatchObject([
          { component: 'orders-db', text: '12 minutes of orders-db' },
          { component: 'web', seconds: 0 },
        ]);
      });

      it('of the data alone leaves the configuration, of the configuration alone the data, and of one part the other', async () => {
        await drift(world);
        const data = await plan({ mode: 'dataOnly' });
        expect(actions(data.changes)).toEqual({ 'PersistentVolumeClaim/data-orders-db-0': 'change' });
        const configuration = await plan({ mode: 'configOnly' });
        expect(actions(configuration.changes)).toMatchObject({ 'ConfigMap/web': 'change', 'Secret/orders-db': 'change' });
        expect(configuration.changes.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
        expect(configuration.dataLoss.every(({ seconds }) => seconds === 0)).toBe(true);
        const { changes } = await plan({ components: ['orders-db'], prune: true });
        expect(changes.map(({ name }) => name)).not.toContain('web');
        expect(changes.map(({ name }) => name)).not.toContain('later');
      });

      it.each(methods)('takes the way that %s demands, and has a way back for every step', async (_, spec) => {
        await world.capture(spec);
        const { waves, undo } = await plan({ components: ['orders-db'], mode: 'dataOnly' });
        const kinds = waves.flat().map(({ action }) => action.kind);
        const inOrder = ['engine.backup', 'workload.scale', 'await.quiet', 'volume.keep', 'claim.remove', 'engine.restore'] as const;
        expect(inOrder.map((kind) => kinds.indexOf(kind))).toEqual(inOrder.map((kind) => kinds.indexOf(kind)).toSorted((a, b) => a - b));
        expect(kinds.slice(0, 5)).toEqual(inOrder.slice(0, 5));
        expect(kinds).toContain('await.ready');
        expect(kinds.includes('objects.remove')).toBe(spec === methods[2]![1]);
        const forward = new Set(waves.flat().map(({ id }) => id));
        expect(undo.waves!.flat().every(({ undoes }) => undoes !== undefined && forward.has(undoes))).toBe(true);
        expect(undo.release!.flat().map(({ action }) => action.kind)).toEqual([
          'volume.release',
          ...(spec === methods[0]![1] ? ['engine.restore.release'] : []),
        ]);
      });

      it('tells how long it takes, by what was measured before, and how to get back', async () => {
        await world.write({ 'orders.csv': '1,apples\n'.repeat(20_000) });
        const point = await world.capture({ snapshotMoveData: true });
        Object.assign(world.ground.durations, { backup: 4_000, dataMovement: 4_000 });
        const request: Partial<PlanRequest> = { components: ['orders-db'], mode: 'dataOnly', point };
        const backup: Partial<PlanRequest> = { intent: 'Backup' };
        for (const { estimate, undo } of [
          await plan(backup),
          await copy(),
          await plan(request),
          await plan({ ...request, mode: 'configOnly' }),
        ]) {
          expect(estimate).toMatchObject({ seconds: expect.any(Number), basis: expect.stringMatching(/\w/) });
          expect(undo.text).toMatch(/\w/);
        }
        expect((await plan(request)).estimate?.basis).toContain('nothing was measured yet');
        for (const asked of [request, backup]) {
          const done = await (await world.service().execute(await plan(asked), caller)).run();
          expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        }
        expect((await plan(backup)).estimate).toMatchObject({ basis: 'as 1 earlier backup took' });
        expect((await plan(request)).estimate?.basis).toContain('as in 1 earlier restore');
      });

      it('writes nothing but questions to the engine, and is the same again', async () => {
        await drift(world);
        const written: string[] = [];
        const cluster = seenBy(world.cluster, { before: ({ verb, what }) => void (writes.has(verb) && written.push(what)) });
        const service = world.service({ cluster });
        const at = (await world.cluster.now()).toISOString();
        for (const request of [{}, { mode: 'configOnly' }, { mode: 'clone', namespace: `${world.name}-copy` }] as const) {
          const first = await plan({ ...request, at }, service);
          const second = await plan(first.request, world.service());
          expect(second.hash).toBe(first.hash);
          expect(second.basis).toEqual(first.basis);
        }
        expect(written.filter((what) => !questions.has(what))).toEqual([]);
      });
    });

    describe('the points', () => {
      it('are for each part the newest that holds it, apart from each other where one of them lacks the data', async () => {
        const whole = await world.capture({}, 0);
        await world.ground.pass(2_000);
        const bare = await world.capture(withoutVolumes, 0);
        const { points, skewSeconds, blockers } = await plan();
        expect(blockers).toEqual([]);
        expect(Object.fromEntries(points.map(({ component, name }) => [component, name]))).toEqual({ 'orders-db': whole, web: bare });
        expect(skewSeconds).toBeGreaterThan(0);
        expect((await plan({ point: bare })).blockers).toContainEqual(
          expect.objectContaining({ code: 'POINT_UNUSABLE', component: 'orders-db' }),
        );
        expect((await plan({ point: bare, components: ['web'], mode: 'configOnly' })).blockers).toMatchObject([{ code: 'NOTHING_TO_DO' }]);
        const lacking = await copy({ point: bare, allowMissingVolumes: true });
        expect(lacking.blockers).toEqual([]);
        expect(lacking.warnings.map(({ component }) => component)).toContain('orders-db');
      });

      it('are those of a time, of a name, or the latest', async () => {
        const older = await world.capture({}, 30);
        const newer = await world.capture({}, 12);
        const chosen = async (point?: string) => {
          const { points, blockers } = await plan({ mode: 'dataOnly', ...(point !== undefined && { point }) });
          expect(blockers).toEqual([]);
          return [...new Set(points.map(({ name }) => name))];
        };
        expect(await chosen()).toEqual([newer]);
        expect(await chosen('latest')).toEqual([newer]);
        expect(await chosen('20m ago')).toEqual([older]);
        expect(await chosen(older)).toEqual([older]);
        await expect(plan({ point: 'p99' })).rejects.toMatchObject({ code: 'NO_POINT' });
        expect((await plan({ point: '2h ago' })).blockers.length).toBeGreaterThan(0);
      });

      it('are looked for in vain while there are none', async () => {
        const { blockers, waves } = await plan();
        expect(blockers.map(({ component }) => component).toSorted()).toEqual(['orders-db', 'web']);
        expect(waves).toEqual([]);
      });
    });

    describe('what stands in the way', () => {
      it.each(obstacles)('$title: $code', (obstacle) =>
        planned(obstacle, async (made) => {
          expect(made.blockers.map(({ code }) => code)).toContain(obstacle.code);
          expectSentences(made.blockers);
          await refuses(world.service().execute(made, caller), 'PLAN_BLOCKED');
        }),
      );

      it('an engine that does not answer: ENGINE_DOWN', async ({ skip }) => {
        const { velero } = world.ground;
        if (!velero) return skip('nothing takes the real server down');
        await world.capture();
        velero.down = true;
        try {
          expect((await plan({ mode: 'dataOnly' })).blockers).toContainEqual(expect.objectContaining({ code: 'ENGINE_DOWN' }));
          expect((await world.service().plan({ intent: 'Backup', application: world.name }, caller)).blockers).toMatchObject([
            { code: 'ENGINE_DOWN' },
          ]);
        } finally {
          velero.down = false;
        }
      });

      it('a right that is missing, as the server says: PERMISSION_MISSING', async ({ skip }) => {
        if (!world.ground.user) return skip('everybody may everything');
        await world.capture();
        const name = `reader-of-${world.name}`;
        await world.create({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name },
          rules: [
            { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
            { apiGroups: ['velero.io'], resources: ['*'], verbs: ['*'] },
          ],
        });
        await world.create({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
        } as KubeObject);
        const bob = await world.ground.user('bob');
        try {
          const made = await plan({ components: ['orders-db'], mode: 'dataOnly' }, world.service({ cluster: bob }));
          expect(made.blockers).toMatchObject([{ code: 'PERMISSION_MISSING', message: expect.stringContaining('persistentvolumes') }]);
          // Who may needs not ask bob.
          expect((await plan({ components: ['orders-db'], mode: 'dataOnly' })).blockers).toEqual([]);
        } finally {
          const access = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false };
          await world.cluster.delete({ type: { ...access, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' }, name });
          await world.cluster.delete({ type: { ...access, resource: 'clusterroles', kind: 'ClusterRole' }, name });
        }
      });
    });

    describe('what is remarked, and stops nobody', () => {
      it.each(remarks)('$title: $code', (remark) =>
        planned(remark, async (made) => {
          expect(made.blockers).toEqual([]);
          expect(made.warnings.map(({ code }) => code)).toContain(remark.code);
          expectSentences(made.warnings);
        }),
      );
    });

    describe('is refused', () => {
      it('when what it is about has changed, naming it: PLAN_STALE', async () => {
        await world.capture();
        await world.change(types.configMaps, 'web', { data: { page: 'new' } });
        const made = await plan({ components: ['web'], mode: 'configOnly' });
        // A status is nobody's intention.
        await world.change(types.configMaps, 'web', { metadata: { annotations: { 'kubectl-dr.dev/restarted-by': 'somebody' } } });
        await world.change(types.configMaps, 'web', { data: { page: 'newer' } });
        await expect(world.service().execute(made, caller)).rejects.toMatchObject({
          code: 'PLAN_STALE',
          message: expect.stringContaining(`ConfigMap ${world.name}/web`),
        });
        await refuses(world.service().execute(made, caller), 'PLAN_STALE');
        expect(await world.get(types.configMaps, 'web')).toMatchObject({ data: { page: 'newer' } });
      });

      it('when the place of a copy is taken meanwhile, and when its point is gone: PLAN_STALE', async () => {
        const point = await world.capture();
        const made = await copy();
        const name = `${world.name}-copy`;
        await world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
        try {
          await refuses(world.service().execute(made, caller), 'PLAN_STALE');
          expect((await copy()).blockers).toMatchObject([{ code: 'TARGET_EXISTS' }]);
        } finally {
          await world.cluster.delete({ type: types.namespaces, name });
        }
        const inPlace = await plan({ mode: 'dataOnly' });
        await world.capture({}, 0);
        // A newer point is no reason: it was made for that one.
        expect((await plan(inPlace.request)).hash).toBe(inPlace.hash);
        await world.forget(point);
        await expect(world.service().execute(inPlace, caller)).rejects.toMatchObject({
          code: expect.stringMatching(/PLAN_STALE|NO_POINT/),
        });
        expect(await world.service().operations({ application: world.name })).toEqual([]);
      });

      it('when somebody wrote into it: PLAN_STALE', async () => {
        await world.capture();
        const made = await plan({ mode: 'dataOnly' });
        made.target[0]!.namespaces = ['kube-system'];
        await refuses(world.service().execute(made, caller), 'PLAN_STALE');
      });

      it('when it is old: PLAN_EXPIRED', async () => {
        await world.capture();
        const made = await plan({ mode: 'dataOnly' });
        const now = (await world.cluster.now()).getTime();
        expect(Math.round((Date.parse(made.expiresAt) - now) / 60_000)).toBe(30);
        await refuses(world.service().execute({ ...made, expiresAt: new Date(now - 1_000).toISOString() }, caller), 'PLAN_EXPIRED');
      });
    });
  });
}

function actions(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(changes.map(({ kind, name, action }) => [`${kind}/${name}`, action]));
}

/** A point, and what somebody changed after it. */
async function drift(world: World): Promise<void> {
  await world.capture();
  await world.write({ 'orders.csv': '%%%' });
  await world.change(types.secrets, 'orders-db', { data: { password: 'bmV3' } });
  await world.change(types.configMaps, 'web', { data: { page: 'new' } });
  await world.change(types.deployments, 'web', { spec: { replicas: 4 }, metadata: { labels: { tier: 'front' } } });
  await world.addLater('web');
  await world.ground.settle();
  await eventually(async () => (await world.readyReplicas()).every(Boolean), 'what was changed is running', 60_000);
}
