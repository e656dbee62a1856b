import { expect } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Check, EngineHarness } from './engine-conformance-harness.ts';
import { backUp, backupOf, end, pointsOf } from './engine-conformance-harness.ts';

/** What the guarantees say about points and what is inside them: R5, R8, R9, W8. */
export function checkPoints(check: Check): void {
  check('R5: makes a point whose data is as old as the start of the capture, from the first sight of it to the last', async (harness) => {
    const { engine, context } = harness;
    const before = (await context.cluster.now()).getTime();
    await engine.startBackup(context, backupOf(harness, 'one'));
    const running = (await pointsOf(harness)).find(({ name, phase }) => name === 'one' && phase === 'Running');
    const seen = (await context.cluster.now()).getTime();
    if (running) {
      expect(running.capturedAt).toBeDefined();
      expect(Date.parse(running.capturedAt!)).toBeLessThanOrEqual(seen);
    }
    // Long enough for whole seconds to tell its end from its start.
    await context.clock.sleep(1_100);
    await end(harness, () => engine.progressOfBackup(context, 'one'));
    const point = (await pointsOf(harness)).find(({ name }) => name === 'one')!;
    expect(point).toMatchObject({ engine: engine.id, cluster: context.cluster.name, phase: 'Succeeded' });
    if (running) expect(point.capturedAt).toBe(running.capturedAt);
    // Engines tell whole seconds.
    expect(Date.parse(point.capturedAt!)).toBeGreaterThanOrEqual(before - 1_000);
    expect(Date.parse(point.capturedAt!)).toBeLessThanOrEqual(Date.parse(point.completedAt ?? point.capturedAt!));
    await context.clock.sleep(1_100);
    await harness.settle();
    expect((await pointsOf(harness)).find(({ name }) => name === 'one')!.capturedAt).toBe(point.capturedAt);
  });

  check('R5: makes a point that holds everything of its scope when it succeeded', async (harness) => {
    const { engine, context, namespace } = harness;
    if (!engine.capabilities.contents) return;
    const point = await backUp(harness, 'one');
    const { objects, volumes, errors } = await engine.contents(context, point);
    expect(errors).toEqual({});
    // What every namespace has by itself is nobody's to capture.
    const live = async (type: (typeof types)[keyof typeof types]): Promise<string[]> =>
      (await context.cluster.list(type, { namespace })).items
        .map(({ metadata }) => metadata.name)
        .filter((name) => name !== 'kube-root-ca.crt')
        .sort();
    const claims = await live(types.persistentVolumeClaims);
    expect(claims.length).toBeGreaterThan(0);
    expect(
      volumes
        .filter(({ state }) => state === 'captured')
        .map(({ claim }) => claim)
        .sort(),
    ).toEqual(claims);
    const wanted = engine.capabilities.configuration
      ? [types.persistentVolumeClaims, types.configMaps, types.secrets, types.services, types.deployments, types.statefulSets]
      : [types.persistentVolumeClaims];
    for (const type of wanted) {
      const inside = objects.filter((object) => object.kind === type.kind && object.namespace === namespace).map(({ name }) => name);
      expect(inside).toEqual(expect.arrayContaining(await live(type)));
    }
  });

  check('R5, R8: never calls a point a success that lacks a volume, and opens what there is of it or nothing', async (harness) => {
    const { engine, context, namespace, incomplete } = harness;
    if (!incomplete) return;
    const point = await incomplete('one');
    expect(point).toMatchObject({ name: 'one', phase: expect.stringMatching(/^(Degraded|Failed|Running)$/) });
    if (point.phase !== 'Degraded') return refuses(harness, point, 'InputError');
    const { volumes, errors } = await engine.contents(context, point);
    expect(volumes.some(({ state }) => state !== 'captured') || Object.keys(errors).length > 0).toBe(true);
    expect((await engine.objects(context, point, [namespace])).length).toBeGreaterThan(0);
  });

  check('R8: says of a point that is gone that it is', async (harness) => {
    const { engine } = harness;
    if (!engine.capabilities.contents) return;
    const { id, ...point } = await backUp(harness, 'one');
    await refuses(harness, { ...point, name: 'absent', id: id.replace(/one$/, 'absent') }, 'NotFoundError');
  });

  check('R8: opens no point that has not ended well', async (harness) => {
    const { engine, unattended } = harness;
    if (!engine.capabilities.contents || !unattended) return;
    const { context, pass } = await unattended();
    const alone = { ...harness, context };
    await engine.startBackup(context, backupOf(harness, 'one'));
    const look = async () => (await pointsOf(alone)).find(({ name }) => name === 'one')!;
    await refuses(alone, await look(), 'InputError');
    await pass();
    await refuses(alone, await look(), 'InputError');
  });

  check('R8: waits half a minute for whoever has to be asked, and tells who does not answer', async (harness) => {
    const { context, silence } = harness;
    if (!silence) return;
    const point = await backUp(harness, 'one');
    silence();
    const clock = hasty(context.clock);
    const began = clock.now().getTime();
    const silent = { ...harness, context: { ...context, clock } };
    for (const open of openings(silent, point)) {
      await expect(open()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        code: expect.stringMatching(/^(CONTENTS_UNREADABLE|ENGINE_DOWN)$/),
        cluster: context.cluster.name,
      });
    }
    expect(clock.now().getTime() - began).toBeLessThanOrEqual(2 * 35_000);
  });

  check('R8, R9: lists what is inside, and gives the objects themselves', async (harness) => {
    const { engine, context, namespace } = harness;
    if (!engine.capabilities.contents) return;
    const point = await backUp(harness, 'one');
    if (!engine.capabilities.configuration) {
      expect(point).toMatchObject({ holds: 'data', keptIn: 'storage' });
      const kinds = (await engine.objects(context, point, [namespace])).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['PersistentVolumeClaim']));
    }
    const contents = await engine.contents(context, point);
    expect(contents.pointId).toBe(point.id);
    const objects = await engine.objects(context, point, [namespace]);
    expect(objects.length).toBeGreaterThan(0);
    const whereOf = ({ kind, metadata }: KubeObject): string | undefined => (kind === 'Namespace' ? metadata.name : metadata.namespace);
    for (const object of objects) {
      expect(whereOf(object)).toBe(namespace);
      const { kind, metadata } = object;
      const listed = contents.objects.some(
        (item) => item.kind === kind && item.name === metadata.name && item.namespace === metadata.namespace,
      );
      expect([kind, metadata.name, listed]).toEqual([kind, metadata.name, true]);
    }
    expect(await engine.objects(context, point, ['no-such-namespace'])).toEqual([]);
  });

  check('W8: removes a point for good, when that is asked of it', async (harness) => {
    const { engine, context } = harness;
    if (!engine.removePoint) return;
    const point = await backUp(harness, 'one');
    await backUp(harness, 'two');
    // Nobody else removes them.
    expect(point.removedBy).toBe('plan');
    await engine.removePoint(context, point);
    await harness.settle();
    await engine.removePoint(context, point);
    expect((await pointsOf(harness)).filter(({ phase }) => phase !== 'Deleting').map(({ name }) => name)).toEqual(['two']);
  });
}

/** Of both ways into a point. */
function openings({ engine, context, namespace }: EngineHarness, point: RecoveryPoint): (() => Promise<unknown>)[] {
  return [() => engine.contents(context, point), () => engine.objects(context, point, [namespace])];
}

async function refuses(harness: EngineHarness, point: RecoveryPoint, name: 'InputError' | 'NotFoundError'): Promise<void> {
  for (const open of openings(harness, point))
    await expect(open()).rejects.toMatchObject({ name, message: expect.stringContaining(point.name) });
}

/** A clock on which waits are over at once, and have taken as long as they were to. */
function hasty(clock: Clock): Clock {
  let waited = 0;
  return {
    now: () => new Date(clock.now().getTime() + waited),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      waited += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}
