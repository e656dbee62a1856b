import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import access from '../data/access.json' with { type: 'json' };
import type { Tokens } from './api/authentication.ts';

/**
 * Who may talk to the clusters, by the name of the kubeconfig's user: `admin` may do everything, `viewer` sees everything but
 * Secrets, `developer` may do everything inside the namespace `shop`, and knows of nothing else.
 */
export const { identities } = access;

export type Identity = keyof typeof identities;

/** Roles and bindings that the identities need, for a cluster in which Velero is installed. */
export const accessRules: KubeObject[] = access.objects;

export function tokensOf(secrets: Record<Identity, string>): Tokens {
  return Object.fromEntries(Object.entries(identities).map(([name, user]) => [secrets[name as Identity], user]));
}
