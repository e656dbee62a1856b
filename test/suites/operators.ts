import type { SuspendMechanism } from '@kubectl-dr/core/planning/suspension';
import { suspensionOf } from '@kubectl-dr/core/planning/suspension';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { customTypes, serve } from './custom-types.ts';
import { seenBy } from './seen-by.ts';
import type { World, Worlds } from './world.ts';
import { worldForEach } from './world.ts';
import { orders } from './world.ts';

const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%' };

/** Those that are told to leave alone what they manage, and what they say afterwards when it was said before. */
const switches: [keyof typeof customTypes, SuspendMechanism, before: KubeObject | undefined][] = [
  ['crunchy', 'crunchy-postgres', undefined],
  ['elastic', 'elastic', undefined],
  ['mariadb', 'mariadb', { spec: { suspend: false } } as never],
  ['zalando', 'zalando-postgres', { metadata: { annotations: { 'acid.zalan.do/controller': 'second' } } } as never],
];

/** Databases that operators run: told to wait or to stop by their own switches and given back, or refused with the reason. */
export function describeOperators(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`operators on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => void (world = opened));

    const plan = () =>
      world.service().plan({ intent: 'Restore', application: world.name, components: ['orders-db'], mode: 'dataOnly' }, caller);

    /** Its object `orders`, which owns the database. */
    const managed = async (name: keyof typeof customTypes, extra: Partial<KubeObject> = {}): Promise<KubeObject> => {
      const kind = customTypes[name];
      await serve(world, kind);
      const { metadata, ...rest } = extra;
      await world.create({
        apiVersion: apiVersionOf(kind),
        kind: kind.kind,
        ...rest,
        metadata: { name: 'orders', namespace: world.name, ...metadata },
      });
      return world.get(kind, 'orders');
    };
    const owned = async (owner: KubeObject): Promise<void> => {
      const { apiVersion, kind, metadata } = owner;
      const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid!, controller: true }];
      await world.change(types.statefulSets, 'orders-db', { metadata: { ownerReferences } });
    };

    it.each(switches)(
      '%s is told to leave the database alone, and says afterwards what it said before',
      async (name, mechanism, before) => {
        const owner = await managed(name, before);
        if (name === 'zalando')
          await world.change(types.statefulSets, 'orders-db', { metadata: { labels: { application: 'spilo', 'cluster-name': 'orders' } } });
        else await owned(owner);
        await world.capture();
        await world.write(corrupt);
        const made = await plan();
        expect(made.blockers).toEqual([]);
        expect(made.warnings).toContainEqual(expect.objectContaining({ code: 'OPERATOR_PAUSED', fix: 'nothing to do' }));
        const said: unknown[] = [];
        const kind = customTypes[name];
        const cluster = seenBy(world.cluster, {
          after: ({ verb, what }) => void (verb === 'delete' && what === 'persistentvolumeclaims' && said.push(world.get(kind, 'orders'))),
        });
        const service = world.service({ cluster });
        const done = await (await service.execute(made, caller)).run();
        expect(done, done.message).toMatchObject({ state: 'Succeeded' });
        // While its volumes were exchanged it was told to wait.
        const [meanwhile] = (await Promise.all(said)) as KubeObject[];
        expect(suspensionOf(mechanism, meanwhile!)).not.toBe(suspensionOf(mechanism, owner));
        expect(suspensionOf(mechanism, await world.get(kind, 'orders'))).toBe(suspensionOf(mechanism, owner));
        expect(await world.files()).toEqual(orders);
        expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
        expect(suspensionOf(mechanism, await world.get(kind, 'orders'))).toBe(suspensionOf(mechanism, owner));
        expect(await world.files()).toEqual(corrupt);
      },
    );

    it('percona stops its database itself when it is told to, and starts it again: nobody else scales it', async () => {
      await owned(await managed('percona', { spec: { pause: false } } as Partial<KubeObject>));
      await world.capture();
      await world.write(corrupt);
      const scaled: string[] = [];
      const operating = operator(world);
      const cluster = seenBy(operating, {
        before: ({ verb, what }) => void (verb === 'patch' && what === 'statefulsets' && scaled.push(what)),
      });
      const service = world.service({ cluster });
      const made = await plan();
      expect(made.blockers).toEqual([]);
      expect(made.waves.flat().map(({ action }) => action.kind)).not.toContain('workload.scale');
      const done = await (await service.execute(made, caller)).run();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await world.readyReplicas()).toEqual([true, true]);
      expect(await world.files()).toEqual(orders);
      expect(await world.get(customTypes.percona, 'orders')).toMatchObject({ spec: { pause: false } });
      const undone = await (await service.undo(done.id, caller)).run();
      expect(undone, undone.message).toMatchObject({ state: 'Undone' });
      expect(await world.files()).toEqual(corrupt);
      expect(await world.get(customTypes.percona, 'orders')).toMatchObject({ spec: { pause: false } });
      expect(scaled).toEqual([]);
    });

    it.each([
      ['mongodb', 'Deployment to no replicas'],
      ['cloudNative', 'bootstrap.recovery'],
    ] as const)('%s, which cannot be told to wait, is a blocker that says what to do instead', async (name, instead) => {
      await owned(await managed(name));
      await world.capture();
      expect((await plan()).blockers).toMatchObject([
        { code: 'OPERATOR_MANAGED', message: expect.stringContaining(customTypes[name].kind), fix: expect.stringContaining(instead) },
      ]);
    });

    it('an operator whose files come back through pods is a blocker', async () => {
      await owned(await managed('crunchy'));
      await world.capture({ defaultVolumesToFsBackup: true });
      expect((await plan()).blockers).toMatchObject([{ code: 'OPERATOR_MANAGED', message: expect.stringContaining('file system backup') }]);
    });
  });
}

/** Percona's operator: what `spec.pause` says becomes of the replicas, as soon as it is written. */
function operator(world: World): ClusterClient {
  return new Proxy(world.cluster, {
    get(target, property) {
      if (property !== 'patch') {
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      return async (...args: Parameters<ClusterClient['patch']>): Promise<KubeObject> => {
        const result = await target.patch(...args);
        if (args[0].type.kind === 'PerconaXtraDBCluster') {
          const { pause } = result.spec as { pause?: boolean };
          await world.change(types.statefulSets, 'orders-db', { spec: { replicas: pause ? 0 : 1 } });
        }
        return result;
      };
    },
  });
}
