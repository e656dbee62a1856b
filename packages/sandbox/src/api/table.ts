import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { columnsOf } from './columns.ts';
import type { Resource } from './resource.ts';

export interface TableOptions {
  now: Date;
  version: 'v1' | 'v1beta1';
  /** Query parameter `includeObject`: how much of each object its row carries. */
  includeObject: string;
  /** Of the list; a single object's table has its version. */
  metadata: Record<string, unknown>;
  /** A watch sends the column definitions with its first event only. */
  headers: boolean;
}

/** The objects as rows for `kubectl get`. */
export function tableOf(resource: Resource, objects: readonly KubeObject[], options: TableOptions): Record<string, unknown> {
  const columns = columnsOf(resource);
  const apiVersion = `meta.k8s.io/${options.version}`;
  return {
    kind: 'Table',
    apiVersion,
    metadata: options.metadata,
    columnDefinitions: options.headers
      ? columns.map(({ name, type = 'string', format = '', description = '', priority = 0 }) => ({
          name,
          type,
          format,
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...carried(resource, object, options.includeObject, apiVersion),
    })),
  };
}

function carried(resource: Resource, object: KubeObject, include: string, apiVersion: string): Record<string, unknown> {
  if (include === 'None') return { object: null };
  if (include === 'Object') return { object: { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind } };
  return { object: { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata } };
}
