import { asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';

/** What a reconciliation is about. */
export interface Key {
  namespace?: string;
  name: string;
}

export interface Controller {
  name: string;
  /** A change of one of these makes the keys that it gives due. */
  watches: { type: ResourceType; keys(object: KubeObject, deleted: boolean): Key[] }[];
  /**
   * Brings the world nearer to what is wanted, from any state, as often as it is called. Never two at a time within one
   * controller. Answers after how many milliseconds it wants to look again, if at all.
   */
  reconcile(key: Key): Promise<number | void>;
}

export interface ControllersOptions {
  cluster: ClusterClient;
  clock: Clock;
  controllers: readonly Controller[];
  signal: AbortSignal;
  /** Told of failures, which are tried again. Default: nobody. */
  onError?(error: Error, controller: string, key?: Key): void;
}

export interface RunningControllers {
  /** Resolves when nothing is due now; what waits for the clock is not due. */
  idle(): Promise<void>;
  /** Makes keys due by hand. */
  enqueue(controller: string, key: Key): void;
}

/** For a controller that looks at its own objects only. */
export function own(type: ResourceType): Controller['watches'][number] {
  return { type, keys: (object) => [keyOf(object)] };
}

export function keyOf({ metadata: { namespace, name } }: KubeObject): Key {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

const retryAfter = 500;

/** Runs controllers over one watch per type until the signal fires. */
export function runControllers(options: ControllersOptions): RunningControllers {
  const { controllers, signal } = options;
  const queues = new Map(controllers.map((controller) => [controller.name, new Queue(controller, options)]));
  const byType = new Map<string, { type: ResourceType; tell: ((object: KubeObject, deleted: boolean) => void)[] }>();
  for (const controller of controllers) {
    const queue = queues.get(controller.name)!;
    for (const { type, keys } of controller.watches) {
      const entry = byType.get(resourceKey(type)) ?? { type, tell: [] };
      byType.set(resourceKey(type), entry);
      entry.tell.push((object, deleted) => keys(object, deleted).forEach((key) => queue.add(key)));
    }
  }
  const listed: Promise<void>[] = [];
  for (const { type, tell } of byType.values()) {
    listed.push(
      new Promise((resolve) => {
        void follow(options, type, (object, deleted) => tell.forEach((each) => each(object, deleted)), resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    );
  }
  return {
    async idle() {
      await Promise.all(listed);
      for (;;) {
        // Watches deliver in later tasks than the writes that cause them.
        await new Promise((resolve) => setTimeout(resolve, 2));
        const busy = [...queues.values()].filter((queue) => queue.busy !== undefined);
        if (busy.length === 0) return;
        await Promise.all(busy.map((queue) => queue.busy));
      }
    },
    enqueue: (name, key) => queues.get(name)?.add(key),
  };
}

class Queue {
  /** Present while there is work. */
  busy: Promise<void> | undefined;
  readonly #controller: Controller;
  readonly #options: ControllersOptions;
  readonly #due = new Map<string, Key>();
  readonly #timers = new Map<string, AbortController>();

  constructor(controller: Controller, options: ControllersOptions) {
    this.#controller = controller;
    this.#options = options;
  }

  add(key: Key): void {
    if (this.#options.signal.aborted) return;
    this.#due.set(`${key.namespace ?? ''}/${key.name}`, key);
    this.#start();
  }

  #start(): void {
    this.busy ??= this.#work().finally(() => {
      this.busy = undefined;
      // Something may have become due after the last look, and before this.
      if (this.#due.size > 0 && !this.#options.signal.aborted) this.#start();
    });
  }

  async #work(): Promise<void> {
    const { signal, onError } = this.#options;
    // Everything that one burst of changes makes due is one pass.
    await Promise.resolve();
    for (let [id, key] = this.#next(); key !== undefined && !signal.aborted; [id, key] = this.#next()) {
      this.#due.delete(id);
      try {
        const after = await this.#controller.reconcile(key);
        this.#timers.get(id)?.abort();
        if (typeof after === 'number') this.#later(id, key, after);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = asDrError(thrown);
        // Somebody else was faster: look again at once. Anything else gets a moment to recover.
        if (error.code === 'CONFLICT') this.#due.set(id, key);
        else {
          onError?.(error, this.#controller.name, key);
          this.#later(id, key, retryAfter);
        }
      }
    }
  }

  #next(): [string, Key] | [string, undefined] {
    const first = this.#due.entries().next();
    return first.done ? ['', undefined] : first.value;
  }

  /** The latest wish counts: an earlier one of the same key is forgotten, or they would pile up. */
  #later(id: string, key: Key, milliseconds: number): void {
    this.#timers.get(id)?.abort();
    if (milliseconds <= 0) return this.add(key);
    const timer = new AbortController();
    this.#timers.set(id, timer);
    this.#options.clock.sleep(milliseconds, AbortSignal.any([timer.signal, this.#options.signal])).then(
      () => this.add(key),
      () => undefined,
    );
  }
}

/** List, then watch, for ever: from the start again when the server has forgotten where we were. */
async function follow(
  { cluster, clock, signal, onError }: ControllersOptions,
  type: ResourceType,
  tell: (object: KubeObject, deleted: boolean) => void,
  listed: () => void,
): Promise<void> {
  let known = new Map<string, KubeObject>();
  while (!signal.aborted) {
    try {
      const { items, resourceVersion } = await cluster.list(type, { signal });
      const now = new Map(items.map((object) => [idOf(object), object]));
      for (const [id, object] of known) if (!now.has(id)) tell(object, true);
      for (const object of items) tell(object, false);
      known = now;
      listed();
      let version = resourceVersion;
      while (!signal.aborted) {
        for await (const event of cluster.watch(type, { resourceVersion: version, signal })) {
          if (event.type === 'BOOKMARK') {
            version = event.resourceVersion;
            continue;
          }
          version = event.object.metadata.resourceVersion ?? version;
          if (event.type === 'DELETED') known.delete(idOf(event.object));
          else known.set(idOf(event.object), event.object);
          tell(event.object, event.type === 'DELETED');
        }
      }
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asDrError(thrown);
      if (error.code === 'RESOURCE_EXPIRED') continue;
      onError?.(error, `watch of ${resourceKey(type)}`);
      await clock.sleep(retryAfter, signal).catch(() => undefined);
    }
  }
}

function idOf({ metadata: { namespace, name } }: KubeObject): string {
  return `${namespace ?? ''}/${name}`;
}
