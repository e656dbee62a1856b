import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { cellOf, customCell } from './columns.ts';
import type { Column } from './columns.ts';
import { jsonPath } from './jsonpath.ts';
import type { PrinterColumn, Resource } from './resource.ts';

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
  const apiVersion = `meta.k8s.io/${options.version}`;
  return {
    kind: 'Table',
    apiVersion,
    metadata: options.metadata,
    columnDefinitions: options.headers ? resource.columns.map(definitionOf) : null,
    rows: objects.map((object) => ({
      cells: resource.columns.map((column) =>
        'jsonPath' in column
          ? customCell(jsonPath(object, column.jsonPath), column.type, options.now)
          : cellOf(column, object, options.now),
      ),
      object: carried(resource, object, options.includeObject, apiVersion),
    })),
  };
}

function definitionOf(column: Column | PrinterColumn): Record<string, unknown> {
  const { name, type = 'string', format = '', description = '' } = column;
  return { name, type, format, description, priority: 'jsonPath' in column ? column.priority : Number(column.wide ?? false) };
}

function carried(resource: Resource, object: KubeObject, include: string, apiVersion: string): unknown {
  if (include === 'None') return null;
  if (include === 'Object') return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
  return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
}
