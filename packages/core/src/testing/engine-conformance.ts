import { describe, expect, it } from 'vitest';
import { DrError } from '../errors.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { Check, EngineHarness, Write } from './engine-conformance-harness.ts';
import {
  backUp,
  backupOf,
  contentsOn,
  copyOf,
  end,
  foreign,
  garbage,
  own,
  pointsOf,
  readingFrom,
  readingOf,
  remove,
  restoreOf,
  watched,
} from './engine-conformance-harness.ts';
import { checkPoints } from './engine-conformance-points.ts';

/** The guarantees of `ports/engine.ts`, by their numbers there, for any engine over any cluster. A harness is made for each check. */
export function describeEngine(name: string, makeHarness: () => EngineHarness | Promise<EngineHarness>): void {
  describe(`${name} is an Engine`, () => {
    const check: Check = (title, body) =>
      it(title, async () => {
        const harness = await makeHarness();
        try {
          await body(harness);
        } finally {
          await harness.close?.();
        }
      });
    /** Of engines that make points. */
    const forPoints: Check = (title, body) =>
      check(title, async (harness) => {
        if (harness.engine.capabilities.backup) await body(harness);
      });

    check('R1: interprets whatever a cluster returns, and throws never', async ({ engine }) => {
      for (const objects of garbage(engine)) {
        const state = engine.interpret(readingOf(objects));
        expect(state.installation).toMatchObject({ engine: engine.id, cluster: 'c' });
        for (const point of state.points) expect(point.id.split('/')).toHaveLength(4);
      }
    });

    forPoints('R1, R2: gives the same again, whatever else lies beside it, in its own namespace or another', async (harness) => {
      const { engine, context, namespace } = harness;
      const point = await backUp(harness, 'one');
      const reading = await readingFrom(harness);
      const before = JSON.stringify([...reading.objects]);
      expect(engine.interpret(reading)).toEqual(engine.interpret(reading));
      expect(JSON.stringify([...reading.objects])).toBe(before);
      const found = (objects: ClusterReading['objects']) => engine.interpret({ ...reading, objects }).points;
      for (const bad of garbage(engine)) {
        const mixed = new Map([...reading.objects].map(([key, items]) => [key, [...(bad.get(key) ?? []), ...items]]));
        expect(found(mixed)).toContainEqual(point);
      }
      const elsewhere = ({ metadata, ...object }: KubeObject): KubeObject => ({
        ...object,
        metadata: { ...metadata, ...(metadata.namespace !== undefined && { namespace: 'elsewhere' }), uid: 'elsewhere' },
      });
      const copied = found(new Map([...reading.objects].map(([key, items]) => [key, [...items, ...items.map(elsewhere)]])));
      expect(copied).toContainEqual(point);
      if (context.namespace !== namespace) return;
      for (const { id, scope } of copied) if (id !== point.id) expect(scope.namespaces).toEqual(['elsewhere']);
    });

    check('R3: is not installed where its types are not served, and is where they may not be seen', async ({ engine }) => {
      if (engine.kinds.length === 0) return;
      const failing = (code: DrError['code']): ClusterReading => ({
        ...readingOf(new Map()),
        failures: new Map(engine.kinds.map((type) => [resourceKey(type), new DrError('NotFoundError', code, 'no')])),
      });
      expect(engine.interpret(failing('NOT_FOUND')).installation.installed).toBe(false);
      expect(engine.interpret(failing('FORBIDDEN')).installation.installed).toBe(true);
    });

    forPoints('R4, R7, R8: names a point once for all, proves nothing of one that runs, and opens none', async (harness) => {
      const { engine, context } = harness;
      await engine.startBackup(context, backupOf(harness, 'one'));
      const state = engine.interpret(await readingFrom(harness));
      const running = state.points.find(({ name: own, phase }) => own === 'one' && (phase === 'Pending' || phase === 'Running'));
      if (running) {
        expect(state.volumeEvidence[running.id] ?? []).toEqual([]);
        const opened = engine.capabilities.contents
          ? await engine.contents(context, running).then(
              () => 'opened',
              ({ name }: Error) => name,
            )
          : 'InputError';
        // On a real cluster it may have ended just now.
        if (opened === 'opened') expect((await engine.progressOfBackup(context, 'one')).phase).toBe('Succeeded');
        else expect(opened).toBe('InputError');
      }
      await end(harness, () => engine.progressOfBackup(context, 'one'));
      const point = (await pointsOf(harness)).find((candidate) => candidate.name === 'one')!;
      if (running) expect(point.id).toBe(running.id);
      expect(point.id).toBe(`${context.cluster.name}/${engine.id}/${point.namespace}/one`);
    });

    forPoints('R6: tells its points by fewer types as well', async (harness) => {
      const { engine } = harness;
      if (!engine.pointKinds) return;
      await backUp(harness, 'one');
      const [all, few] = [await readingFrom(harness), await readingFrom(harness, engine.pointKinds)].map((reading) =>
        engine.interpret(reading),
      );
      expect(few!.points.map(({ id, phase, capturedAt }) => [id, phase, capturedAt])).toEqual(
        all!.points.map(({ id, phase, capturedAt }) => [id, phase, capturedAt]),
      );
      expect(few!.installation).toMatchObject({ installed: true, engine: engine.id });
    });

    forPoints('A1: asks and looks ahead without changing anything', async (harness) => {
      const { engine, context, namespace } = harness;
      const point = await backUp(harness, 'one');
      const written: Write[] = [];
      const watching = watched(context, (write) => void written.push(write));
      await engine.ping(watching);
      await engine.pingMover?.(watching);
      if (context.namespace === namespace) expect(written).toEqual([]);
      for (const write of written) expect(write).toMatchObject({ verb: 'create', namespace: context.namespace });
      written.length = 0;
      await engine.foresee?.(watching, { backup: backupOf(harness, 'two') });
      await engine.foresee?.(watching, { restore: { point, namespaces: [namespace], namespaceMapping: {} } });
      expect(written).toEqual([]);
    });

    forPoints('A3: ends what nobody acts on, and names it', async ({ engine, namespace, unattended }) => {
      if (!unattended) return;
      const { context, pass } = await unattended();
      await engine.startBackup(context, { name: 'one', namespaces: [namespace], labels: own, annotations: {} });
      expect(await engine.progressOfBackup(context, 'one')).toMatchObject({ phase: expect.stringMatching(/Pending|Running/) });
      await pass();
      const ended = await engine.progressOfBackup(context, 'one');
      expect(ended.phase).toBe('Failed');
      expect(ended.message).toContain('one');
    });

    forPoints('W3, W5: refuses claims that are not in the point, and those that exist, before it writes', async (harness) => {
      const { engine, context, namespace } = harness;
      if (engine.capabilities.configuration || !engine.capabilities.inPlace) return;
      const point = await backUp(harness, 'one');
      const [claim] = (await engine.objects(context, point, [namespace])).map(({ metadata }) => metadata.name);
      const written: Write[] = [];
      const watching = watched(context, (write) => void written.push(write));
      const request = { ...restoreOf(harness, point), namespaceMapping: {} };
      await expect(engine.startRestore(watching, { ...request, claims: ['no-such-claim'] })).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      await expect(engine.startRestore(watching, { ...request, claims: [claim!] })).rejects.toMatchObject({ name: 'ConflictError' });
      expect(written).toEqual([]);
    });

    forPoints(
      'W1, W2: takes a backup of that name for its own when it carries the same labels, and for a conflict when not',
      async (harness) => {
        const { engine, context } = harness;
        await engine.startBackup(context, backupOf(harness, 'one'));
        await engine.startBackup(context, backupOf(harness, 'one'));
        await expect(engine.startBackup(context, { ...backupOf(harness, 'one'), labels: foreign })).rejects.toMatchObject({
          name: 'ConflictError',
        });
        await end(harness, () => engine.progressOfBackup(context, 'one'));
        expect((await pointsOf(harness)).filter((point) => point.name === 'one')).toHaveLength(1);
      },
    );

    forPoints(
      'A2, W7: says at once that what it never began is not there, and ends nothing of it',
      async ({ engine, context: at, namespace }) => {
        const context = { ...at, clock: { ...at.clock, sleep: () => Promise.reject(new Error('it waits')) } };
        await expect(engine.progressOfBackup(context, 'absent')).rejects.toMatchObject({ name: 'NotFoundError' });
        await expect(engine.progressOfRestore(context, 'absent')).rejects.toMatchObject({ name: 'NotFoundError' });
        await engine.finishRestore(context, 'absent');
        await engine.stopRestore?.(context, 'absent');
        await engine.releaseRestore?.(context, 'absent', [namespace]);
      },
    );

    forPoints('W4: writes into the application nothing but what is its own, when it begins', async (harness) => {
      const { engine, context, namespace } = harness;
      const written: Write[] = [];
      await engine.startBackup(
        watched(context, (write) => void written.push(write)),
        backupOf(harness, 'one'),
      );
      await end(harness, () => engine.progressOfBackup(context, 'one'));
      const point = (await pointsOf(harness)).find((candidate) => candidate.name === 'one')!;
      if (engine.capabilities.clone) {
        const restoring = await copyOf(harness);
        await engine.startRestore(
          watched(restoring, (write) => void written.push(write)),
          restoreOf(harness, point),
        );
      }
      // An engine with a namespace of its own has no business elsewhere; one without makes new things, and marks them.
      if (context.namespace !== namespace) expect(written.map((write) => write.namespace)).not.toContain(namespace);
      else for (const write of written) expect(write).toMatchObject({ verb: 'create', labels: own });
    });

    forPoints('W1: makes what is missing, and nothing twice, when it was ended half-way', async (harness) => {
      const { engine, context } = harness;
      const endedOnce = async (begin: (at: EngineContext) => Promise<void>, at: EngineContext): Promise<void> => {
        let count = 0;
        const dying = watched(at, () => {
          count += 1;
          if (count === 2) throw new Error('the process is gone');
        });
        await begin(dying).catch((error: Error) => {
          if (count < 2) throw error;
        });
        await begin(at);
      };
      await endedOnce((at) => engine.startBackup(at, backupOf(harness, 'one')), context);
      expect((await end(harness, () => engine.progressOfBackup(context, 'one'))).phase).toBe('Succeeded');
      const points = (await pointsOf(harness)).filter(({ name }) => name === 'one');
      expect(points).toHaveLength(1);
      if (!engine.capabilities.clone) return;
      const restoring = await copyOf(harness);
      await endedOnce((at) => engine.startRestore(at, restoreOf(harness, points[0]!)), restoring);
      expect((await end(harness, () => engine.progressOfRestore(restoring, 'back'))).phase).toBe('Succeeded');
    });

    forPoints('W5: never touches a claim that exists', async (harness) => {
      const { engine, context, namespace } = harness;
      if (!engine.capabilities.inPlace) return;
      const claims = async (): Promise<unknown[]> =>
        (await context.cluster.list(types.persistentVolumeClaims, { namespace })).items.map(({ metadata, spec }) => [metadata.uid, spec]);
      const point = await backUp(harness, 'one');
      const before = await claims();
      const request = { ...restoreOf(harness, point), namespaceMapping: {}, includedResources: ['persistentvolumeclaims'] };
      // It may say that there is nothing to do, or that something is in the way.
      const begun = await engine.startRestore(context, request).then(
        () => true,
        () => false,
      );
      if (begun) await end(harness, () => engine.progressOfRestore(context, request.name));
      expect(await claims()).toEqual(before);
    });

    forPoints('W2, W6, W7: restores beside, once per name, and tells object by object', async (harness) => {
      const { engine, context, namespace } = harness;
      if (!engine.capabilities.clone) return;
      const point = await backUp(harness, 'one');
      const ofPoint = await contentsOn(context);
      const restoring = await copyOf(harness);
      const request = restoreOf(harness, point);
      await engine.startRestore(restoring, request);
      await engine.startRestore(restoring, request);
      await expect(engine.startRestore(restoring, { ...request, labels: foreign })).rejects.toMatchObject({ name: 'ConflictError' });
      expect((await end(harness, () => engine.progressOfRestore(restoring, request.name))).phase).toBe('Succeeded');
      const outcome = await engine.outcomeOfRestore(restoring, request.name);
      expect(outcome).toMatchObject({ failed: 0, errors: [] });
      expect(outcome.created).toBeGreaterThan(0);
      // What came back is known by its marks, and what was there before has none.
      const type = engine.capabilities.configuration ? types.configMaps : types.persistentVolumeClaims;
      for (const where of [namespace, `${namespace}-copy`]) {
        const { items } = await context.cluster.list(type, { namespace: where });
        for (const item of items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')) {
          expect(await engine.isRestoredBy(item, request.name, restoring)).toBe(where !== namespace);
          expect(await engine.isRestoredBy(item, 'another', restoring)).toBe(false);
        }
      }
      const copy = `${namespace}-copy`;
      const back = async (): Promise<string[]> =>
        (await context.cluster.list(types.persistentVolumeClaims, { namespace: copy })).items.map(({ metadata }) => metadata.name);
      const before = await back();
      const release = async (at: EngineContext): Promise<void> => {
        await engine.finishRestore(at, request.name);
        await engine.releaseRestore?.(at, request.name, [copy]);
      };
      // Ended after each of its first writes, and then let be.
      for (let death = 1; death <= 4; death += 1) {
        let count = 0;
        const dying = watched(restoring, () => {
          count += 1;
          if (count > death) throw new Error('the process is gone');
        });
        await release(dying).catch(() => undefined);
      }
      await release(restoring);
      await release(restoring);
      expect(await back()).toEqual(before);
      // Others may be going at the same time.
      const left = async () => (await contentsOn(context)).filter((name) => !ofPoint.includes(name));
      const { items: claims } = await context.cluster.list(types.persistentVolumeClaims, { namespace: copy });
      const waiting = claims.filter(({ status }) => (status as { phase?: string } | undefined)?.phase !== 'Bound');
      for (let looks = 0; looks < 100 && (await left()).length > waiting.length; looks += 1) await harness.settle();
      expect((await left()).length).toBeLessThanOrEqual(waiting.length);
      // The data of the point is untouched: it is opened as before.
      expect((await pointsOf(harness)).find(({ id }) => id === point.id)).toMatchObject({ phase: 'Succeeded' });
      if (engine.capabilities.contents) expect((await engine.contents(context, point)).pointId).toBe(point.id);
      // What a copy still needed goes with it.
      await remove(harness, { type: types.namespaces, name: copy });
      for (let looks = 0; looks < 100 && (await left()).length > 0; looks += 1) await harness.settle();
      expect(await left()).toEqual([]);
    });

    checkPoints(forPoints);
  });
}
