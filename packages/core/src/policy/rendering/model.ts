import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import type { FieldChange } from '../../planning/model.ts';
import type { Reason } from '../../reason.ts';

/** One object of an engine that a policy asks for. */
export interface RenderedObject {
  application: string;
  policy: string;
  cluster: string;
  type: ResourceType;
  object: KubeObject;
  /** Fields that are taken away where the object does not name them, as `spec.template.labelSelector`. */
  owns: readonly string[];
}

/**
 * What a rendered object is to the cluster. `same`: it is there as asked for. `conflict`: something of that name is there
 * and is not ours, so it is never touched. `remove`: ours, and no longer asked for.
 */
export type PolicyAction = 'create' | 'change' | 'same' | 'conflict' | 'remove';

export interface PolicyChange extends RenderedObject {
  action: PolicyAction;
  /** From what is there to what is asked for. */
  fields?: FieldChange[];
  /** Why it is a conflict. */
  why?: string;
}

/** Policies of applications as objects of engines, compared with what is there. */
export interface PolicyRendering {
  /** By cluster, then by name. */
  changes: PolicyChange[];
  /** What could not be rendered, or only in part. */
  reasons: (Reason & { application: string })[];
}
