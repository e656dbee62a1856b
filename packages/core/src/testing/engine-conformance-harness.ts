import { labels } from '../application/model.ts';
import { snapshotKinds } from '../engines/snapshot-kinds.ts';
import { ConflictError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { BackupRequest, Engine, RestoreRequest } from '../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../ports/engine-context.ts';
import type { KubeObject, ObjectRef, ResourceType } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import { exists } from './cluster-conformance-harness.ts';

/** What an engine brings to be checked: itself, installed on a cluster, and something to protect. */
export interface EngineHarness {
  engine: Engine;
  context: EngineContext;
  /** Of a restore into `<namespace>-copy`. Default: `context`, as for every engine that has a namespace of its own. */
  restoring?: EngineContext;
  /** A namespace with at least one workload or ConfigMap, and a claim that holds data when the engine captures volumes. */
  namespace: string;
  /** The engine where nobody acts on what it asks for, and how so long passes there that nobody waits longer. Absent where that cannot be had. */
  unattended?(): Promise<{ context: EngineContext; pass(): Promise<void> }>;
  /** A point of that name which lacks one of the volumes that it was to hold, at any time after it was made. Absent where that cannot be had. */
  incomplete?(name: string): Promise<RecoveryPoint>;
  /** Whoever has to be asked for what is inside a point falls silent. Absent where nobody has to be, or nobody can be silenced. */
  silence?(): void;
  /** Lets everything happen that is due, without a long wait. */
  settle(): Promise<void>;
  close?(): void | Promise<void>;
}

export const own = { [labels.operation]: 'conformance-1', [labels.step]: 'a' };
export const foreign = { [labels.operation]: 'conformance-2', [labels.step]: 'a' };

/** A harness is made for each check. */
export type Check = (title: string, body: (harness: EngineHarness) => Promise<void>) => void;

/** The context of a restore into the copy, whose namespace is there, as a plan makes it before. */
export async function copyOf({ context, restoring = context, namespace }: EngineHarness): Promise<EngineContext> {
  const copy = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-copy` } };
  await context.cluster.create(types.namespaces, copy).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) throw error;
  });
  return restoring;
}

export function backupOf({ namespace }: EngineHarness, name: string): BackupRequest {
  return { name, namespaces: [namespace], labels: own, annotations: {} };
}

export function restoreOf({ namespace }: EngineHarness, { id, name, namespace: where, cluster }: RecoveryPoint): RestoreRequest {
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

export async function backUp(harness: EngineHarness, name: string): Promise<RecoveryPoint> {
  const { engine, context } = harness;
  await engine.startBackup(context, backupOf(harness, name));
  await end(harness, () => engine.progressOfBackup(context, name));
  return (await pointsOf(harness)).find((point) => point.name === name)!;
}

export async function end({ settle }: EngineHarness, look: () => Promise<NativeProgress>): Promise<NativeProgress> {
  for (let looks = 0; looks < 100; looks += 1) {
    const progress = await look();
    if (progress.phase !== 'Pending' && progress.phase !== 'Running') return progress;
    await settle();
  }
  throw new Error('it does not end');
}

export async function pointsOf(harness: EngineHarness): Promise<RecoveryPoint[]> {
  return harness.engine.interpret(await readingFrom(harness)).points;
}

export async function readingFrom(
  { engine, context: { cluster } }: EngineHarness,
  kinds: readonly ResourceType[] = engine.kinds,
): Promise<ClusterReading> {
  const objects = new Map<string, KubeObject[]>();
  for (const type of kinds) {
    const { items } = await cluster.list(type).catch(() => ({ items: [] }));
    objects.set(
      resourceKey(type),
      items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind })),
    );
  }
  return { cluster: cluster.name, now: await cluster.now(), age: 0, objects, failures: new Map() };
}

export function readingOf(objects: ReadonlyMap<string, readonly KubeObject[]>): ClusterReading {
  return { cluster: 'c', now: new Date('2026-01-15T12:00:00Z'), age: 0, objects, failures: new Map() };
}

/** Objects that no server should return, and some do. */
export function garbage(engine: Engine): Map<string, KubeObject[]>[] {
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

export interface Write {
  verb: string;
  namespace: string;
  labels: Record<string, string> | undefined;
}

/** Tells every write before it is carried out; what `tell` throws is what the writer gets. */
export function watched(context: EngineContext, tell: (write: Write) => void): EngineContext {
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

/** Snapshots in the storage that the cluster knows, which belong to no namespace. */
export async function contentsOn({ cluster }: EngineContext): Promise<string[]> {
  const { items } = await cluster.list(snapshotKinds.contents).catch(() => ({ items: [] }));
  return items.map(({ metadata }) => metadata.name).sort();
}

/** Deletes it and lets everything happen until it is gone. */
export async function remove({ context: { cluster }, settle }: EngineHarness, ref: ObjectRef): Promise<void> {
  await cluster.delete(ref);
  for (let looks = 0; looks < 300; looks += 1) {
    if (!(await exists(cluster, ref))) return;
    await settle();
  }
  throw new Error(`${ref.type.kind} ${ref.name} does not go`);
}
