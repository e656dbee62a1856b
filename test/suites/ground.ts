import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { Files } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';

/** Lets a request be answered, or does something else. */
export type Door = (request: Request, answer: (request: Request) => Promise<Response>) => Promise<Response>;

/** What differs from target to target: a cluster in which pods run, claims hold files, and Velero is in the namespace `velero`. */
export interface Ground {
  /** The product's client, with every right. */
  cluster: ClusterClient;
  /** Of whoever works with the cluster: on a real one what is waited for passes faster than it says. */
  clock: Clock;
  /** How many times faster that is. */
  haste: number;
  /** What lies on the disk behind a PersistentVolume, by its name; undefined when there is none. */
  read(volume: string): Promise<Files | undefined>;
  write(volume: string, files: Files): Promise<void>;
  /** Until nothing happens any more by itself. */
  settle(): Promise<void>;
  /** That much time passes for everybody. */
  pass(milliseconds: number): Promise<void>;
  /** Makes a backup so many minutes old: by letting them pass, or by writing it down where nobody can wait that long. */
  age(backup: string, minutes: number): Promise<void>;
  /** The cluster as somebody sees it who has no right but those that are bound to the name. Absent where everybody may everything. */
  user?(name: string): Promise<ClusterClient>;
  /** The cluster as a process sees it all of whose requests go through a door. Absent where nobody stands between. */
  through?(door: Door): ClusterClient;
  /** Whether there are programs in the pods that can be run: `test`, `grep`, `cat` ... */
  runsCommands: boolean;
  /** Whether something does the work of Velero's node agent: it moves data, and reads and writes files of volumes through pods. */
  nodeAgent: boolean;
  /** How long things take; may be changed at any time. */
  durations: Durations;
  /** What the simulated server does and how it fails; absent where the server is the real one. */
  velero?: VeleroBehaviour;
  /** A second cluster. Absent where there is none. */
  standby?: Standby;
  close(): Promise<void>;
}

/** A cluster `west`, whose Velero finds the backups of the first in their bucket, and may not write there. */
export interface Standby {
  cluster: ClusterClient;
  read(volume: string): Promise<Files | undefined>;
}
