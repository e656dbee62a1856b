import { describe, expect, it } from 'vitest';
import { labels } from '../application/model.ts';
import { ConflictError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { BackupRequest, Engine, EngineContext, NativeProgress, RestoreRequest } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { RecoveryPoint } from '../protection/model.ts';

/** What an engine brings to be checked: itself, installed on a cluster, and something to protect. */
export interface EngineHarness {
  engine: Engine;
  context: EngineContext;
  /** Of a restore into `<namespace>-copy`. Default: `context`, as for every engine that has a namespace of its own. */
  restoring?: EngineContext;
  /** A namespace with at least one workload or ConfigMap, and a claim that holds data when the engine captures volumes. */
  namespace: string;
  /** Lets everything happen that is due, without a long wait. */
  settle(): Promise<void>;
  close?(): void | Promise<void>;
}

const own = { [labels.operation]: 'conformance-1', [labels.step]: 'a' };
const foreign = { [labels.operation]: 'conformance-2', [labels.step]: 'a' };

/** The guarantees of `ports/engine.ts`, for any engine over any cluster. A harness is made for each check. */
export function describeEngine(name: string, makeHarness: () => EngineHarness | Promise<EngineHarness>): void {
  describe(`${name} is an Engine`, () => {
    const check = (title: string, body: (harness: EngineHarness) => Promise<void>): void =>
      it(title, async () => {
        const harness = await makeHarness();
        try {
          await body(harness);
        } finally {
          await harness.close?.();
        }
      });

    check('interprets whatever a cluster returns, and throws never', async ({ engine }) => {
      for (const objects of garbage(engine)) {
        const state = engine.interpret(readingOf(objects));
        expect(state.installation).toMatchObject({ engine: engine.id, cluster: 'c' });
        for (const point of state.points) expect(point.id.split('/')).toHaveLength(4);
      }
    });

    check('makes a point whose data is as old as the start of the capture', async (harness) => {
      const { engine, context } = harness;
      const before = (await context.cluster.now()).getTime();
      const point = await backUp(harness, 'one');
      expect(point.phase).toBe('Succeeded');
      // Engines tell whole seconds.
      expect(Date.parse(point.capturedAt!)).toBeGreaterThanOrEqual(before - 1_000);
      expect(Date.parse(point.capturedAt!)).toBeLessThanOrEqual(Date.parse(point.completedAt ?? point.capturedAt!));
      expect(point).toMatchObject({ engine: engine.id, cluster: context.cluster.name });
    });

    check('takes a backup of that name for its own when it carries the same labels, and for a conflict when not', async (harness) => {
      const { engine, context } = harness;
      await engine.startBackup(context, backupOf(harness, 'one'));
      await engine.startBackup(context, backupOf(harness, 'one'));
      await expect(engine.startBackup(context, { ...backupOf(harness, 'one'), labels: foreign })).rejects.toMatchObject({
        name: 'ConflictError',
      });
      await end(harness, () => engine.progressOfBackup(context, 'one'));
      expect((await pointsOf(harness)).filter((point) => point.name === 'one')).toHaveLength(1);
    });

    check('says that what it never began is not there', async ({ engine, context }) => {
      await expect(engine.progressOfBackup(context, 'absent')).rejects.toMatchObject({ name: 'NotFoundError' });
      await expect(engine.progressOfRestore(context, 'absent')).rejects.toMatchObject({ name: 'NotFoundError' });
      await engine.finishRestore(context, 'absent');
      await engine.stopRestore?.(context, 'absent');
    });

    check('writes into the application nothing but what is its own, when it begins', async (harness) => {
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

    check('makes what is missing, and nothing twice, when it was ended half-way', async (harness) => {
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

    check('never touches a claim that exists', async (harness) => {
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

    check('removes a point for good, when that is asked of it', async (harness) => {
      const { engine, context } = harness;
      if (!engine.removePoint) return;
      const point = await backUp(harness, 'one');
      await backUp(harness, 'two');
      await engine.removePoint(context, point);
      await harness.settle();
      await engine.removePoint(context, point);
      expect((await pointsOf(harness)).filter(({ phase }) => phase !== 'Deleting').map(({ name }) => name)).toEqual(['two']);
    });

    check('lists what is inside, and gives the objects themselves', async (harness) => {
      const { engine, context, namespace } = harness;
      if (!engine.capabilities.contents) return;
      const point = await backUp(harness, 'one');
      if (!engine.capabilities.configuration) expect(point.holds).toBe('data');
      const contents = await engine.contents(context, point);
      expect(contents.pointId).toBe(point.id);
      const objects = (await engine.objects(context, point, [namespace])).filter(({ metadata }) => metadata.namespace === namespace);
      expect(objects.length).toBeGreaterThan(0);
      for (const { kind, metadata } of objects)
        expect(contents.objects.some((item) => item.kind === kind && item.name === metadata.name)).toBe(true);
      expect(await engine.objects(context, point, ['no-such-namespace'])).toEqual([]);
      await expect(
        engine.contents(context, { ...point, phase: 'Failed', nativePhase: 'Failed', name: 'absent', id: 'x/y/z/absent' }),
      ).rejects.toThrow();
    });

    check('restores beside, once per name, and tells object by object', async (harness) => {
      const { engine, context, namespace } = harness;
      if (!engine.capabilities.clone) return;
      const point = await backUp(harness, 'one');
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
          expect(await engine.isRestoredBy(item, request.name)).toBe(where !== namespace);
          expect(await engine.isRestoredBy(item, 'another')).toBe(false);
        }
      }
      await engine.finishRestore(restoring, request.name);
      await engine.finishRestore(restoring, request.name);
    });
  });
}

/** The context of a restore into the copy, whose namespace is there, as a plan makes it before. */
async function copyOf({ context, restoring = context, namespace }: EngineHarness): Promise<EngineContext> {
  const copy = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-copy` } };
  await context.cluster.create(types.namespaces, copy).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) throw error;
  });
  return restoring;
}

function backupOf({ namespace }: EngineHarness, name: string): BackupRequest {
  return { name, namespaces: [namespace], labels: own, annotations: {} };
}

function restoreOf({ namespace }: EngineHarness, { id, name, namespace: where, cluster }: RecoveryPoint): RestoreRequest {
  return {
    name: 'back',
    point: { id, name, namespace: where, cluster },
    namespaces: [namespace],
    namespaceMapping: { [namespace]: `${namespace}-copy` },
    rewrites: [],
    labels: own,
    annotations: {},
  };
}

async function backUp(harness: EngineHarness, name: string): Promise<RecoveryPoint> {
  const { engine, context } = harness;
  await engine.startBackup(context, backupOf(harness, name));
  await end(harness, () => engine.progressOfBackup(context, name));
  return (await pointsOf(harness)).find((point) => point.name === name)!;
}

async function end({ settle }: EngineHarness, look: () => Promise<NativeProgress>): Promise<NativeProgress> {
  for (let looks = 0; looks < 100; looks += 1) {
    const progress = await look();
    if (progress.phase !== 'Pending' && progress.phase !== 'Running') return progress;
    await settle();
  }
  throw new Error('it does not end');
}

async function pointsOf({ engine, context: { cluster } }: EngineHarness): Promise<RecoveryPoint[]> {
  const objects = new Map<string, KubeObject[]>();
  for (const type of engine.kinds) {
    const { items } = await cluster.list(type).catch(() => ({ items: [] }));
    objects.set(
      resourceKey(type),
      items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind })),
    );
  }
  const reading: ClusterReading = { cluster: cluster.name, now: await cluster.now(), age: 0, objects, failures: new Map() };
  return engine.interpret(reading).points;
}

function readingOf(objects: ReadonlyMap<string, readonly KubeObject[]>): ClusterReading {
  return { cluster: 'c', now: new Date('2026-01-15T12:00:00Z'), age: 0, objects, failures: new Map() };
}

/** Objects that no server should return, and some do. */
function garbage(engine: Engine): Map<string, KubeObject[]>[] {
  const values: unknown[] = [undefined, null, {}, [], 'text', 7, { phase: 'NeverHeardOf', startTimestamp: 'yesterday', expiration: 9e99 }];
  const of = (make: (value: unknown, index: number) => unknown, count = values.length): Map<string, KubeObject[]> =>
    new Map(
      engine.kinds.map((type) => [
        resourceKey(type),
        Array.from({ length: count }, (_, index) => make(values[index % values.length], index) as KubeObject),
      ]),
    );
  const named = (index: number) => ({ name: `n${index}`, namespace: 'somewhere' });
  return [
    new Map(),
    of((value) => ({ metadata: value })),
    of((value, index) => ({ metadata: named(index), spec: value })),
    of((value, index) => ({ metadata: named(index), spec: {}, status: value })),
    of((value, index) => ({ metadata: { ...named(index), labels: value, annotations: value }, spec: value, status: value })),
    of((value, index) => ({ metadata: named(index), spec: value, status: value }), 5_000),
  ];
}

interface Write {
  verb: string;
  namespace: string;
  labels: Record<string, string> | undefined;
}

/** Tells every write before it is carried out; what `tell` throws is what the writer gets. */
function watched(context: EngineContext, tell: (write: Write) => void): EngineContext {
  const cluster: ClusterClient = new Proxy(context.cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const verb = String(property);
        if (['create', 'replace', 'patch', 'delete'].includes(verb)) {
          const [ref, object] = args as [{ namespace?: string }, { metadata?: KubeObject['metadata'] } | undefined];
          tell({ verb, namespace: ref.namespace ?? object?.metadata?.namespace ?? '', labels: object?.metadata?.labels });
        }
        return (value as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  return { ...context, cluster };
}
