import { DrError, asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient, WatchEvent } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';

/** Milliseconds. */
export interface Pace {
  /** A stream is renewed after this, so that one that died silently is noticed. */
  stream: number;
  /** Between lists where a watch is not allowed or not offered. */
  list: number;
  /** Until a type that is not served or not allowed is tried again. */
  absent: number;
  /** First and longest wait after a failure; doubled in between. */
  retry: { first: number; longest: number };
}

export const usualPace: Pace = { stream: 300_000, list: 30_000, absent: 60_000, retry: { first: 500, longest: 30_000 } };

export interface CollectionOptions {
  cluster: ClusterClient;
  type: ResourceType;
  namespace?: string;
  labelSelector?: string;
  clock: Clock;
  pace: Pace;
  onChange(): void;
}

/**
 * One type of one cluster, kept as it is: listed, then watched from there. After a broken stream it goes on where it
 * was; when the server has forgotten that far back (410) it lists again; where watching is impossible it lists at a pace.
 */
export class Collection {
  readonly type: ResourceType;
  /** Has it been read completely at least once? */
  loaded = false;
  /** Why it cannot be read just now. What was read before stays. */
  error: DrError | undefined;
  /** Local time of the last list or event, milliseconds. */
  lastNews: number | undefined;
  private readonly options: CollectionOptions;
  private objects = new Map<string, KubeObject>();
  private listed: readonly KubeObject[] | undefined = [];

  constructor(options: CollectionOptions) {
    this.options = options;
    this.type = options.type;
  }

  /** The same array until something changes. */
  items(): readonly KubeObject[] {
    this.listed ??= [...this.objects.values()];
    return this.listed;
  }

  /** Until the signal fires. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    let failures = 0;
    while (!signal.aborted) {
      let wait: number;
      try {
        wait = await this.follow(signal, () => (failures = 0));
      } catch (thrown) {
        if (signal.aborted) return;
        const error = asDrError(thrown);
        wait = this.failed(error, failures);
        failures += 1;
      }
      await clock.sleep(wait, signal).catch(() => undefined);
    }
  }

  /** Lists and watches until it cannot go on; returns how long to wait before the next list. */
  private async follow(signal: AbortSignal, onNews: () => void): Promise<number> {
    let version = await this.list(signal);
    onNews();
    for (;;) {
      const began = this.options.clock.now().getTime();
      try {
        version = await this.stream(version, signal, onNews);
      } catch (thrown) {
        const error = asDrError(thrown);
        if (error.code === 'RESOURCE_EXPIRED') return 0;
        if (error.code === 'FORBIDDEN' || error.code === 'UNSUPPORTED') return this.options.pace.list;
        throw error;
      }
      signal.throwIfAborted();
      // A server that ends every stream at once must not be asked in a circle.
      if (this.options.clock.now().getTime() - began < 1_000) await this.options.clock.sleep(1_000, signal);
    }
  }

  private async list(signal: AbortSignal): Promise<string> {
    const { cluster, type } = this.options;
    const { items, resourceVersion } = await cluster.list(type, { ...this.selection(), signal });
    const before = this.objects;
    this.objects = new Map(items.map((object) => [keyOf(object), object]));
    const first = !this.loaded || this.error !== undefined;
    this.loaded = true;
    this.error = undefined;
    this.changed(first || before.size !== items.length || items.some((object) => !sameVersion(before.get(keyOf(object)), object)));
    return resourceVersion;
  }

  private async stream(from: string, signal: AbortSignal, onNews: () => void): Promise<string> {
    const { cluster, type, clock, pace } = this.options;
    const end = new AbortController();
    // Spread, so that the streams of a fleet are not all renewed in the same moment.
    clock.sleep(pace.stream * (0.8 + Math.random() * 0.4), AbortSignal.any([signal, end.signal])).then(
      () => end.abort(),
      () => undefined,
    );
    let version = from;
    try {
      const both = AbortSignal.any([signal, end.signal]);
      for await (const event of cluster.watch(type, { ...this.selection(), resourceVersion: version, signal: both })) {
        onNews();
        version = this.apply(event) ?? version;
      }
    } catch (thrown) {
      if (!end.signal.aborted) throw thrown;
    } finally {
      end.abort();
    }
    return version;
  }

  private apply(event: WatchEvent): string | undefined {
    if (event.type === 'BOOKMARK') {
      this.changed(false);
      return event.resourceVersion;
    }
    const { object } = event;
    if (event.type === 'DELETED') this.objects.delete(keyOf(object));
    else this.objects.set(keyOf(object), object);
    this.changed(true);
    return object.metadata.resourceVersion;
  }

  private changed(really: boolean): void {
    this.lastNews = this.options.clock.now().getTime();
    if (!really) return;
    this.listed = undefined;
    this.options.onChange();
  }

  private failed(error: DrError, failures: number): number {
    const { pace, onChange } = this.options;
    const before = this.error?.code;
    this.error = error;
    const gone = error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED';
    // What is served no more, or may be seen no more, is not shown any longer either.
    if (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN') {
      this.objects = new Map();
      this.listed = undefined;
    }
    if (before !== error.code) onChange();
    return gone ? pace.absent : Math.min(pace.retry.longest, pace.retry.first * 2 ** failures);
  }

  private selection(): { namespace?: string; labelSelector?: string } {
    const { namespace, labelSelector } = this.options;
    return { ...(namespace !== undefined && { namespace }), ...(labelSelector !== undefined && { labelSelector }) };
  }
}

function sameVersion(a: KubeObject | undefined, b: KubeObject): boolean {
  const version = b.metadata.resourceVersion;
  return a?.metadata.uid === b.metadata.uid && version !== undefined && a?.metadata.resourceVersion === version;
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
