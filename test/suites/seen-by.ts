import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

export class Killed extends Error {}

export const writes: ReadonlySet<string> = new Set(['create', 'replace', 'patch', 'delete']);
const reads: ReadonlySet<string> = new Set(['get', 'list', 'discover', 'now', 'identity', 'version', 'download', 'raw', 'whoami']);

/** `verb` as the methods of the port are called; `what`: the plural of the type, where the call is about one. */
export interface SeenCall {
  verb: string;
  what: string;
  namespace: string | undefined;
  name: string | undefined;
  /** What is written whole. */
  object?: KubeObject;
}

/** Each may throw: before a call is carried out, or after it, so that the answer is lost. */
export interface Hooks {
  before?(call: SeenCall): void | Promise<void>;
  after?(call: SeenCall): void | Promise<void>;
}

/** A cluster as a process sees it that dies, or whose calls fail. */
export function seenBy(cluster: ClusterClient, hooks: Hooks): ClusterClient {
  return new Proxy(cluster, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      if (!writes.has(property) && !reads.has(property)) return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const call = callOf(property, args);
        await hooks.before?.(call);
        const result: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        await hooks.after?.(call);
        return result;
      };
    },
  });
}

interface About {
  resource?: string;
  type?: { resource: string };
  namespace?: string;
  name?: string;
  metadata?: { namespace?: string; name?: string };
}

/** References, types and objects are told apart by what they carry: the first argument names the type, the second may be the object. */
function callOf(verb: string, [first, second]: unknown[]): SeenCall {
  const [about, object] = [first, second].map((each) => (typeof each === 'object' && each !== null ? (each as About) : {})) as [
    About,
    About,
  ];
  return {
    verb,
    what: about.type?.resource ?? about.resource ?? '',
    namespace: about.namespace ?? object.metadata?.namespace ?? (verb === 'list' ? object.namespace : undefined),
    name: about.name ?? object.metadata?.name,
    ...((verb === 'create' || verb === 'replace') && { object: second as KubeObject }),
  };
}

/** A process that dies before or after one of its writes, and can do nothing more then: it writes no farewell. */
export interface Doomed {
  /** A cluster as it sees it; writes to all of them are counted together. */
  through(cluster: ClusterClient): ClusterClient;
  /** Of the process: aborted when it dies. */
  signal: AbortSignal;
  /** From now on its writes are counted. */
  arm(): void;
  readonly dead: boolean;
}

export interface Mortal extends Omit<Doomed, 'through'> {
  cluster: ClusterClient;
}

/** `nth`: of its writes from `arm` on, from 0. */
export function doomed(when: 'before' | 'after', nth: number): Doomed {
  let count = 0;
  let dead = false;
  let armed = false;
  const process = new AbortController();
  const die = (verb: string): void => {
    if (dead) throw new Killed();
    if (!armed || !writes.has(verb)) return;
    if (count === nth) {
      dead = true;
      process.abort(new Killed());
      throw new Killed();
    }
    count += 1;
  };
  const hooks: Hooks = {
    before({ verb }) {
      if (dead) throw new Killed();
      if (when === 'before') die(verb);
    },
    after({ verb }) {
      if (when === 'after') die(verb);
    },
  };
  return {
    through: (cluster) => seenBy(cluster, hooks),
    signal: process.signal,
    arm: () => void (armed = true),
    get dead() {
      return dead;
    },
  };
}

/** The cluster of a process that works with no other. */
export function mortal(cluster: ClusterClient, when: 'before' | 'after', nth: number): Mortal {
  const process = doomed(when, nth);
  return {
    cluster: process.through(cluster),
    signal: process.signal,
    arm: () => process.arm(),
    get dead() {
      return process.dead;
    },
  };
}
