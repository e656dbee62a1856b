import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Key } from '../controller.ts';
import type { Durations } from '../durations.ts';
import type { VolumeStore } from '../volumes/volume-store.ts';
import type { StorkStore } from './store.ts';

/** What goes wrong on purpose; may be changed at any time. */
export interface StorkBehaviour {
  /** Nobody is there. */
  down: boolean;
  /** Claims whose data cannot be moved, as `shop/data-db-0`, each with what Stork says about it. */
  failures: Record<string, string>;
  /** A status of more bytes is too large for the list of resources (`largeResourceEnabled`). */
  largeAbove: number;
}

export interface StorkOptions {
  cluster: ControlledCluster;
  clock: Clock;
  durations: Durations;
  volumes: VolumeStore;
  /** Outside of all clusters. */
  store: StorkStore;
  behaviour: StorkBehaviour;
}

export function storkBehaviour(values: Partial<StorkBehaviour> = {}): StorkBehaviour {
  return { down: false, failures: {}, largeAbove: 1_000_000, ...values };
}

/** Stork's types have no status subresource: spec and status are written alike. */
export function write({ cluster }: StorkOptions, type: ResourceType, key: Key, body: Record<string, unknown>): Promise<KubeObject> {
  return cluster.patch({ type, name: key.name, ...(key.namespace !== undefined && { namespace: key.namespace }) }, 'merge', body);
}

export function now({ clock }: StorkOptions): string {
  return timestamp(clock);
}

export const finalizer = 'stork.libopenstorage.org/finalizer-cleanup';

export const again = 500;
