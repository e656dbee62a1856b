import { apiVersionOf, resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { collectionOptions } from './lists.ts';
import { inVersion } from './registry.ts';
import { isTrue } from './request.ts';
import type { Resource } from './resource.ts';
import { selectorOf } from './selectors.ts';
import { ApiError, expired } from './status.ts';
import type { Store, StoreEvent } from './store.ts';

export interface WatchRequest {
  store: Store;
  resource: Resource;
  namespace?: string;
  parameters: URLSearchParams;
  signal: AbortSignal;
  /** The object of an event as the client wants it: a Table row, for instance. */
  represent(object: KubeObject, first: boolean): unknown;
  bookmarkEvery: number;
}

/** So many undelivered events make a watcher too slow; it is told to list again rather than left with a gap. */
const longestQueue = 50_000;
const encoder = new TextEncoder();
const defaultSeconds = 30 * 60;
/** Milliseconds before the end of a watch, as in the cacher of apiserver. */
const lastBookmark = 2000;

/**
 * A stream of `{"type","object"}` lines. Bookmarks and the end of the stream go by real time, not by the cluster's
 * clock: they keep a connection alive, and a clock that stands still in a test must not hang one up.
 */
export function watchStream(watch: WatchRequest): ReadableStream<Uint8Array> {
  const { store, resource, namespace, parameters } = watch;
  const key = resourceKey(resource);
  const selector = selectorOf(parameters, resource) ?? (() => true);
  const { version: asked, initialEvents, seconds } = collectionOptions(parameters, true);
  const bookmarks = isTrue(parameters.get('allowWatchBookmarks'));
  const withState = initialEvents ?? (asked === undefined || asked === 0);
  const matches = (object: KubeObject | undefined): boolean =>
    object !== undefined && (namespace === undefined || object.metadata.namespace === namespace) && selector(object);
  let stop = (): void => {};

  const begin = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    let first = true;
    const send = (type: string, object: unknown): void => controller.enqueue(encoder.encode(`${JSON.stringify({ type, object })}\n`));
    const sendObject = (type: string, object: KubeObject): void => {
      send(type, watch.represent(inVersion(resource, object), first));
      first = false;
    };
    const bookmark = (annotations?: Record<string, string>): void => {
      const metadata = { resourceVersion: String(store.version), ...(annotations && { annotations }) };
      send('BOOKMARK', { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata });
    };
    const end = (error?: ApiError): void => {
      stop();
      if (error !== undefined) send('ERROR', error.status());
      controller.close();
    };
    const onEvent = (event: StoreEvent): void => {
      if (event.resource !== key) return;
      if ((controller.desiredSize ?? 0) <= 0) return end(expired('the watch was too slow and lost its place'));
      const now = event.type !== 'DELETED' && matches(event.object);
      const before = matches(event.previous);
      if (now) sendObject(before ? 'MODIFIED' : 'ADDED', event.object);
      else if (before) sendObject('DELETED', leaving(event));
    };

    const unsubscribe = store.subscribe(onEvent);
    const beat = bookmarks ? setInterval(() => bookmark(), watch.bookmarkEvery) : undefined;
    const lasts = (seconds ?? defaultSeconds * (1 + Math.random())) * 1000;
    const limit = setTimeout(() => end(), lasts);
    // The last one, so that the next watch starts where this one ended.
    const farewell = bookmarks && lasts > lastBookmark ? setTimeout(() => bookmark(), lasts - lastBookmark) : undefined;
    for (const timer of [beat, limit, farewell]) (timer as { unref?: () => void } | undefined)?.unref?.();
    const onAbort = (): void => end();
    watch.signal.addEventListener('abort', onAbort);
    stop = () => {
      stop = () => {};
      unsubscribe();
      clearInterval(beat);
      clearTimeout(limit);
      clearTimeout(farewell);
      watch.signal.removeEventListener('abort', onAbort);
    };

    if (watch.signal.aborted) return end();
    try {
      if (asked !== undefined && asked > store.version)
        throw expired(`resource version ${asked} is newer than this server (${store.version})`);
      if (withState) for (const object of store.list(key, namespace)) if (selector(object)) sendObject('ADDED', object);
      if (!withState && asked !== undefined) for (const event of store.since(asked)) onEvent(event);
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      return end(thrown);
    }
    if (initialEvents && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  };
  return new ReadableStream<Uint8Array>({ start: begin, cancel: () => stop() }, new CountQueuingStrategy({ highWaterMark: longestQueue }));
}

/** What left the watched set: its last matching state, under the version at which it left. */
function leaving({ type, object, previous, version }: StoreEvent): KubeObject {
  if (type === 'DELETED' || previous === undefined) return object;
  return { ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } };
}
