import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';

/** Small Kubernetes objects for tests. `w({...})` overrides fields of the result. */
type Meta = { labels?: Record<string, string>; annotations?: Record<string, string>; creationTimestamp?: string };

const created = '2026-01-01T00:00:00Z';

export function namespace(name: string, meta: Meta = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, creationTimestamp: created, ...meta } };
}

export interface WorkloadOptions extends Meta {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  claims?: string[];
  templates?: string[];
  replicas?: number;
  ready?: number;
  image?: string;
  podAnnotations?: Record<string, string>;
  podLabels?: Record<string, string>;
  podSpec?: Record<string, unknown>;
}

export function workload(path: string, options: WorkloadOptions = {}): KubeObject {
  const [space, name] = path.split('/') as [string, string];
  const {
    kind = 'Deployment',
    claims = [],
    templates = [],
    replicas = 1,
    ready = replicas,
    image = 'app:1',
    podAnnotations,
    podSpec,
    podLabels,
    ...meta
  } = options;
  const matchLabels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: space, creationTimestamp: created, ...meta },
    spec: {
      replicas,
      selector: { matchLabels },
      template: {
        metadata: { labels: podLabels ?? matchLabels, ...(podAnnotations && { annotations: podAnnotations }) },
        spec: {
          containers: [{ name: 'main', image }],
          volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
          ...podSpec,
        },
      },
      ...(templates.length > 0 && { volumeClaimTemplates: templates.map((template) => ({ metadata: { name: template } })) }),
    },
    status: kind === 'DaemonSet' ? { desiredNumberScheduled: replicas, numberReady: ready } : { readyReplicas: ready },
  };
}

export function claim(path: string, options: Meta & { phase?: string } = {}): KubeObject {
  const [space, name] = path.split('/') as [string, string];
  const { phase = 'Bound', ...meta } = options;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: space, creationTimestamp: created, ...meta },
    spec: { storageClassName: 'standard' },
    status: { phase },
  };
}

export function pod(
  path: string,
  options: Meta & { owner?: [kind: string, name: string]; phase?: string; claims?: string[]; ready?: boolean; waiting?: string } = {},
): KubeObject {
  const [space, name] = path.split('/') as [string, string];
  const { owner, phase = 'Running', claims = [], ready = true, waiting, ...meta } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: space,
      creationTimestamp: created,
      ...meta,
      ...(owner && { ownerReferences: [{ apiVersion: 'x/v1', kind: owner[0], name: owner[1], uid: 'u', controller: true }] }),
    },
    spec: {
      containers: [{ name: 'main', image: 'app:1' }],
      volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      ...(waiting && { containerStatuses: [{ state: { waiting: { reason: waiting } } }] }),
    },
  };
}

export const job = (path: string, complete = false, meta: Meta & { owner?: string } = {}): KubeObject => {
  const [space, name] = path.split('/') as [string, string];
  const { owner, ...rest } = meta;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: space,
      ...rest,
      ...(owner && { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: owner, uid: 'u', controller: true }] }),
    },
    spec: { template: { spec: { containers: [] } } },
    status: complete ? { conditions: [{ type: 'Complete', status: 'True' }] } : {},
  };
};

const typeOf = new Map<string, ResourceType>(Object.values(types).map((type) => [type.kind, type]));

/** A reading with these objects, by kind. */
export function reading(cluster: string, objects: readonly KubeObject[], options: Partial<ClusterReading> = {}): ClusterReading {
  const byKey = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const type = typeOf.get(object.kind);
    if (!type) throw new Error(`the fixture does not know the kind ${object.kind}`);
    byKey.set(resourceKey(type), [...(byKey.get(resourceKey(type)) ?? []), object]);
  }
  return {
    cluster,
    identity: `uid-${cluster}`,
    now: new Date('2026-03-01T12:00:00Z'),
    age: 0,
    objects: byKey,
    failures: new Map(),
    ...options,
  };
}
