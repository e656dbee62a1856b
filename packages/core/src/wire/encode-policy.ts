import type { PolicyLint } from '../policy/lint.ts';
import type { PolicyChange } from '../policy/rendering/model.ts';
import { apiVersion } from './api-version.ts';
import type { WirePolicyChange, WirePolicyLint } from './policy.ts';

export function policyChangeToWire(
  { application, policy, cluster, object, action, fields, why }: PolicyChange,
  done: boolean,
): WirePolicyChange {
  const { name, namespace } = object.metadata;
  return {
    apiVersion,
    kind: 'PolicyChange',
    metadata: { name, ...(namespace !== undefined && { namespace }), cluster },
    spec: { application, policy, object: object as WirePolicyChange['spec']['object'] },
    status: { action, done, ...(fields && { fields }), ...(why !== undefined && { why }) },
  };
}

export function policyLintToWire({ name, problems }: PolicyLint): WirePolicyLint {
  return {
    apiVersion,
    kind: 'PolicyLint',
    metadata: { name },
    status: { valid: !problems.some(({ severity }) => severity === 'critical'), problems },
  };
}
