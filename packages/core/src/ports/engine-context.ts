import type { ClusterClient } from './cluster.ts';
import type { Clock } from './clock.ts';
import type { PointPhase } from '../protection/model.ts';

export interface EngineContext {
  cluster: ClusterClient;
  clock: Clock;
  /**
   * Namespace of the engine's objects, from `ProtectionState.installation.namespace`. For an engine that has none: the
   * application's namespace that is captured, or restored into.
   */
  namespace: string;
  signal?: AbortSignal;
}

export type NativeProgress = {
  phase: PointPhase;
  nativePhase: string;
  done?: number;
  total?: number;
  message?: string;
};
