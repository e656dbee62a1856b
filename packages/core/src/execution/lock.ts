import { at, textAt } from '../application/raw.ts';
import { ConflictError, DrError, NotFoundError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import { canonicalJson, sha256 } from '../planning/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient, RequestOptions } from '../ports/cluster.ts';
import type { ApplicationLock, HeldLock, LockRequest } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import { briefly } from './briefly.ts';
import { ensureNamespace } from './own-namespace.ts';

export interface LockOptions {
  clusters: readonly ClusterClient[];
  namespace: string;
  clock: Clock;
  /** Seconds; default 30. Renewed at a third of it. */
  duration?: number;
  /** How long a cluster is waited for that is not needed, milliseconds; default as `briefly`. */
  patience?: number;
  /**
   * Whether nobody works on this operation any more. Its Lease may have stayed where the cluster was silent when it ended.
   * Default: nobody knows.
   */
  hasEnded?(operation: string, signal?: AbortSignal): Promise<boolean>;
}

/** So often somebody else may be faster; a server that says so for ever is told as what it says. */
const most = 20;

const operationAnnotation = 'kubectl-dr.dev/operation';

/** How a cluster is asked: one that is not needed is not waited for long. */
type Ask = <T>(request: (options: RequestOptions) => Promise<T>) => Promise<T>;

/** A Lease per application. The rules of expiry are those of `ports/journal.ts`. */
export function createLock(options: LockOptions): ApplicationLock {
  const { namespace, clock } = options;
  const duration = options.duration ?? 30;
  return {
    async acquire(request, signal) {
      const name = `app-${nameFor(request.application, 40)}-${(await sha256(request.application)).slice(0, 8)}`;
      const named = (wanted: string) => options.clusters.find((cluster) => cluster.name === wanted);
      const home = named(request.cluster);
      if (!home) throw new NotFoundError(`the cluster ${request.cluster} is not configured`, { code: 'UNKNOWN_CLUSTER' });
      const besides = (request.besides ?? []).flatMap((other) => (other === request.cluster ? [] : (named(other) ?? [])));
      const taken = await Promise.allSettled([
        take(home, name, request, signal),
        ...besides.map((other) => take(other, name, request, signal).catch(unlessHeld)),
      ]);
      const held = taken.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
      const refused = taken.find((one) => one.status === 'rejected');
      if (!refused) return together(held);
      await together(held).release();
      throw refused.reason;
    },
  };

  async function take(cluster: ClusterClient, name: string, request: LockRequest, signal: AbortSignal | undefined): Promise<HeldLock> {
    const { application, holder, operation } = request;
    const besides = cluster.name !== request.cluster;
    const ask: Ask = (asked) => (besides ? briefly(cluster.name, asked, options.patience) : asked({}));
    await ask((options) => ensureNamespace(cluster, namespace, options));
    const ref = { type: types.leases, namespace, name };
    const wanted = (previous?: KubeObject): KubeObject => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name,
        namespace,
        annotations: { [operationAnnotation]: operation },
        ...(previous?.metadata.resourceVersion ? { resourceVersion: previous.metadata.resourceVersion } : {}),
      },
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: duration,
        renewTime: microTime(clock.now()),
        acquireTime: microTime(clock.now()),
      },
    });
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      try {
        const created = await ask((options) => cluster.create(types.leases, wanted(), options));
        return hold(cluster, created, besides, ask);
      } catch (error) {
        if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS' || attempt >= most) throw error;
      }
      const seen = await ask((options) => cluster.get(ref, options)).catch(ignoreAbsent);
      if (!seen) continue;
      if (!(await free(cluster, seen, operation, holder, ask, signal))) throw running(application, seen);
      try {
        const taken = await ask((options) => cluster.replace(types.leases, wanted(seen), options));
        return hold(cluster, taken, besides, ask);
      } catch (error) {
        // Somebody was faster: look again.
        if (!(error instanceof ConflictError) || attempt >= most) throw error;
      }
    }
  }

  /** Free: given back, ours already, or unchanged for its whole duration while we watched. */
  async function free(
    cluster: ClusterClient,
    seen: KubeObject,
    operationId: string,
    holder: string,
    ask: Ask,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const spec = (seen.spec ?? {}) as Record<string, unknown>;
    if (!spec.holderIdentity) return true;
    if (spec.holderIdentity === holder && seen.metadata.annotations?.[operationAnnotation] === operationId) return true;
    // Whoever wants to continue the same operation waits for its holder to be dead; another one is told at once while it goes on.
    const of = seen.metadata.annotations?.[operationAnnotation];
    if (of !== operationId && !(of && (await options.hasEnded?.(of, signal)))) return false;
    return given(cluster, seen, Number(spec.leaseDurationSeconds ?? duration) * 1000, ask, signal);
  }

  /** Waits until it is given back, or was not renewed for so long. False as soon as it is seen to be renewed. */
  async function given(
    cluster: ClusterClient,
    seen: KubeObject,
    milliseconds: number,
    ask: Ask,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const end = clock.now().getTime() + milliseconds;
    for (;;) {
      await clock.sleep(milliseconds / 6, signal);
      const ref = { type: types.leases, namespace, name: seen.metadata.name };
      const now = await ask((options) => cluster.get(ref, options)).catch(ignoreAbsent);
      if (!now || !textAt(now, 'spec', 'holderIdentity')) return true;
      if (now.metadata.resourceVersion !== seen.metadata.resourceVersion) return false;
      if (clock.now().getTime() >= end) return true;
    }
  }

  /** A server that is busy for a moment does not cost the lease, as long as nobody can have taken it for expired. */
  async function renewed(cluster: ClusterClient, lease: KubeObject, ask: Ask, signal: AbortSignal): Promise<KubeObject> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const again = { ...lease, spec: { ...(lease.spec as object), renewTime: microTime(clock.now()) } };
        return await ask((options) => cluster.replace(types.leases, again, options));
      } catch (error) {
        if (signal.aborted || attempt >= 5) throw error;
        if (error instanceof ConflictError) {
          const ref = { type: types.leases, namespace, name: lease.metadata.name };
          const now = await ask((options) => cluster.get(ref, options));
          if (now.metadata.resourceVersion === lease.metadata.resourceVersion) continue;
          const same = (object: KubeObject): unknown[] => [
            at(object, 'spec', 'holderIdentity'),
            object.metadata.annotations?.[operationAnnotation],
          ];
          if (canonicalJson(same(now)) !== canonicalJson(same(lease))) throw error;
          // Ours all the same: the answer to our own write was lost.
          return now;
        } else if (!(error instanceof DrError) || error.name !== 'ServiceUnavailableError') throw error;
        await clock.sleep((duration * 1000) / 15, signal);
      }
    }
  }

  /** `besides`: on a cluster that may be silent for as long as it likes. What somebody else has taken meanwhile is lost there too. */
  function hold(cluster: ClusterClient, lease: KubeObject, besides: boolean, ask: Ask): HeldLock {
    const lost = new AbortController();
    const stop = new AbortController();
    let current = lease;
    const renewing = (async () => {
      while (!stop.signal.aborted) {
        await clock.sleep((duration * 1000) / 3, stop.signal);
        current = await renewed(cluster, current, ask, stop.signal).catch((error: unknown) => {
          if (besides && error instanceof DrError && !(error instanceof ConflictError)) return current;
          throw error;
        });
      }
    })().catch((error: unknown) => {
      if (!stop.signal.aborted) lost.abort(error);
    });
    return {
      lost: lost.signal,
      async release() {
        stop.abort();
        await renewing;
        const back = { ...current, spec: { ...(current.spec as object), holderIdentity: '' } };
        await ask((options) => cluster.replace(types.leases, back, options)).catch((error: unknown) => {
          if (!(error instanceof DrError)) throw error;
        });
      },
    };
  }
}

/** Of a Lease that is not needed: a cluster that is silent, or does not let us. */
function unlessHeld(error: unknown): undefined {
  if (error instanceof DrError && error.code !== 'OPERATION_RUNNING' && error.code !== 'INTERRUPTED') return undefined;
  throw error;
}

function together(held: readonly HeldLock[]): HeldLock {
  return {
    lost: AbortSignal.any(held.map(({ lost }) => lost)),
    release: async () => void (await Promise.all(held.map((one) => one.release()))),
  };
}

function running(application: string, lease: KubeObject): ConflictError {
  const spec = (lease.spec ?? {}) as Record<string, unknown>;
  const operation = lease.metadata.annotations?.[operationAnnotation];
  const holder = String(spec.holderIdentity);
  return new ConflictError(`the operation ${operation ?? ''} of ${application} is running, held by ${holder}`, {
    code: 'OPERATION_RUNNING',
    details: { holder, ...(operation ? { operation } : {}) },
    hint: `kubectl dr wait ${operation ?? 'OPERATION'}; if its process is dead: kubectl dr resume ${operation ?? 'OPERATION'}`,
  });
}

function ignoreAbsent(error: unknown): undefined {
  if (error instanceof DrError && error.code === 'NOT_FOUND') return undefined;
  throw error;
}

/** MicroTime, as Leases have it. */
function microTime(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z');
}
