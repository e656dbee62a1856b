import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Registry } from './registry.ts';
import type { ServiceAddresses } from './services.ts';
import type { Store } from './store.ts';

/** What every write needs. */
export interface Cluster {
  store: Store;
  registry: Registry;
  clock: Clock;
  addresses: ServiceAddresses;
}
