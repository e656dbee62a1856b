import { NotFoundError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../api/json.ts';
import type { Tokens } from '../api/authentication.ts';
import type { Fault } from './faults/faults.ts';
import type { Api } from '../api/server.ts';
import { accessRules } from '../identities.ts';
import { MovableClock } from './movable-clock.ts';
import type { ControlledCluster } from './api-cluster.ts';
import { createAll } from './create-all.ts';
import type { Durations } from './durations.ts';
import { instant } from './durations.ts';
import type { NodePlan } from './hardware.ts';
import { groupSnapshotClass, nodes, snapshotClass, storageClasses } from './hardware.ts';
import type { Buckets } from './object-store.ts';
import { Stage } from './stage.ts';
import type { VeleroBehaviour, VeleroOptions } from './velero/context.ts';
import { behaviour } from './velero/context.ts';
import { veleroDefinitions } from './velero/crds.ts';
import type { LocationPlan } from './velero/install.ts';
import { veleroInstallation } from './velero/install.ts';
import { veleroControllers, veleroOptions } from './velero/velero.ts';
import type { Files } from './volumes/volume-store.ts';

export interface ClusterPlan {
  name: string;
  nodes: readonly NodePlan[];
  locations: readonly LocationPlan[];
}

export interface ClusterOptions {
  plan: ClusterPlan;
  clock: Clock;
  /** The cluster's clock stands at this time until it is set to run. Default: it runs. */
  since?: Date;
  buckets: Buckets;
  tokens?: Tokens;
  /** Where clients reach the cluster; only asked when a download link is made. */
  url(): string;
}

const noAnswer: Fault = { disconnect: true };

/** One cluster of the sandbox with everything that a test may want to hold. */
export class SandboxCluster {
  readonly name: string;
  readonly clock: MovableClock;
  readonly stage: Stage;
  /** What clients suffer; may be changed at any time. */
  readonly faults: Fault[] = [];
  /** How the Velero server behaves; may be changed at any time. */
  readonly velero: VeleroBehaviour;
  /** How long things take; may be changed at any time. */
  readonly durations: Durations;
  readonly #options: ClusterOptions;
  #lost = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.name = options.plan.name;
    this.clock = new MovableClock(options.clock);
    if (options.since) this.clock.set(options.since);
    // On-demand backups name no method: this server carries data out of the cluster by default.
    this.velero = behaviour({ moveData: true });
    this.durations = { ...instant };
    this.stage = new Stage({
      name: this.name,
      clock: this.clock,
      durations: this.durations,
      faults: this.faults,
      crds: veleroDefinitions(),
      ...(options.tokens && { tokens: options.tokens }),
    });
  }

  get api(): Api {
    return this.stage.api;
  }

  /** As its administrator, in this process, spared by faults. */
  get client(): ControlledCluster {
    return this.stage.cluster;
  }

  /** Nodes, storage, Velero's objects; workloads and volumes come to life, Velero does not yet. */
  async furnish(): Promise<void> {
    const { plan } = this.#options;
    this.stage.start();
    this.stage.startSnapshots();
    await createAll(this.client, [
      ...nodes(plan.nodes),
      ...storageClasses(),
      snapshotClass(),
      groupSnapshotClass(),
      ...veleroInstallation(this.velero.version, plan.locations),
      ...accessRules,
    ]);
  }

  /** What the Velero server works with. */
  get veleroOptions(): VeleroOptions {
    return veleroOptions(this.stage, this.#options.buckets, this.velero, this.#options.url);
  }

  /** The story is over: from now on things take `durations`. */
  startVelero(durations: Durations): void {
    Object.assign(this.durations, durations);
    this.stage.run(veleroControllers(this.veleroOptions));
  }

  /** What lies on the volume behind a claim; undefined while it has none. */
  files(namespace: string, claim: string): Files | undefined {
    const volume = this.#volumeOf(namespace, claim);
    return volume === '' ? undefined : this.stage.volumes.read(volume);
  }

  /** Replaces what lies on the volume behind a claim. */
  writeFiles(namespace: string, claim: string, files: Files): void {
    const volume = this.#volumeOf(namespace, claim);
    if (volume === '') throw new NotFoundError(`the claim ${namespace}/${claim} on ${this.name} has no volume yet`, { cluster: this.name });
    if (this.stage.volumes.fenced) throw new Error(`${namespace}/${claim} on ${this.name}: input/output error`);
    this.stage.volumes.write(volume, files);
  }

  /**
   * The cluster is lost: clients get no answer. With `workloads` nothing runs in it any more either; without, only its API server is
   * cut off, and everything else goes on.
   */
  lose({ workloads }: { workloads: boolean }): void {
    if (!this.#lost) this.faults.push(noAnswer);
    this.#lost = true;
    if (workloads) this.stage.cutPower();
  }

  /** As it was left: what ran starts again. */
  comeBack(): void {
    if (this.#lost) this.faults.splice(this.faults.indexOf(noAnswer), 1);
    this.#lost = false;
    this.stage.restorePower();
  }

  /** Whether clients get no answer. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Whether anything runs in it. */
  get powered(): boolean {
    return this.stage.powered;
  }

  /** Resolves when nothing is due now; what waits for the clock is not counted. */
  idle(): Promise<void> {
    return this.stage.idle();
  }

  close(): void {
    this.stage.close();
  }

  #volumeOf(namespace: string, claim: string): string {
    const found: KubeObject | undefined = this.api.store.get('persistentvolumeclaims', namespace, claim);
    return textAt(found, 'spec', 'volumeName');
  }
}
