import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';

/** Adds backup and replication systems to those that the product knows. */
export interface DrEnginesExtensionPoint {
  /** The contract is `@kubectl-dr/core/ports/engine`. An id that exists already is an error at start-up. */
  addEngine(engine: Engine): void;
}

export const drEnginesExtensionPoint = createExtensionPoint<DrEnginesExtensionPoint>({ id: 'dr.engines' });

/** Where clusters come from besides `dr.clusters` of the configuration. Asked once, at start-up. */
export interface ClusterSupplier {
  /** For messages. */
  readonly id: string;
  /** Names are unique over all suppliers; a duplicate is an error at start-up. */
  clusters(): Promise<ClusterClient[]>;
}

export interface DrClustersExtensionPoint {
  addSupplier(supplier: ClusterSupplier): void;
}

export const drClustersExtensionPoint = createExtensionPoint<DrClustersExtensionPoint>({ id: 'dr.clusters' });
