import type { KubeObject, ObjectMeta } from '../ports/kubernetes.ts';

/**
 * Small Kubernetes objects for tests, healthy unless told otherwise. A place is `namespace/name`; `extra` goes over the
 * top level fields of the result, `extra.metadata` into its metadata.
 */
export type Extra = { metadata?: Partial<ObjectMeta> } & Record<string, unknown>;

export interface WorkloadShape {
  replicas?: number;
  ready?: number;
  image?: string;
  /** Labels of the pods and the selector; default `app: <name>`. */
  labels?: Record<string, string>;
  /** Names of claims that its pods mount. */
  claims?: string[];
  /** Names of volumeClaimTemplates (StatefulSet). */
  templates?: string[];
  /** Fields of the pods' spec. */
  podSpec?: Record<string, unknown>;
}

export function object(
  apiVersion: string,
  kind: string,
  place: string,
  fields: Record<string, unknown> = {},
  extra: Extra = {},
): KubeObject {
  const { metadata, ...rest } = extra;
  return { apiVersion, kind, metadata: { ...placed(place), ...metadata } as ObjectMeta, ...fields, ...rest };
}

export function namespace(name: string, extra: Extra = {}): KubeObject {
  return object('v1', 'Namespace', name, { status: { phase: 'Active' } }, extra);
}

export function deployment(place: string, shape: WorkloadShape = {}, extra: Extra = {}): KubeObject {
  return object('apps/v1', 'Deployment', place, workloadFields(place, shape), extra);
}

export function statefulSet(place: string, shape: WorkloadShape = {}, extra: Extra = {}): KubeObject {
  const { spec, status } = workloadFields(place, shape);
  const volumeClaimTemplates = (shape.templates ?? []).map((name) => ({
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }));
  return object(
    'apps/v1',
    'StatefulSet',
    place,
    { spec: { ...spec, serviceName: placed(place).name, volumeClaimTemplates }, status },
    extra,
  );
}

export function pod(
  place: string,
  shape: Pick<WorkloadShape, 'claims' | 'image' | 'podSpec'> & { phase?: string } = {},
  extra: Extra = {},
): KubeObject {
  const phase = shape.phase ?? 'Running';
  const status = { phase, conditions: [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }] };
  return object('v1', 'Pod', place, { spec: podSpecOf(shape), status }, extra);
}

export function cronJob(place: string, schedule = '0 3 * * *', extra: Extra = {}): KubeObject {
  const jobTemplate = { spec: { template: { spec: { ...podSpecOf({}), restartPolicy: 'Never' } } } };
  return object('batch/v1', 'CronJob', place, { spec: { schedule, suspend: false, jobTemplate } }, extra);
}

export function service(place: string, spec: Record<string, unknown> = {}, extra: Extra = {}): KubeObject {
  const ports = [{ port: 80, targetPort: 8080, protocol: 'TCP' }];
  return object('v1', 'Service', place, { spec: { type: 'ClusterIP', selector: { app: placed(place).name }, ports, ...spec } }, extra);
}

export function ingress(place: string, host: string, extra: Extra = {}): KubeObject {
  const backend = { service: { name: placed(place).name, port: { number: 80 } } };
  const rules = [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  return object('networking.k8s.io/v1', 'Ingress', place, { spec: { rules } }, extra);
}

export function configMap(place: string, data: Record<string, string> = {}, extra: Extra = {}): KubeObject {
  return object('v1', 'ConfigMap', place, { data }, extra);
}

/** Values in plain text; stored as a cluster stores them. */
export function secret(place: string, values: Record<string, string> = {}, extra: Extra = {}): KubeObject {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)]));
  return object('v1', 'Secret', place, { type: 'Opaque', data }, extra);
}

export function persistentVolumeClaim(
  place: string,
  shape: { size?: string; storageClass?: string; phase?: string } = {},
  extra: Extra = {},
): KubeObject {
  const { size = '1Gi', storageClass = 'standard', phase = 'Bound' } = shape;
  const volumeName = `pvc-${place.replace('/', '-')}`;
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: storageClass, volumeName, resources: { requests: { storage: size } } };
  return object('v1', 'PersistentVolumeClaim', place, { spec, status: { phase, capacity: { storage: size } } }, extra);
}

export function storageClass(name: string, provisioner = 'ebs.csi.aws.com', extra: Extra = {}): KubeObject {
  const fields = { provisioner, reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' };
  return object('storage.k8s.io/v1', 'StorageClass', name, fields, extra);
}

/** A Velero Backup that completed; `fields` may replace spec and status. */
export function backup(
  name: string,
  shape: { namespaces?: string[]; startedAt?: string; phase?: string; location?: string; status?: Record<string, unknown> } = {},
  extra: Extra = {},
): KubeObject {
  const { namespaces = ['shop'], startedAt = '2026-01-15T11:00:00Z', phase = 'Completed', location = 'default' } = shape;
  const started = new Date(startedAt).getTime();
  const after = (milliseconds: number): string => `${new Date(started + milliseconds).toISOString().slice(0, 19)}Z`;
  const ended = /^(Completed|PartiallyFailed|Failed)$/.test(phase);
  const status = {
    phase,
    formatVersion: '1.1.0',
    version: 1,
    startTimestamp: startedAt,
    ...(ended ? { completionTimestamp: after(60_000) } : {}),
    expiration: after(30 * 24 * 3_600_000),
    progress: { totalItems: 12, itemsBackedUp: ended ? 12 : 4 },
    ...shape.status,
  };
  const fields = { spec: { includedNamespaces: namespaces, storageLocation: location, ttl: '720h0m0s' }, status };
  return object('velero.io/v1', 'Backup', `velero/${name}`, fields, {
    ...extra,
    metadata: { creationTimestamp: startedAt, uid: `uid-of-${name}`, ...extra.metadata },
  });
}

export function backupSchedule(name: string, schedule: string, namespaces: string[] = ['shop'], extra: Extra = {}): KubeObject {
  const spec = { schedule, paused: false, template: { includedNamespaces: namespaces, storageLocation: 'default', ttl: '720h0m0s' } };
  return object('velero.io/v1', 'Schedule', `velero/${name}`, { spec, status: { phase: 'Enabled' } }, extra);
}

export function backupStorageLocation(name = 'default', phase = 'Available', extra: Extra = {}): KubeObject {
  const spec = { provider: 'aws', default: name === 'default', objectStorage: { bucket: 'backups' }, accessMode: 'ReadWrite' };
  return object('velero.io/v1', 'BackupStorageLocation', `velero/${name}`, { spec, status: { phase } }, extra);
}

function placed(place: string): { name: string; namespace?: string } {
  const [first, second] = place.split('/') as [string, string | undefined];
  return second === undefined ? { name: first } : { name: second, namespace: first };
}

function workloadFields(place: string, shape: WorkloadShape): { spec: Record<string, unknown>; status: Record<string, unknown> } {
  const { replicas = 1, ready = replicas, labels = { app: placed(place).name } } = shape;
  return {
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpecOf(shape) } },
    status: { replicas, readyReplicas: ready, availableReplicas: ready, updatedReplicas: replicas },
  };
}

function podSpecOf({ claims = [], image = 'app:1', podSpec }: WorkloadShape): Record<string, unknown> {
  const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  const volumeMounts = claims.map((name) => ({ name, mountPath: `/data/${name}` }));
  return { containers: [{ name: 'main', image, volumeMounts }], ...(volumes.length > 0 ? { volumes } : {}), ...podSpec };
}
