import type { KubeObject, ResourceType } from './kubernetes.ts';
import type { DrError } from '../errors.ts';

/**
 * What was read from one cluster, raw. The CLI fills it by lists, the portal from its index of watches; everything
 * that is said about protection is a pure function of readings. That is why both say the same.
 */
export interface ClusterReading {
  /** Name as people call it. */
  cluster: string;
  /** uid of kube-system; absent when it could not be read. */
  identity?: string;
  /** The cluster's clock when it was read; the local clock for an unreachable cluster. */
  now: Date;
  /** Local time when it was taken, where it may be handed out for a while (`ReadScope.tolerance`). */
  takenAt?: Date;
  /** How old the reading is, milliseconds (portal: time since the last event or list); 0 for a fresh list. */
  age: number;
  /** Objects by `resourceKey`. A key that is absent was not asked for, or failed. */
  objects: ReadonlyMap<string, readonly KubeObject[]>;
  /** Types that could not be listed (not served, forbidden ...), by `resourceKey`. */
  failures: ReadonlyMap<string, DrError>;
  /**
   * Set when what runs could be read in these namespaces only, for lack of the right to list it everywhere; `error` is the
   * refusal. Nothing is known of other namespaces, not even whether they exist.
   */
  limited?: { namespaces: readonly string[]; error: DrError };
  /** Set when nothing at all could be read. */
  unreachable?: DrError;
}

export interface ReadScope {
  /** Only these namespaces where the type is namespaced; absent: all. */
  namespaces?: string[];
  /** False: which cluster it is, is not asked, and `identity` stays absent. */
  identity?: boolean;
  /**
   * Milliseconds: whoever reads again and again is content with the very reading of before where nothing was said to have
   * changed since, and it is no older than this. Who lists has to list anyway.
   */
  tolerance?: number;
  /** For whoever is about to act: what does not answer now is unreachable, whatever is remembered of it. Default false. */
  live?: boolean;
  signal?: AbortSignal;
}

/** Reads many types of many clusters at once. A cluster that fails yields a reading that says so; it never throws. */
export interface ClusterReader {
  read(kinds: readonly ResourceType[], scope?: ReadScope): Promise<ClusterReading[]>;
}

export function objectsOf(reading: ClusterReading, key: string): readonly KubeObject[] {
  return reading.objects.get(key) ?? [];
}
