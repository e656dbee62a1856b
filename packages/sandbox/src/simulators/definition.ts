import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';

export type Column = [name: string, path: string, type: string];

export const age: Column = ['Age', '.metadata.creationTimestamp', 'date'];

export interface DefinitionOptions {
  /** Columns that `kubectl get` shows; none: name and age. */
  columns?: Column[];
  shortNames?: string[];
  labels?: Record<string, string>;
  /** The status is written through a subresource of its own. */
  status?: boolean;
}

/** A CustomResourceDefinition of the name and columns of the real one, with an open schema. */
export function definition(type: ResourceType, { columns, shortNames, labels, status = false }: DefinitionOptions): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resourceKey(type), ...(labels && { labels }) },
    spec: {
      group: type.group,
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: type.kind,
        listKind: `${type.kind}List`,
        plural: type.resource,
        singular: type.kind.toLowerCase(),
        ...(shortNames && { shortNames }),
      },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          ...(status && { subresources: { status: {} } }),
          ...(columns && { additionalPrinterColumns: columns.map(([title, jsonPath, kind]) => ({ name: title, jsonPath, type: kind })) }),
        },
      ],
    },
  };
}
