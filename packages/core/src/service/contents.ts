import { DrError, asDrError } from '../errors.ts';
import type { KnownContents } from './assess.ts';
import type { ContentsKnown } from '../compliance/usable.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { PointContents, RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';

/** A point that could not be read is not tried again before this, milliseconds. */
const retryAfter = 60_000;
/** Contents read at the same time from one cluster, and from all of them. */
const atOnce = { cluster: 8, fleet: 64 };
/** Objects and volumes of all contents that are remembered, some hundred bytes each; what was read first goes first. */
const remembered = 1_000_000;

export interface ContentsDeps {
  clusters: readonly ClusterClient[];
  engines: readonly Engine[];
  clock: Clock;
}

/**
 * What is inside points, read once: the contents of a point never change. A failure is remembered for a minute, so that
 * an engine that does not answer costs each question once.
 */
export class ContentsStore implements KnownContents {
  readonly #deps: ContentsDeps;
  readonly #known = new Map<string, { uid: string | undefined; contents: PointContents }>();
  readonly #failed = new Map<string, { reason: Reason; at: number }>();
  readonly #running = new Map<string, Promise<void>>();
  #changes = 0;
  #size = 0;

  constructor(deps: ContentsDeps) {
    this.#deps = deps;
  }

  /** What failed is tried again after a while. */
  get revision(): number | undefined {
    return this.#failed.size > 0 ? undefined : this.#changes;
  }

  /** For points of engines that list contents: `unread` until `read` was called with it. */
  get(pointId: string): ContentsKnown {
    const known = this.#known.get(pointId);
    if (known) return known.contents;
    const failed = this.#failed.get(pointId);
    if (failed && this.#deps.clock.now().getTime() - failed.at < retryAfter) return failed.reason;
    const begin = pointId.indexOf('/') + 1;
    const engine = this.#engineOf(pointId.slice(begin, pointId.indexOf('/', begin)));
    return engine && !engine.capabilities.contents ? 'unlistable' : 'unread';
  }

  /** Reads what is not known yet, several at once. Never throws but for the signal: failures become reasons. */
  async read(points: readonly RecoveryPoint[], namespaceOf: (point: RecoveryPoint) => string, signal?: AbortSignal): Promise<void> {
    const queues = new Map<string, RecoveryPoint[]>();
    for (const point of points) {
      if (this.get(point.id) !== 'unread') continue;
      const queue = queues.get(point.cluster);
      if (queue) queue.push(point);
      else queues.set(point.cluster, [point]);
    }
    // A cluster that is slow keeps its own readers busy and no others: the more clusters wait, the fewer each has.
    const each = Math.max(1, Math.min(atOnce.cluster, Math.floor(atOnce.fleet / Math.max(1, queues.size))));
    const worker = async (queue: Iterator<RecoveryPoint>): Promise<void> => {
      for (let next = queue.next(); !next.done; next = queue.next()) await this.#readOnce(next.value, namespaceOf(next.value), signal);
    };
    await Promise.all(
      [...queues.values()].flatMap((points) => {
        const queue = points.values();
        return Array.from({ length: Math.min(each, points.length) }, () => worker(queue));
      }),
    );
    signal?.throwIfAborted();
  }

  /**
   * Besides the lists of a point, its objects in one namespace: who used what in there. Where they cannot be read it is as if
   * nobody had asked. Never throws but for the signal.
   */
  async readInventory(point: RecoveryPoint, namespace: string, engineNamespace: string, signal?: AbortSignal): Promise<void> {
    const before = this.#known.get(point.id);
    const context = this.#contextOf(point, engineNamespace, signal);
    const engine = this.#engineOf(point.engine);
    if (!before || !context || !engine || before.contents.inventories?.has(namespace)) return;
    const objects = await engine.objects(context, point, [namespace]).catch(() => undefined);
    signal?.throwIfAborted();
    const inventory = objects && inventoryOfCaptured(objects, namespace);
    const known = this.#known.get(point.id);
    if (!inventory || !known || known.uid !== before.uid) return;
    this.#changes += 1;
    const inventories = new Map([...(known.contents.inventories ?? []), [namespace, inventory] as const]);
    const contents = { ...known.contents, inventories };
    this.#size += sizeOf(contents) - sizeOf(known.contents);
    this.#known.set(point.id, { ...known, contents });
  }

  #readOnce(point: RecoveryPoint, namespace: string, signal?: AbortSignal): Promise<void> {
    let running = this.#running.get(point.id);
    if (!running) {
      running = this.#readNow(point, namespace, signal).finally(() => this.#running.delete(point.id));
      this.#running.set(point.id, running);
    }
    return running;
  }

  async #readNow(point: RecoveryPoint, namespace: string, signal?: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    try {
      const engine = this.#engineOf(point.engine);
      const context = this.#contextOf(point, namespace, signal);
      if (!engine || !context) return;
      const contents = await engine.contents(context, point);
      this.#changes += 1;
      this.#forget(point.id);
      this.#known.set(point.id, { uid: point.uid, contents });
      this.#size += sizeOf(contents);
      this.#failed.delete(point.id);
      for (const oldest of this.#known.keys()) {
        if (this.#size <= remembered || oldest === point.id) break;
        this.#forget(oldest);
      }
    } catch (thrown) {
      if (signal?.aborted) return;
      this.#failed.set(point.id, { reason: unreadable(point, asDrError(thrown)), at: clock.now().getTime() });
    }
  }

  #contextOf(point: RecoveryPoint, namespace: string, signal?: AbortSignal): EngineContext | undefined {
    const { clusters, clock } = this.#deps;
    const cluster = clusters.find((candidate) => candidate.name === point.cluster);
    return cluster && { cluster, clock, namespace, ...(signal && { signal }) };
  }

  /** Whoever acts on points looks at them anew, whatever could not be read a moment ago. */
  forgetFailures(pointIds: readonly string[]): void {
    this.#changes += 1;
    for (const id of pointIds) this.#failed.delete(id);
  }

  /** A point that was deleted and made again under its name has other contents. */
  forgetReplaced(points: readonly RecoveryPoint[]): void {
    if (this.#known.size === 0) return;
    for (const { id, uid } of points) {
      const known = this.#known.get(id);
      if (!known || known.uid === uid) continue;
      this.#changes += 1;
      this.#forget(id);
    }
  }

  #forget(pointId: string): void {
    const known = this.#known.get(pointId);
    if (!known) return;
    this.#size -= sizeOf(known.contents);
    this.#known.delete(pointId);
  }

  #engineOf(id: string | undefined): Engine | undefined {
    return this.#deps.engines.find((engine) => engine.id === id);
  }
}

function sizeOf({ objects, volumes, inventories }: PointContents): number {
  const inside = [...(inventories?.values() ?? [])].reduce((sum, { workloads, claims }) => sum + workloads.length + claims.size, 0);
  return 1 + objects.length + volumes.length + inside;
}

function unreadable(point: RecoveryPoint, error: DrError): Reason {
  return {
    code: 'CONTENTS_UNREADABLE',
    severity: 'warning',
    cluster: point.cluster,
    message: error.message,
    evidence: [`point: ${point.id}`, `error: ${error.code}`],
    ...(error.hint && { fix: error.hint }),
  };
}
