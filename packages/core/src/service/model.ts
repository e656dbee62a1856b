import type { Application, Component } from '../application/model.ts';
import type { Reason } from '../reason.ts';
import type {
  EngineInstallation,
  NativeRestore,
  RecoveryPoint,
  Replication,
  Schedule,
  StorageLocation,
  VolumeCapture,
} from '../protection/model.ts';
import type { CopyStatus } from '../protection/replication.ts';
import type { DrError } from '../errors.ts';
import type { Policy } from '../policy/model.ts';

/** Worst first: the order in which verdicts are compared and sorted. */
export const verdicts = ['Unknown', 'Unprotected', 'Breached', 'AtRisk', 'Unproven', 'Protected'] as const;
export type Verdict = (typeof verdicts)[number];

/** Whether one point brings one component back. */
export interface PointUse {
  point: RecoveryPoint;
  /** `unknown`: the contents could not be (or were not yet) read. */
  usable: 'yes' | 'no' | 'unknown';
  reasons: Reason[];
}

/** The last time that something was brought back successfully. */
export interface Proof {
  /** When that ended. */
  at: string;
  operation: string;
  /** Requested to healthy. */
  rtoSeconds?: number;
}

export interface ComponentStatus {
  component: Component;
  verdict: Verdict;
  reasons: Reason[];
  /** Newest usable point and its age by the clock of its cluster. */
  point?: RecoveryPoint;
  ageSeconds?: number;
  policy?: Policy;
  rpoSeconds?: number;
  rtoSeconds?: number;
  /** When it was last brought back, as a test or because it had to be. */
  proof?: Proof;
  /** Next run of the soonest schedule that covers it. */
  nextRun?: string;
  /** PersistentVolumeClaims of the component, and what the newest usable point holds of each. */
  volumes: { cluster: string; namespace: string; claim: string; capture?: VolumeCapture }[];
  workloads: { cluster: string; kind: string; namespace: string; name: string; ready: boolean; message?: string }[];
  /** Of its claims, the continuous copies that the fleet knows of. */
  copies: CopyStatus[];
  /** Newest first; every point that covers the component's namespace. */
  points: PointUse[];
}

export interface ApplicationStatus {
  application: Application;
  verdict: Verdict;
  reasons: Reason[];
  components: ComponentStatus[];
  /** Of the components' newest usable points the one whose age uses up most of its objective; without objectives the oldest. */
  point?: RecoveryPoint;
  ageSeconds?: number;
  rpoSeconds?: number;
  rtoSeconds?: number;
  nextRun?: string;
  /** Of the component whose last one is the oldest; absent unless all were brought back. Its `rtoSeconds` are the most of any. */
  proof?: Proof;
}

export interface ClusterStatus {
  name: string;
  identity?: string;
  reachable: boolean;
  error?: DrError;
  now: string;
  /** Milliseconds since the reading was fresh. */
  age: number;
  engines: EngineInstallation[];
}

/** The whole fleet at one moment. Pure function of readings, catalog and contents: `service/assess.ts`. */
export interface Fleet {
  clusters: ClusterStatus[];
  applications: ApplicationStatus[];
  points: RecoveryPoint[];
  schedules: Schedule[];
  locations: StorageLocation[];
  replications: Replication[];
  /** Only where they were asked for. */
  restores?: NativeRestore[];
  policies: Policy[];
  /** About the catalog or the fleet as a whole: malformed files, dangling policies. */
  problems: Reason[];
}
