import type { Claim } from '../application/inventory.ts';
import type { Component, Placement } from '../application/model.ts';
import { timeOf } from '../application/raw.ts';
import type { Workload } from '../application/workload.ts';
import type { DrError } from '../errors.ts';
import type { Policy } from '../policy/model.ts';
import type { RecoveryPoint, Replication, Schedule, StorageLocation } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { PointUse } from '../service/model.ts';

/** A schedule that covers the component, with what its expression means. */
export interface ScheduleFacts {
  schedule: Schedule;
  /** Absent when the expression cannot be read or never comes true. */
  nextRun?: Date;
  /** Longest time between two runs, milliseconds. */
  worstGap?: number;
  /** The location its points go to, where it is known; `missing` when it was named and deleted. */
  location?: StorageLocation | 'missing';
}

/** The result of bringing it back: as a test, or because it had to be. */
export interface DrillRecord {
  /** Id of the operation. */
  operation: string;
  application: string;
  /** Absent: all of it. */
  component?: string;
  /** When it ended. */
  at: string;
  succeeded: boolean;
  rtoSeconds?: number;
}

/** A move to another cluster of which something is still to be done. */
export interface UnfinishedMove {
  /** Of ours. Absent: an engine moves it by itself. */
  operation?: string;
  /** What steers it, where an engine does: `ramen shop/orders on hub`. */
  object?: string;
  components: readonly string[];
  /** Where it has to be done. */
  clusters: readonly string[];
  /** What is open, each a clause. */
  open: readonly string[];
  /** The next step: the command that ends it. */
  fix: string;
}

/**
 * Everything that decides the verdict on a component in one place (one namespace of one cluster). Rules read facts and
 * nothing else, so that each can be tested alone.
 */
export interface Facts {
  application: string;
  component: Component;
  /** Absent: nothing says where the component runs. */
  placement?: Placement;
  policy?: Policy;
  /** Why the assigned policy does not apply. */
  policyProblem?: Reason;
  /** By the clock of the cluster. */
  now: Date;
  cluster: {
    /** What people call it; empty when the placement names none. */
    name: string;
    /** Is it one of the fleet? */
    known: boolean;
    unreachable?: DrError;
    /** Does the namespace exist? */
    namespaceExists: boolean;
    /** Types that are needed to know what the component has, and could not be read. */
    failures: readonly { type: string; error: DrError }[];
    /** Names of the fleet's clusters, for suggestions. */
    fleet: readonly string[];
  };
  engines: {
    installed: readonly string[];
    /** Types of an engine that are served, and could not be read. */
    failures: readonly { type: string; error: DrError }[];
    /** Annotations of pods that are hooks of the installed engines; empty: they have none. */
    hookAnnotations: readonly string[];
  };
  workloads: readonly Workload[];
  claims: readonly Claim[];
  /** Newest first. */
  points: readonly PointUse[];
  /** Methods by which the newest usable point holds the claims. */
  captureMethods: readonly string[];
  schedules: readonly ScheduleFacts[];
  /** Continuous copies of the component's claims: their sources here, and the targets of those that the fleet has. */
  replications: readonly Replication[];
  /** Of this component or of its whole application, newest first. */
  drills: readonly DrillRecord[];
  /** Of this component. Absent: none. */
  unfinishedMoves?: readonly UnfinishedMove[];
}

/** One rule: the reason it finds, or nothing. A rule never throws, and looks at nothing but the facts. */
export type Rule = (facts: Facts) => Reason | undefined;

export function newestUsable(facts: Facts): RecoveryPoint | undefined {
  return facts.points.find(({ usable }) => usable === 'yes')?.point;
}

/** Points that might be usable, and are newer than the newest that is. */
export function undecided(facts: Facts): PointUse[] {
  const end = facts.points.findIndex(({ usable }) => usable === 'yes');
  return (end < 0 ? facts.points : facts.points.slice(0, end)).filter(({ usable }) => usable === 'unknown');
}

/** Milliseconds since the data was captured. */
export function ageOf(point: RecoveryPoint, now: Date): number | undefined {
  const captured = timeOf(point.capturedAt);
  return captured === undefined ? undefined : Math.max(0, now.getTime() - captured);
}

/** Schedules that run: neither paused nor rejected. */
export function activeSchedules(facts: Facts): ScheduleFacts[] {
  return facts.schedules.filter(({ schedule }) => !schedule.paused && schedule.valid);
}

/** `shop on east` */
export function where(facts: Facts): string {
  const namespace = facts.placement?.namespace ?? '?';
  return facts.cluster.name === '' ? namespace : `${namespace} on ${facts.cluster.name}`;
}

/** The command that makes a point of the component now. */
export function backupCommand(facts: Facts): string {
  return `kubectl dr backup ${facts.application} --component ${facts.component.name}`;
}

/** A reason about the component of these facts. */
export function because(facts: Facts, reason: Pick<Reason, 'code' | 'severity' | 'message'> & Partial<Reason>): Reason {
  return { component: facts.component.name, ...(facts.cluster.name !== '' && { cluster: facts.cluster.name }), ...reason };
}

/** Is the phase a final one of a run? */
export function isFinished(point: RecoveryPoint): boolean {
  return point.phase === 'Succeeded' || point.phase === 'Degraded' || point.phase === 'Failed';
}
