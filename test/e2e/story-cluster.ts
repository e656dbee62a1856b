import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import type { Files, VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';

/** A cluster with Velero in which time stands still, for command lines that are told word for word: the sandbox, or a real control plane. */
export interface StoryCluster {
  readonly stage: {
    readonly name: string;
    readonly cluster: ControlledCluster;
    readonly clock: Clock;
    readonly durations: Durations;
    readonly volumes: VolumeStore;
    /** Starts more controllers. */
    run(controllers: readonly Controller[]): void;
    /** Resolves when nothing has anything to do now. */
    idle(): Promise<void>;
    close(): void | Promise<void>;
  };
  readonly behaviour: VeleroBehaviour;
  /** As a user reaches it, or as somebody whose requests are answered by `between` where that answers them. */
  reach(as?: string, between?: (request: Request) => Response | undefined): HttpCluster;
  /** From now on VolSync copies what it is told to, over the way that all clusters share. */
  installVolsync(way: Between): Promise<void>;
  create(object: KubeObject): Promise<void>;
  names(type: ResourceType, namespace?: string): Promise<string[]>;
  backup(name: string, spec: Record<string, unknown>): Promise<unknown>;
  read(namespace: string, claim: string): Promise<Files | undefined>;
  write(namespace: string, claim: string, files: Files): Promise<void>;
}

/** How long what is copied continuously is on its way: it is sent before it is fetched. What stands in the way is looked at sometimes. */
export const copying = {
  east: { durations: { dataMovement: 2_000 }, again: 10_000 },
  west: { durations: { dataMovement: 3_000 }, again: 10_000 },
};
