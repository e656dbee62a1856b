import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { Api } from '@kubectl-dr/sandbox/api/server';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
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
  /** Of the sandbox only: what answers its clients. */
  readonly api?: Pick<Api, 'fetch'>;
  /** As a user reaches it. */
  reach(as?: string): HttpCluster;
  create(object: KubeObject): Promise<void>;
  names(type: ResourceType, namespace?: string): Promise<string[]>;
  backup(name: string, spec: Record<string, unknown>): Promise<unknown>;
  read(namespace: string, claim: string): Promise<Files | undefined>;
  write(namespace: string, claim: string, files: Files): Promise<void>;
}
