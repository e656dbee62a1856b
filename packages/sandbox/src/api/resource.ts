import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Column } from './columns.ts';
import type { JsonRecord } from './json.ts';
import type { Type } from './schema/fields.ts';
import type { NameForm } from './schema/names.ts';

/** A column of `kubectl get`, as a CustomResourceDefinition declares it; `columns.ts` has those of built-in types. */
export interface PrinterColumn {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
  jsonPath: string;
}

/** What an update may not change once it is set, and what is then said. */
export interface Fixed {
  paths: string[];
  /** Where it is said. Default: the path itself. */
  field?: string;
  /** What is wrong with the value. Default: `field is immutable`. */
  invalid?: string;
  /** Instead: why it is forbidden. */
  forbidden?: string;
  /** Path of a field that, while it is true, lets it be changed. */
  unless?: string;
  /** How Go calls the fields of the value. */
  names?: Record<string, string>;
}

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
  /** Of a built-in type. */
  structure?: Type;
  /** `status` is written through `/status` only. */
  statusSubresource: boolean;
  /** Paths of the `/scale` subresource. */
  scale?: { specReplicas: string[]; statusReplicas: string[]; selector?: string[] };
  /** `metadata.generation` is kept. */
  generation: boolean;
  nameRule: NameForm;
  /** An update must say which version it changes. */
  updateNeedsVersion: boolean;
  /** Field selectors besides `metadata.name` and `metadata.namespace`. */
  selectableFields: string[];
  fixed: Fixed[];
  columns: (Column | PrinterColumn)[];
  /** OpenAPI v3 schema of a custom resource. */
  schema?: JsonRecord;
}

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
