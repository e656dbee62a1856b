import { type KubeObject, type ResourceType, types, resourceKey } from '../ports/kubernetes.ts';
import { type ClusterReading, objectsOf } from '../ports/reading.ts';
import { listAt, textAt, textsAt } from './raw.ts';
import { type Workload, readWorkload, workloadOfPods } from './workload.ts';
import { matches, type Requirement } from './selector.ts';

/** A PersistentVolumeClaim as it is in the cluster. */
export interface ClaimObject {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  createdAt?: string;
  /** `Pending` claims hold no data yet. */
  phase?: string;
  storageClass?: string;
}

/** What runs in one namespace of one cluster. */
export interface NamespaceInventory {
  namespace: string;
  /** False when only objects inside it could be read: then labels and annotations are not known. */
  observed: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  workloads: Workload[];
  claims: ReadonlyMap<string, ClaimObject>;
}

const workloadTypes = [types.deployments, types.statefulSets, types.daemonSets, types.cronJobs, types.jobs];

/** What has to be read of a cluster for `ClusterInventory`, `applicationsFromReadings` and tenancy. */
export const applicationKinds = [types.namespaces, ...workloadTypes, types.persistentVolumeClaims, types.pods];

/**
 * A reading by namespace. Workloads are interpreted when their namespace is first asked for, so that a question about
 * one application does not pay for the whole cluster.
 */
export class ClusterInventory {
  readonly reading: ClusterReading;
  readonly #namespaces = new Map<string, KubeObject>();
  readonly #objects = new Map<string, Map<string, KubeObject[]>>();
  readonly #known = new Map<string, NamespaceInventory>();

  /** `before`: of an earlier reading. What it knows of namespaces in which nothing changed is taken over. */
  constructor(reading: ClusterReading, before?: ClusterInventory) {
    this.reading = reading;
    for (const object of objectsOf(reading, 'namespaces')) {
      const name = textAt(object, 'metadata', 'name');
      if (name !== undefined) this.#namespaces.set(name, object);
    }
    for (const type of [...workloadTypes, types.persistentVolumeClaims, types.pods]) {
      const byNamespace = new Map<string, KubeObject[]>();
      for (const object of objectsOf(reading, resourceKey(type))) {
        const namespace = textAt(object, 'metadata', 'namespace');
        if (namespace === undefined || textAt(object, 'metadata', 'name') === undefined) continue;
        const list = byNamespace.get(namespace);
        if (list) list.push(object);
        else byNamespace.set(namespace, [object]);
      }
      this.#objects.set(resourceKey(type), byNamespace);
    }
    if (!before) return;
    for (const [name, inventory] of before.#known) if (this.#holdsTheSame(name, before)) this.#known.set(name, inventory);
  }

  #holdsTheSame(namespace: string, before: ClusterInventory): boolean {
    if (this.#namespaces.get(namespace) !== before.#namespaces.get(namespace)) return false;
    if (this.#namespaces.size === 0) return false;
    for (const [key, byNamespace] of this.#objects) {
      const [now, then] = [byNamespace.get(namespace), before.#objects.get(key)?.get(namespace)];
      if (now?.length !== then?.length || now?.some((object, index) => object !== then![index])) return false;
    }
    return true;
  }

  /** Names of all namespaces, sorted: of those that exist, and of those seen only through objects (no right to list). */
  names(): string[] {
    const seen = new Set(this.#namespaces.keys());
    if (seen.size === 0) for (const byNamespace of this.#objects.values()) for (const name of byNamespace.keys()) seen.add(name);
    return [...seen].sort();
  }

  /** Undefined when the namespace does not exist. */
  namespace(name: string): NamespaceInventory | undefined {
    const known = this.#known.get(name);
    if (known) return known;
    const object = this.#namespaces.get(name);
    if (!object && (this.#namespaces.size > 0 || !this.names().includes(name))) return undefined;
    const inventory = this.#read(name, object);
    this.#known.set(name, inventory);
    return inventory;
  }

  /** Lists leave apiVersion and kind out of their items; other code may rely on them. */
  #of(type: ResourceType, namespace: string): KubeObject[] {
    const objects = this.#objects.get(resourceKey(type))?.get(namespace) ?? [];
    return objects.map((object) =>
      object.kind === type.kind ? object : { ...object, kind: type.kind, apiVersion: object.apiVersion ?? type.version },
    );
  }

  #read(namespace: string, object: KubeObject | undefined): NamespaceInventory {
    const claims = new Map(this.#of(types.persistentVolumeClaims, namespace).map((claim) => [claim.metadata.name, readClaim(claim)]));
    const claimNames = [...claims.keys()];
    const pods = this.#of(types.pods, namespace);
    const workloads: Workload[] = [];
    for (const type of workloadTypes) {
      for (const workload of this.#of(type, namespace)) {
        if (type === types.jobs && controllerOf(workload)?.kind === 'CronJob') continue;
        workloads.push(readWorkload(workload, () => podsOf(workload, pods), claimNames));
      }
    }
    workloads.push(...strayPods(pods, workloads));
    return {
      namespace,
      observed: object !== undefined,
      labels: textsAt(object, 'metadata', 'labels'),
      annotations: textsAt(object, 'metadata', 'annotations'),
      workloads,
      claims,
    };
  }
}

function readClaim(claim: KubeObject): ClaimObject {
  const createdAt = textAt(claim, 'metadata', 'creationTimestamp');
  const phase = textAt(claim, 'status', 'phase');
  const storageClass = textAt(claim, 'spec', 'storageClassName');
  return {
    namespace: claim.metadata.namespace ?? '',
    name: claim.metadata.name,
    labels: textsAt(claim, 'metadata', 'labels'),
    ...(createdAt !== undefined && { createdAt }),
    ...(phase !== undefined && { phase }),
    ...(storageClass !== undefined && { storageClass }),
  };
}

/** The pods that a workload's selector takes. */
function podsOf(workload: KubeObject, pods: readonly KubeObject[]): KubeObject[] {
  const wanted = textsAt(workload, 'spec', 'selector', 'matchLabels');
  if (Object.keys(wanted).length === 0) return [];
  const requirements = Object.entries(wanted).map(([key, value]): Requirement => ({ key, operator: 'in', values: [value] }));
  return pods.filter((pod) => matches(requirements, textsAt(pod, 'metadata', 'labels')));
}

function controllerOf(object: KubeObject): { kind: string; name: string; apiVersion: string } | undefined {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(({ controller }) => controller === true);
  const kind = textAt(owner, 'kind');
  const name = textAt(owner, 'name');
  return kind === undefined || name === undefined ? undefined : { kind, name, apiVersion: textAt(owner, 'apiVersion') ?? '' };
}

/** Kinds whose pods are already represented; `Node` owns the static pods of a control plane. */
const represented = new Set(['StatefulSet', 'DaemonSet', 'Job', 'Node']);

/** Bare pods that have not ended, and pods that belong to an operator's own object, one workload per owner. */
function strayPods(pods: readonly KubeObject[], workloads: readonly Workload[]): Workload[] {
  const deployments = new Set(workloads.filter(({ kind }) => kind === 'Deployment').map(({ name }) => name));
  const groups = new Map<string, { owner: ReturnType<typeof controllerOf>; pods: [KubeObject, ...KubeObject[]] }>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner && represented.has(owner.kind)) continue;
    // A ReplicaSet is named after its Deployment and a hash.
    if (owner?.kind === 'ReplicaSet' && deployments.has(owner.name.replace(/-[^-]+$/, ''))) continue;
    if (!owner && ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) continue;
    const key = owner ? `${owner.kind}/${owner.name}` : `Pod/${pod.metadata.name}`;
    const group = groups.get(key);
    if (group) group.pods.push(pod);
    else groups.set(key, { owner, pods: [pod] });
  }
  return [...groups.values()].map((group) => workloadOfPods(group.owner, group.pods));
}
