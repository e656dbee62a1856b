import type { ClusterReading } from '../ports/reading.ts';
import { ClusterInventory } from './cluster-inventory.ts';

/**
 * The inventories of all clusters by name. Two names of one cluster (equal identity) are one inventory, under the name
 * that came first: judging it twice would count every workload twice.
 */
export class FleetInventory {
  readonly clusters: readonly ClusterInventory[];
  readonly #byName = new Map<string, ClusterInventory>();

  constructor(readings: readonly ClusterReading[], read = (reading: ClusterReading): ClusterInventory => new ClusterInventory(reading)) {
    const byIdentity = new Map<string, ClusterInventory>();
    const clusters: ClusterInventory[] = [];
    for (const reading of readings) {
      let inventory = reading.identity === undefined ? undefined : byIdentity.get(reading.identity);
      if (!inventory) {
        inventory = read(reading);
        clusters.push(inventory);
        if (reading.identity !== undefined) byIdentity.set(reading.identity, inventory);
      }
      if (!this.#byName.has(reading.cluster)) this.#byName.set(reading.cluster, inventory);
    }
    this.clusters = clusters;
  }

  /** By any of its names; undefined when the fleet has no such cluster. */
  get(cluster: string): ClusterInventory | undefined {
    return this.#byName.get(cluster);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }
}
