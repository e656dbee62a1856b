import type { Application } from '../application/model.ts';
import type { Facts } from '../compliance/facts.ts';
import type { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { CheckNumber } from './checklist.ts';
import type { Finding } from './check.ts';

/** One component in one place. */
export interface PlaceSeen {
  facts: Facts;
  application: Application;
  /** Absent for a cluster that is not known. */
  reading?: ClusterReading;
}

export interface FleetSeen {
  clusters: readonly { reading: ClusterReading; protection: ClusterProtection }[];
}

/** What nobody could look at, and what would be needed to. */
export interface Unseen {
  cluster: string;
  /** Types, as `backups.velero.io`; empty: the whole cluster. */
  types: string[];
  message: string;
  /** Who the cluster takes us for, where it refused. */
  identity?: string;
  /** The smallest role that would allow it, as a manifest to apply. */
  role?: string;
  fix?: string;
}

/** `found`: there is a finding. `clear`: looked, and nothing is wrong. `unseen`: something that it needs was not to be read. */
export type CheckResult = 'found' | 'clear' | 'unseen';

export interface DoctorReport {
  /** Absent: the fleet. */
  application?: string;
  /** By the clock of the first cluster that answers. */
  at: string;
  /** Worst first. */
  findings: Finding[];
  checks: { number: CheckNumber; title: string; result: CheckResult }[];
  unseen: Unseen[];
}
