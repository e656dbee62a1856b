import type { ReasonCode } from '../compliance/reason-codes.ts';
import type { ResourceType } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { ProtectionState } from '../protection/model.ts';
import type { Reason } from '../reason.ts';

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
