import path from 'node:path';
import type { ClusterDefinition } from '@kubectl-dr/kubernetes/configured';

/** What flags do not say. Every path is absolute. */
export interface Configuration {
  /** Contexts of the kubeconfig that make up the fleet; beats `clusters`. */
  contexts?: string[];
  /** `where` names the entry in messages. */
  clusters?: (ClusterDefinition & { where: string })[];
  /** Files, folders and URLs. */
  catalog?: string[];
  /** Of journals and leases. */
  namespace?: string;
  tenancy?: { namespace: string; cluster?: string | undefined; owner: string }[];
}

/** A URL as it is, a path made absolute. */
export function locate(directory: string, location: string): string {
  return /^https?:\/\//.test(location) ? location : path.resolve(directory, location);
}
