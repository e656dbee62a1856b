import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ObjectRef, ResourceType } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';

/** What an implementation brings to be checked. Clients are of one and the same cluster unless said otherwise. */
export interface ClusterHarness {
  /** Allowed everything. Serves `conformanceType`. */
  cluster: ClusterClient;
  /** Makes the server forget its history: a watch from before is too old. */
  compact?: () => void | Promise<void>;
  /** With a credential that the server does not know. */
  stranger?: ClusterClient;
  /** Known to the server, allowed nothing; `username` as the server calls it. */
  restricted?: { cluster: ClusterClient; username: string };
  /** A client of a server that is not there. */
  unreachable?: ClusterClient;
  /** Puts bytes where the cluster's links lead, and returns the link. */
  offer?: (bytes: Uint8Array) => string | Promise<string>;
  close?: () => void | Promise<void>;
}

export interface Checks {
  harness(): ClusterHarness;
  check(title: string, body: (context: { skip(reason: string): never }) => Promise<void>): void;
}

/** A type whose objects the server keeps as they come. */
export const conformanceType: ResourceType = {
  group: 'conformance.kubectl-dr.dev',
  version: 'v1',
  resource: 'things',
  kind: 'Thing',
  namespaced: true,
};

/** What makes a Kubernetes API server serve `conformanceType`. */
export const conformanceDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.conformance.kubectl-dr.dev' },
  spec: {
    group: conformanceType.group,
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/** Served by nobody. */
export const unknownType: ResourceType = { ...conformanceType, resource: 'nothings', kind: 'Nothing' };

/** A new, empty namespace. */
export async function freshNamespace(cluster: ClusterClient): Promise<string> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'conformance-' } } as unknown as KubeObject;
  return (await cluster.create(types.namespaces, object)).metadata.name;
}

export function configMap(
  namespace: string,
  name: string,
  fields: { data?: Record<string, string>; labels?: Record<string, string> } = {},
): KubeObject {
  const { data, labels } = fields;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...(labels ? { labels } : {}) },
    ...(data ? { data } : {}),
  };
}

export function configMapRef(namespace: string, name: string): ObjectRef {
  return { type: types.configMaps, namespace, name };
}

/** Waits in real time for what a server does after it has answered: garbage collection, mostly. */
export async function eventually(holds: () => Promise<boolean>, what: string, patience = 10_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not happen within ${patience / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function exists(cluster: ClusterClient, ref: ObjectRef): Promise<boolean> {
  try {
    await cluster.get(ref);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') return false;
    throw error;
  }
}
