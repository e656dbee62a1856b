/** What a restore must change, listed; everything else that was there before has to be there again, field for field. */
const changedByRestore: { why: string; apply(object: Kubernetes): void }[] = [
  {
    why: 'identity of the new object, written by the server',
    apply: ({ metadata }) => {
      for (const field of ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'selfLink', 'namespace'])
        delete metadata[field];
    },
  },
  { why: 'status is written by controllers', apply: (object) => void delete object.status },
  {
    why: 'the engine labels what it restored',
    apply: ({ metadata }) => {
      for (const key of Object.keys(metadata.labels ?? {})) if (key.startsWith('velero.io/')) delete metadata.labels![key];
      for (const key of Object.keys(metadata.annotations ?? {})) if (key.startsWith('velero.io/')) delete metadata.annotations![key];
      if (metadata.labels && Object.keys(metadata.labels).length === 0) delete metadata.labels;
      if (metadata.annotations && Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
    },
  },
  {
    why: 'a service gets addresses and node ports of its own, and a clone answers for nobody outside',
    apply: (object) => {
      if (object.kind !== 'Service') return;
      for (const field of [
        'clusterIP',
        'clusterIPs',
        'externalIPs',
        'loadBalancerIP',
        'healthCheckNodePort',
        'externalTrafficPolicy',
        'allocateLoadBalancerNodePorts',
      ])
        delete object.spec![field];
      if (object.spec!.type === 'LoadBalancer' || object.spec!.type === 'NodePort') object.spec!.type = 'ClusterIP';
      for (const port of (object.spec!.ports as Record<string, unknown>[] | undefined) ?? []) delete port.nodePort;
    },
  },
  {
    why: 'a claim binds to a new volume',
    apply: (object) => {
      if (object.kind !== 'PersistentVolumeClaim') return;
      delete object.spec!.volumeName;
      for (const key of Object.keys(object.metadata.annotations ?? {}))
        if (/^(pv\.kubernetes\.io|volume(\.beta)?\.kubernetes\.io)\//.test(key)) delete object.metadata.annotations![key];
      if (object.metadata.annotations && Object.keys(object.metadata.annotations).length === 0) delete object.metadata.annotations;
      object.metadata.finalizers = undefined;
    },
  },
  {
    why: 'a job finds its pods by its own uid',
    apply: (object) => {
      if (object.kind !== 'Job') return;
      const template = (object.spec?.template as { metadata?: { labels?: Record<string, string> } } | undefined)?.metadata;
      for (const labels of [object.metadata.labels, template?.labels])
        for (const key of Object.keys(labels ?? {})) if (key.endsWith('controller-uid')) delete labels![key];
      delete object.spec!.selector;
    },
  },
  {
    why: 'an ingress of a clone has a host of its own',
    apply: (object) => {
      if (object.kind !== 'Ingress') return;
      for (const rule of (object.spec!.rules as Record<string, unknown>[] | undefined) ?? []) delete rule.host;
      delete object.spec!.tls;
    },
  },
  { why: 'the scheduler chooses a node anew', apply: (object) => void (object.kind === 'Pod' && delete object.spec!.nodeName) },
  { why: 'a cron job of a clone is suspended', apply: (object) => void (object.kind === 'CronJob' && delete object.spec!.suspend) },
  {
    why: 'the namespace of subjects and the revision are written anew',
    apply: (object) => {
      for (const subject of (object.subjects as Record<string, unknown>[] | undefined) ?? []) delete subject.namespace;
      delete object.metadata.annotations?.['deployment.kubernetes.io/revision'];
      if (object.metadata.annotations && Object.keys(object.metadata.annotations).length === 0) delete object.metadata.annotations;
    },
  },
];

export interface Kubernetes {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: unknown[];
    [field: string]: unknown;
  };
  spec?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Objects that nobody applied: controllers and the server make them again. */
function generated(object: Kubernetes): boolean {
  if ((object.metadata.ownerReferences ?? []).length > 0) return true;
  if (['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'Pod', 'ReplicaSet', 'ControllerRevision'].includes(object.kind))
    return object.kind !== 'Pod';
  if (object.kind === 'ConfigMap' && object.metadata.name === 'kube-root-ca.crt') return true;
  return object.kind === 'ServiceAccount' && object.metadata.name === 'default';
}

/** `Kind/name` -> object with everything removed that a restore must change. */
export function comparable(objects: Kubernetes[]): Record<string, Kubernetes> {
  const result: Record<string, Kubernetes> = {};
  for (const object of objects.filter((candidate) => !generated(candidate))) {
    const copy = structuredClone(object);
    for (const change of changedByRestore) change.apply(copy);
    result[`${copy.kind}/${copy.metadata.name}`] = JSON.parse(JSON.stringify(copy)) as Kubernetes;
  }
  return result;
}
