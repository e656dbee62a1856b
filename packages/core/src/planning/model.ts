import type { BackupRequest, RestoreRequest } from '../ports/engine.ts';
import type { Reason } from '../reason.ts';

export type Intent = 'Backup' | 'Restore' | 'Drill' | 'Failover' | 'Failback' | 'Relocate';

/** Of a restore. `clone` goes beside, into a new namespace: the safe default. */
export type RestoreMode = 'clone' | 'inPlace' | 'dataOnly' | 'configOnly';

/**
 * What a step does. Each action is idempotent: carrying it out twice has the effect of once, and each says what
 * undoes it. New actions are added here, their executor in `execution/actions/<kind>.ts`.
 */
export type StepAction =
  | { kind: 'namespace.create'; namespace: string; labels: Record<string, string>; annotations: Record<string, string> }
  | { kind: 'namespace.isolate'; namespace: string; policyName: string }
  | { kind: 'engine.backup'; engine: string; engineNamespace: string; request: BackupRequest }
  /** The native name is the operation's, so that every execution of a plan has its own. */
  | { kind: 'engine.restore'; engine: string; engineNamespace: string; request: Omit<RestoreRequest, 'name'> }
  | { kind: 'await.ready'; namespaces: string[]; labelSelector?: string; timeoutSeconds: number };

export interface Step {
  /** `w1-orders-db-restore`: unique in the plan, stable over re-planning. */
  id: string;
  /** For people: "Restore orders-db into shop-restore". */
  title: string;
  cluster: string;
  component?: string;
  action: StepAction;
}

/** What would happen to one object. Secret values never appear: a changed one is only named. */
export interface Change {
  action: 'create' | 'change' | 'leave' | 'remove' | 'conflict';
  cluster: string;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  component?: string;
  /** Field by field, `path` as `spec.replicas`; for `create`, the rewrites of a clone (from captured to restored). */
  fields?: FieldChange[];
}

/** `path` as `spec.template.spec.containers[web].image`; an absent side means that the field is not there. */
export interface FieldChange {
  path: string;
  from?: unknown;
  to?: unknown;
  why?: string;
}

export interface DataLoss {
  component: string;
  /** Seconds between the data of the point and now: what is lost when this replaces the live data. 0 for a clone. */
  seconds: number;
  /** "12 minutes of orders-db", or why nothing is lost. */
  text: string;
}

export interface PlanPoint {
  component: string;
  cluster: string;
  pointId: string;
  name: string;
  capturedAt: string;
}

/**
 * A plan is a value: the same one is previewed, hashed, stored and executed, in CLI, portal and drill alike.
 * `hash` covers everything except id, createdAt, expiresAt and the hash itself, plus the inputs in `basis`.
 */
export interface Plan {
  id: string;
  hash: string;
  createdAt: string;
  /** After this, execution refuses with PLAN_EXPIRED. 30 minutes. */
  expiresAt: string;
  intent: Intent;
  /**
   * What was asked for, with everything decided that was left open (points, names, instant): planned again, it gives the
   * same hash as long as the world is the same.
   */
  request: PlanRequest;
  application: string;
  entityRef?: string;
  owner?: string;
  components: string[];
  points: PlanPoint[];
  /** Clusters and namespaces that execution may write to, besides the engines' own and `dr.namespace`. */
  target: { cluster: string; namespaces: string[] }[];
  mode?: RestoreMode;
  /** Waves run one after another; steps of a wave side by side. */
  waves: Step[][];
  changes: Change[];
  dataLoss: DataLoss[];
  estimate?: { seconds: number; basis: string };
  blockers: Reason[];
  warnings: Reason[];
  /** How to get back: "delete the namespace shop-restore". */
  undo: { text: string; possible: boolean };
  /** What it was computed from: `east/Backup velero/x` -> version or digest. Compared to tell PLAN_STALE apart. */
  basis: Record<string, string>;
  /** Cluster that keeps journal and lease. */
  home: string;
}

export interface PlanRequest {
  intent: Intent;
  /** Application name or entity ref. */
  application: string;
  /** Absent: all. */
  components?: string[];
  /** A point's id or name, an instant (`14:05`, `2h ago`, RFC 3339) or `latest` (default). */
  point?: string;
  mode?: RestoreMode;
  /** For a clone: the namespace to restore into; absent: `<namespace>-restore-<suffix>`. */
  namespace?: string;
  /** Deny egress from a clone (default true). */
  isolate?: boolean;
  /** RFC 3339: when it was asked. `point` is relative to it and names are made from it. Default: now. */
  at?: string;
  /** Exactly these points, whatever `point` says: by component and cluster. */
  pins?: { component: string; cluster: string; pointId: string }[];
}
