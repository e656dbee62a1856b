import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Column } from './columns.ts';
import type { JsonRecord } from './json.ts';

/** A column of `kubectl get`, as a CustomResourceDefinition declares it; `columns.ts` has those of built-in types. */
export interface PrinterColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
  jsonPath: string;
}

/** How names of a type must look: DNS subdomain, DNS label (both flavours), or anything that fits into a path. */
export type NameRule = 'subdomain' | 'label' | 'label1035' | 'path';

/** One type in one version, with everything that decides how the API treats it. */
export interface Resource extends ResourceType {
  listKind: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  /** Verbs of the whole resource as discovery tells them. */
  verbs: string[];
  /** Built in, as opposed to declared by a CustomResourceDefinition. */
  builtIn: boolean;
  /** `status` is written through `/status` only. */
  statusSubresource: boolean;
  /** Paths of the `/scale` subresource. */
  scale?: { specReplicas: string[]; statusReplicas: string[]; selector?: string[] };
  /** `metadata.generation` is kept. */
  generation: boolean;
  nameRule: NameRule;
  /** An update must say which version it changes. */
  updateNeedsVersion: boolean;
  /** Field selectors besides `metadata.name` and `metadata.namespace`. */
  selectableFields: string[];
  /** Paths that cannot change once they are set. */
  immutable: string[];
  /** What is said of all of these at once, where each is not told by itself. */
  fixed?: string;
  columns: (Column | PrinterColumn)[];
  /** OpenAPI v3 schema of a custom resource. */
  schema?: JsonRecord;
}

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
