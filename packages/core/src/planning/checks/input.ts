import type { KubeObject } from '../../ports/kubernetes.ts';
import type { CaptureMethod } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { TargetFacts } from '../target-facts.ts';

/** What a rule may look at: what comes into a namespace, what is there, and what the cluster offers. */
export interface CheckInput {
  facts: TargetFacts;
  cluster: string;
  application: string;
  /** Where it goes. */
  namespace: string;
  /** As it will be written, without what is left out. */
  incoming: readonly KubeObject[];
  /** Name of the component whose workload it is; undefined: nobody says. */
  componentOf(object: KubeObject): string | undefined;
  /** What is there now; empty for a clone. */
  live: readonly KubeObject[];
  /** Workloads that are stopped meanwhile, as they are now. */
  stopped: readonly KubeObject[];
  volumes: readonly { claim: string; method: CaptureMethod; storageClass?: string; late: boolean }[];
  /** Versions of Kubernetes on which the points were made, as far as they are known. */
  madeOn: readonly string[];
  clone: boolean;
}

export type Rule = (input: CheckInput) => Reason[];
