export { annotations } from '@kubectl-dr/core/application/model';

/** Kind of a policy in the catalog. */
export const drPolicyKind = 'DRPolicy';
export const drPolicyApiVersion = 'kubectl-dr.dev/v1alpha1';

/** From an entity to the policy that applies to it. */
export const relationProtectedBy = 'protectedBy';
/** From a policy to the entities it applies to. */
export const relationProtects = 'protects';

/**
 * On a namespace: owners (comma-separated references) who may act in it through an application of theirs, besides the
 * namespace's own owner.
 */
export const sharedWithAnnotation = 'kubectl-dr.dev/shared-with';
