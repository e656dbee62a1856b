import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import story from '../../data/story.json' with { type: 'json' };
import type { ClusterName } from '../cluster-names.ts';

/** One component of the story. */
export interface Part {
  application: string;
  name: string;
  image: string;
  replicas?: number;
  /** Makes it a StatefulSet with a claim `data`. */
  storage?: string;
  /** Command that a backup runs in the pod first. */
  hook?: string;
  port?: number;
  gpus?: number;
  env?: Record<string, string>;
  /** Host of an Ingress. */
  host?: string;
  config?: Record<string, string>;
  secret?: Record<string, string>;
  /** What its volume holds: a row of something every so often. */
  content?: { of: string; everyMinutes: number };
}

export interface Home {
  cluster: ClusterName;
  namespace: string;
  /** Group that the namespace says it belongs to. One has none: in no catalog, and nobody's to protect. */
  owner?: string;
  /** Group of the application that the parts belong to, where it is another one. */
  sharedWith?: string;
  parts: Part[];
}

export interface SchedulePlan {
  cluster: ClusterName;
  name: string;
  application: string;
  namespace: string;
  every: 'hour' | 'fourHours' | 'day';
  /** Before the time at which the story begins, so that it always looks the same. */
  lastMinutesAgo: number;
  /** How long its points are kept. */
  keepDays: number;
  /** Set when it was paused so many days ago. */
  pausedDays?: number;
  /** Name of a ConfigMap. Somebody made one schedule faster: large volumes are left out, and with them the database of the orders. */
  resourcePolicy?: string;
  /** How one run ended, by its place from the newest (0); the others went well. */
  outcome?: { fromNewest: number; phase: 'Failed' | 'PartiallyFailed'; message: string };
}

/** A component of which volume snapshots were taken as well. */
export interface SnapshotPlan {
  cluster: ClusterName;
  application: string;
  component: string;
  namespace: string;
  claim: string;
  minutesAgo: number[];
  keepDays: number;
}

/** What the story tells: `data/story.json`. The catalog of its applications is in `catalog/`, one file per application. */
export const book = story as unknown as {
  homes: Home[];
  schedules: SchedulePlan[];
  snapshots: SnapshotPlan[];
  /** Of the cluster `east`. */
  objects: KubeObject[];
};
