import type { Application } from '../application/model.ts';
import type { Facts } from '../compliance/facts.ts';
import type { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { ReasonCode } from '../compliance/reason-codes.ts';
import type { ResourceType } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { ProtectionState } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { CheckNumber } from './checklist.ts';

/** What a check found. */
export interface Finding extends Reason {
  application?: string;
  /** The object that it is about, in a namespace of applications. Absent: it is about a cluster, an engine or the fleet. */
  subject?: { namespace: string; kind?: string; name?: string };
}

/**
 * One check: pure and total over what it is given. `codes` are all that it may find, `needs` the types without which
 * its silence means nothing.
 */
export interface Check<Seen> {
  codes: readonly ReasonCode[];
  needs: readonly ResourceType[];
  find(seen: Seen): Finding[];
}

/** One cluster, for checks about an engine's own installation. */
export interface EngineSeen {
  reading: ClusterReading;
  state: ProtectionState;
}

/** What an engine looks after at itself: see `Engine.checkup`. */
export interface Checkup {
  /** Types that it wants to see besides those of applications and of the engine. */
  kinds: readonly ResourceType[];
  checks: readonly Check<EngineSeen>[];
}

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
