import type { ExecResult } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { RequestInfo, Target } from './request.ts';
import type { Resource } from './resource.ts';
import type { Cluster } from './cluster.ts';

/** What runs in containers. Undefined: there is no such program. */
export type Runner = (pod: KubeObject, container: string, command: readonly string[]) => ExecResult | undefined;

/** One request for a resource, already allowed. */
export interface Call {
  cluster: Cluster;
  request: Request;
  info: RequestInfo;
  target: Target;
  resource: Resource;
  /** Ends watches when the API is closed. */
  signal: AbortSignal;
  bookmarkEvery: number;
  /** What the client is told besides the answer. */
  warnings: string[];
  /** Absent: no container has any program. */
  run?: Runner;
}
