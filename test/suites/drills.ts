import { at, listAt, textAt } from '@kubectl-dr/core/application/raw';
import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import { ConflictError } from '@kubectl-dr/core/errors';
import { isIntact } from '@kubectl-dr/core/execution/evidence';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { type ResourceType, apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import type { DrService } from '@kubectl-dr/core/service/port';
import { customTypes, serve } from './custom-types.ts';
import { killDrills } from './killed-drill.ts';
import { labelsOf } from './shop.ts';
import { stateOf } from './state.ts';
import type { World, Worlds } from './world.ts';
import { orders, worldForEach } from './world.ts';

const caller = { name: 'alice' };

/** What there is of a namespace: itself, volumes of it, and contents of snapshots in it. */
export async function remainsOf({ cluster }: Pick<World, 'cluster'>, namespace: string): Promise<string[]> {
  const [namespaces, volumes, contents] = await Promise.all([
    cluster.list(types.namespaces),
    cluster.list(types.persistentVolumes),
    cluster.list(snapshotKinds.contents),
  ]);
  return [
    ...contents.items.filter(({ spec }) => textAt(spec, 'volumeSnapshotRef', 'namespace') === namespace),
    ...namespaces.items.filter(({ metadata }) => metadata.name === namespace),
    ...volumes.items.filter(({ spec }) => textAt(spec, 'claimRef', 'namespace') === namespace),
  ].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

/** Drills prove what they say, touch nothing that runs, and leave nothing, whatever becomes of them. */
export function describeDrills(title: string, openWorlds: () => Promise<Worlds>): void {
  describe(`drills on ${title}`, () => {
    let world: World;
    worldForEach(openWorlds, (opened) => void (world = opened));

    const plan = (service: DrService, request: Partial<PlanRequest> = {}) =>
      service.plan({ intent: 'Drill', application: world.name, ...request }, caller);
    const drilled = async (service: DrService, request?: Partial<PlanRequest>): Promise<Operation> => {
      const made = await plan(service, request);
      expect(made.blockers).toEqual([]);
      const done = await (await service.execute(made, caller)).run();
      const { namespaces } = made.target[0]!;
      expect(await remainsOf(world, namespaces[0]!)).toEqual([]);
      return done;
    };

    it.each([
      ['a CSI snapshot', {}],
      ['a data mover', { snapshotMoveData: true }],
      ['a file system backup', { defaultVolumesToFsBackup: true }],
    ] as const)('bring back what was captured by %s, isolated, measure it, and leave nothing', async (_, spec) => {
      await world.capture(spec);
      await world.write({ 'orders.csv': '%%%' });
      const before = await stateOf(world);
      const service = world.service();
      const made = await plan(service);
      expect(made.blockers).toEqual([]);
      const namespace = made.target[0]!.namespaces[0]!;
      const started = await service.execute(made, caller, { reason: 'to prove it' });
      let seen: { files: unknown; isolated: boolean } | undefined;
      for await (const event of started.events) {
        if (event.type !== 'operation' || seen || !event.operation.steps.every(({ state }) => state === 'Succeeded')) continue;
        const claim = await world.cluster.get({ type: types.persistentVolumeClaims, namespace, name: 'data-orders-db-0' });
        const { items } = await world.cluster.list(types.networkPolicies, { namespace });
        seen = {
          files: await world.ground.read((claim.spec as { volumeName: string }).volumeName),
          isolated: items.some(({ metadata }) => metadata.name === 'kubectl-dr-isolate'),
        };
      }
      expect(seen).toEqual({ files: orders, isolated: true });
      const done = await service.operation(started.operation.id);
      expect(done, done.message).toMatchObject({ state: 'Succeeded', reason: 'to prove it' });
      // The point was made twelve minutes ago.
      expect(Math.floor(done.measured!.lossSeconds! / 60)).toBeGreaterThanOrEqual(12);
      expect(done.measured!.rtoSeconds).toBeLessThan(done.measured!.lossSeconds!);
      expect(done.evidence!.record.status).toMatchObject({ state: 'Succeeded', cleanUp: { state: 'Verified' } });
      expect(await isIntact(done.evidence!)).toBe(true);
      expect(await remainsOf(world, namespace)).toEqual([]);
      expect(await stateOf(world)).toEqual(before);
      // The point can be restored again: what was released was not its data.
      const again = await drilled(service);
      expect(again, again.message).toMatchObject({ state: 'Succeeded' });
    });

    it('answer for no host of the original, whatever kind of route it has', async () => {
      const { httpRoute, virtualService, openShiftRoute, domainMapping } = customTypes;
      const routes: [ResourceType, object, (spec: unknown) => unknown][] = [
        [httpRoute, { hostnames: ['shop.example'] }, (spec) => at(spec, 'hostnames')],
        [virtualService, { hosts: ['shop.example', 'orders-db'] }, (spec) => at(spec, 'hosts')],
        [openShiftRoute, { host: 'shop.example', to: { kind: 'Service', name: 'web' } }, (spec) => [at(spec, 'host')]],
        [
          types.ingresses,
          { rules: [{ host: 'shop.example' }], defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
          (spec) => listAt(spec, 'rules').map((rule) => at(rule, 'host')),
        ],
      ];
      for (const [type, spec] of routes) {
        if (type.group !== 'networking.k8s.io') await serve(world, type);
        await world.create({
          apiVersion: apiVersionOf(type),
          kind: type.kind,
          metadata: { name: 'web', namespace: world.name, labels: labelsOf(world.name, 'web') },
          spec: { ...spec },
        });
      }
      // Of Knative, with the host for its name: no other host can be written into it.
      await serve(world, domainMapping);
      await world.create({
        apiVersion: apiVersionOf(domainMapping),
        kind: domainMapping.kind,
        metadata: { name: `${world.name}.example`, namespace: world.name, labels: labelsOf(world.name, 'web') },
        spec: { ref: { apiVersion: 'v1', kind: 'Service', name: 'web' } },
      });
      await world.capture();
      const service = world.service();
      const made = await plan(service);
      expect(made.blockers).toEqual([]);
      expect(made.warnings).toContainEqual(
        expect.objectContaining({ code: 'HOST_IS_NAME', evidence: [`DomainMapping ${world.name}/${world.name}.example`] }),
      );
      const namespace = made.target[0]!.namespaces[0]!;
      const started = await service.execute(made, caller);
      let seen: unknown[] | undefined;
      for await (const event of started.events) {
        if (event.type !== 'operation' || seen || !event.operation.steps.every(({ state }) => state === 'Succeeded')) continue;
        seen = await Promise.all(
          routes.map(async ([type, , hostsOf]) => hostsOf((await world.cluster.get({ type, namespace, name: 'web' })).spec)),
        );
        expect((await world.cluster.list(domainMapping, { namespace })).items).toEqual([]);
      }
      const host = `shop.example.${namespace}.invalid`;
      expect(seen).toEqual([[host], [host, 'orders-db'], [host], [host]]);
      const done = await service.operation(started.operation.id);
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(await remainsOf(world, namespace)).toEqual([]);
    });

    it('take the reason away that nothing was tried, and tell how long it took', async () => {
      world.catalogued = true;
      world.policy = { objectives: { rpo: '24h', rto: '4h' }, drills: { every: '30d' } };
      await world.capture();
      const service = world.service();
      const codes = async () => (await service.application(world.name)).reasons.map(({ code }) => code);
      expect(await codes()).toContain('NEVER_DRILLED');
      const done = await drilled(service);
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(done.evidence!.record.status.met).toEqual({ rto: true, rpo: true });
      const { proof } = await service.application(world.name);
      expect(proof).toEqual({ at: done.endedAt, operation: done.id, rtoSeconds: done.measured!.rtoSeconds });
      expect(await codes()).not.toContain('NEVER_DRILLED');
      const { estimate } = await plan(service);
      expect(estimate).toMatchObject({ seconds: done.measured!.rtoSeconds, basis: expect.stringContaining('1 earlier one') });
    });

    it('are refused where they would touch what runs', async () => {
      await world.capture();
      const service = world.service();
      await expect(plan(service, { mode: 'inPlace' })).rejects.toMatchObject({ name: 'InputError' });
      await expect(plan(service, { isolate: false })).rejects.toMatchObject({ name: 'InputError' });
      expect((await plan(service, { namespace: world.name })).blockers).toMatchObject([{ code: 'TARGET_EXISTS' }]);
    });

    it('fail with the check that the owner declared, and are removed all the same', async ({ skip }) => {
      if (!world.ground.runsCommands) return skip('nothing runs in the pods');
      const check = { 'kubectl-dr.dev/check': 'exec: cat /data/none', 'kubectl-dr.dev/check-timeout': '10s' };
      await world.change(types.statefulSets, 'orders-db', { metadata: { annotations: check } });
      await world.capture();
      const service = world.service({ impatient: true });
      const failed = await drilled(service);
      expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('No such file or directory') });
      expect(failed.evidence!.record.status).toMatchObject({
        state: 'Failed',
        checks: [{ state: 'Failed', message: expect.stringContaining('cat /data/none') }],
        cleanUp: { state: 'Verified' },
      });
      expect(failed.measured!.rtoSeconds).toBeUndefined();
      await expect(service.resume(failed.id, caller)).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('that are cancelled by another process end without a trace', async ({ skip }) => {
      if (!world.ground.velero) return skip('nothing makes the real server slow');
      await world.capture();
      const { durations } = world.ground;
      const usual = durations.restore;
      durations.restore = 60_000;
      const [first, second] = [world.service({ holder: 'first' }), world.service({ holder: 'second' })];
      const made = await plan(first);
      const started = await first.execute(made, caller);
      let asked: Promise<unknown> | undefined;
      try {
        try {
          for await (const event of started.events) {
            if (event.type !== 'operation') continue;
            const waits = event.operation.steps.some(({ id, state }) => id.startsWith('restore-') && state === 'Running');
            if (waits) asked ??= second.cancel(started.operation.id, { name: 'bob' }).finally(() => (durations.restore = usual));
          }
        } catch (error) {
          // Where time leaps while the second one waits, the first may seem dead to it: then it is fenced off, and the second ends it.
          if (!(error instanceof ConflictError)) throw error;
        }
        await asked;
      } finally {
        durations.restore = usual;
      }
      expect(await second.operation(started.operation.id)).toMatchObject({
        state: 'Cancelled',
        evidence: { record: { status: { cleanUp: { state: 'Verified' } } } },
      });
      expect(await remainsOf(world, made.target[0]!.namespaces[0]!)).toEqual([]);
    });
  });

  describe(`a drill whose process dies on ${title}`, () => {
    let worlds: Worlds;
    beforeAll(async () => {
      worlds = await openWorlds();
    });
    afterAll(() => worlds?.close());

    it('is ended by whoever resumes it, with nothing left and nothing touched', async () => {
      const every = Number(process.env.KILL_EVERY ?? Math.max(1, Math.round(worlds.sample / 4)));
      const prepared = async (): Promise<World> => {
        const opened = await worlds.open();
        await opened.capture();
        return opened;
      };
      const namespaceOf = ({ name }: World): string => `${name}-copy`;
      const { killed, places } = await killDrills({
        prepared,
        clusterOf: ({ cluster }) => cluster,
        service: (world, through) => world.service(through),
        plan: (world, service) => service.plan({ intent: 'Drill', application: world.name, namespace: namespaceOf(world) }, caller),
        leftOf: (world) => remainsOf(world, namespaceOf(world)),
        every,
        atOnce: worlds.atOnce,
        moreThan: 5,
      });
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(`${title}: a drill killed at ${killed} of ${places} places`);
    }, 900_000);
  });
}
