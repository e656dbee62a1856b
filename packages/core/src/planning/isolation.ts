import { at, isRaw, listAt, textAt, textsAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';

/** Name of the NetworkPolicy that shuts a namespace off. */
export const isolationPolicy = 'kubectl-dr-isolate';

/**
 * What a NetworkPolicy allows that `kubectl-dr-isolate` does not: policies add up, so that one of the application's own opens what that
 * one has shut. `egress`: its pods reach something outside the namespace; `ingress`: something outside reaches them.
 */
export function openingsOf(policy: KubeObject): { egress: boolean; ingress: boolean } {
  const namespace = policy.metadata.namespace ?? '';
  const named = at(policy, 'spec', 'policyTypes');
  const acts = (kind: 'Ingress' | 'Egress', rules: unknown[]): boolean =>
    Array.isArray(named) ? named.includes(kind) : kind === 'Ingress' || rules.length > 0;
  const egress = listAt(policy, 'spec', 'egress');
  const ingress = listAt(policy, 'spec', 'ingress');
  return {
    egress: acts('Egress', egress) && egress.some((rule) => !isNameResolution(rule) && leaves(rule, 'to', namespace)),
    ingress: acts('Ingress', ingress) && ingress.some((rule) => leaves(rule, 'from', namespace)),
  };
}

/** A rule that names nobody means everybody. */
function leaves(rule: unknown, side: 'to' | 'from', namespace: string): boolean {
  const peers = listAt(rule, side);
  return peers.length === 0 || peers.some((peer) => !isOwn(peer, namespace));
}

function isOwn(peer: unknown, namespace: string): boolean {
  if (at(peer, 'ipBlock') !== undefined) return false;
  const spaces = at(peer, 'namespaceSelector');
  if (spaces === undefined) return isRaw(at(peer, 'podSelector'));
  // Of whatever else it asks as well: no other namespace has this name.
  return textsAt(spaces, 'matchLabels')['kubernetes.io/metadata.name'] === namespace;
}

/** Names resolve in what is shut off as well. */
function isNameResolution(rule: unknown): boolean {
  const ports = listAt(rule, 'ports');
  const isDns = (port: unknown): boolean => {
    const number = at(port, 'port');
    return (
      (number === 53 || number === 'dns' || number === 'dns-tcp') &&
      at(port, 'endPort') === undefined &&
      textAt(port, 'protocol') !== 'SCTP'
    );
  };
  return ports.length > 0 && ports.every(isDns);
}
