import type { Mapping } from '../planning/model.ts';

/** Who may do something without asking: the owner; the owner after another person approved; only an operator. */
export type SelfService = 'owner' | 'approval' | 'operator';

/**
 * A DRPolicy of the catalog, parsed, with defaults filled in. Durations are milliseconds.
 * The rules are those of `parse.ts`; a field that was not written is absent, except where a default is named.
 */
export interface Policy {
  name: string;
  entityRef?: string;
  owner?: string;
  objectives: { rpo?: number; rto?: number };
  /** Either a five-field cron expression in a time zone (default `Etc/UTC`), or an interval. */
  schedule?: { cron: string; timeZone: string } | { every: number };
  /** Default: keep 30 days, at least 1. */
  retention: { keepFor: number; keepAtLeast: number };
  /** Engine ids in order of preference; empty: whatever is installed. */
  engines: string[];
  locations: { name: string; offsite: boolean; immutable: boolean }[];
  replication?: { to: string; every: number };
  /** What is called otherwise on another cluster, by its name: for whatever moves there. */
  mapping?: Record<string, Mapping>;
  /** `skew`: how far components that come back together may be apart, milliseconds. */
  consistency: { volumes?: 'group' | 'single'; hooks?: 'required' | 'optional'; skew?: number };
  /** `keepFor`: how long their evidence is kept; absent: as the portal says. `on`: the cluster to try it on; absent: where it runs. */
  drills?: { every: number; keepFor?: number; on?: string };
  /** Defaults: backup, clone, restore by the owner; in place by approval; failover by an operator. */
  selfService: {
    backup: SelfService;
    clone: SelfService;
    restore: SelfService;
    restoreInPlace: SelfService;
    failover: SelfService;
  };
  /** Hash over the spec: what compiled objects carry as `kubectl-dr.dev/policy-revision`. */
  revision: string;
}
