import { ClusterInventory } from '../application/cluster-inventory.ts';
import { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { Engine } from '../ports/engine.ts';
import type { ClusterReading } from '../ports/reading.ts';

/** What one reading says. */
export interface Interpretation {
  inventory: ClusterInventory;
  protection: ClusterProtection;
}

/**
 * What readings say, worked out once per reading, and of a new one only where something changed since the last of the same
 * cluster. Changes no answer: only how soon it is there.
 */
export class Interpretations {
  readonly #engines: readonly Engine[];
  readonly #latest = new Map<string, Interpretation>();

  constructor(engines: readonly Engine[]) {
    this.#engines = engines;
  }

  of(reading: ClusterReading): Interpretation {
    const before = this.#latest.get(reading.cluster);
    if (before?.inventory.reading === reading) return before;
    const made = {
      inventory: new ClusterInventory(reading, before?.inventory),
      protection: new ClusterProtection(reading, this.#engines, before?.protection),
    };
    this.#latest.set(reading.cluster, made);
    return made;
  }
}
