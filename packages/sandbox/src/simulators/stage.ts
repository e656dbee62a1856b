import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Tokens } from '../api/authentication.ts';
import type { Fault } from './faults/faults.ts';
import type { Api, ApiOptions } from '../api/server.ts';
import { createApi } from '../api/server.ts';
import { ApiCluster } from './api-cluster.ts';
import type { Controller, ControllersOptions } from './controller.ts';
import type { Durations } from './durations.ts';
import { PoweredControllers } from './power.ts';
import { snapshotControllers } from './volumes/snapshots.ts';
import { VolumeStore } from './volumes/volume-store.ts';
import { volumeControllers } from './volumes/volumes.ts';
import { type ClaimOf, type Program, runIn, usualPrograms } from './workloads/commands.ts';
import type { PodFailure } from './workloads/pods.ts';
import { workloadControllers } from './workloads/workloads.ts';

export interface StageOptions extends Pick<ApiOptions, 'crds' | 'historySize' | 'bookmarkEvery'> {
  name: string;
  clock: Clock;
  durations: Durations;
  tokens?: Tokens;
  /** Suffered by clients, not by the cluster's own controllers. */
  faults?: Fault[];
  /** Told of failures of controllers, which are tried again. */
  onError?: ControllersOptions['onError'];
}

/** One cluster: an API, its disks, and the controllers that make things happen in it once they are started. */
export class Stage {
  readonly name: string;
  readonly api: Api;
  /** The cluster as its administrator sees it, whatever faults its clients suffer. */
  readonly cluster: ApiCluster;
  readonly clock: Clock;
  readonly durations: Durations;
  readonly volumes = new VolumeStore();
  /** What can be run in containers; may be changed at any time. */
  readonly programs: Record<string, Program> = { ...usualPrograms };
  /** Pods that do not get ready; may be changed at any time. */
  readonly podFailures: PodFailure[] = [];
  readonly #power: PoweredControllers;

  constructor({ durations, onError, ...options }: StageOptions) {
    this.name = options.name;
    this.clock = options.clock;
    this.durations = durations;
    const { volumes, programs } = this;
    const claimOf: ClaimOf = (namespace, claim) => this.api.store.get('persistentvolumeclaims', namespace, claim);
    this.api = createApi({
      ...options,
      run: (pod, container, command) => runIn(claimOf, volumes, programs, pod, container, command),
    });
    this.cluster = new ApiCluster({ name: options.name, fetch: (request) => this.api.fetchInside(request) });
    const { name, cluster, clock } = this;
    this.#power = new PoweredControllers({ name, cluster, clock, ...(onError && { onError }) });
  }

  /** Workloads and volumes come to life. */
  start(): void {
    const { cluster, clock, durations, volumes, podFailures } = this;
    this.run([
      ...volumeControllers(cluster, volumes),
      ...workloadControllers({ cluster, clock, durations, volumes, failures: podFailures }),
    ]);
  }

  /** Volumes can be snapshotted; the definitions of snapshots have to be among the stage's. */
  startSnapshots(): void {
    this.run(snapshotControllers(this));
  }

  run(controllers: readonly Controller[]): void {
    this.#power.run(controllers);
  }

  /** Nothing happens in it any more, as without power; what it holds and what lies on its disks stays. */
  cutPower(): void {
    this.#power.cut();
  }

  /** Everything starts from what is there. */
  restorePower(): void {
    this.#power.restore();
  }

  get powered(): boolean {
    return this.#power.on;
  }

  /** Resolves when no controller has anything to do now; what waits for the clock is not counted. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      const before = this.api.store.version;
      this.api.settle();
      await Promise.all(this.#power.running.map((running) => running.idle()));
      quiet = this.api.store.version === before ? quiet + 1 : 0;
    }
  }

  close(): void {
    this.#power.close();
    this.api.close();
  }
}
