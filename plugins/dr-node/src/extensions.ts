import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';

/** Adds backup and replication systems to those that the product knows. */
export interface DrEnginesExtensionPoint {
  /** The contract is `@kubectl-dr/core/ports/engine`. An id that exists already is an error at start-up. */
  addEngine(engine: Engine): void;
}

export const drEnginesExtensionPoint = createExtensionPoint<DrEnginesExtensionPoint>({ id: 'dr.engines' });

/**
 * Where clusters come from besides `dr.clusters` of the configuration. Asked at start-up and every minute: what is new is watched at
 * once, what two answers in a row lack has gone, and while it throws, all stay.
 */
export interface ClusterSupplier {
  /** For messages. */
  readonly id: string;
  /**
   * A name that exists already is left out, with a warning. The client that came first under a name is used as long as the name is
   * offered, whichever client is offered with it later; credentials are renewed inside of it. None is ever closed.
   */
  clusters(): Promise<ClusterClient[]>;
}

export interface DrClustersExtensionPoint {
  addSupplier(supplier: ClusterSupplier): void;
}

export const drClustersExtensionPoint = createExtensionPoint<DrClustersExtensionPoint>({ id: 'dr.clusters' });
