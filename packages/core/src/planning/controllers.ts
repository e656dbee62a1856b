import type { KubeObject } from '../ports/kubernetes.ts';
import { groupOf } from './live-objects.ts';
import { type SuspendMechanism, mechanismFor } from './suspension.ts';

/** Kinds that Kubernetes itself puts between a workload and its pods. */
const builtIn = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Node']);

export interface Controller {
  apiVersion: string;
  kind: string;
  name: string;
  /** As it is now; absent where it cannot be seen. */
  object?: KubeObject;
  /** How it is told to leave its objects alone, where that is known. */
  mechanism?: SuspendMechanism;
}

/**
 * The operator's object behind a workload, when there is one. An object that belongs to another operator's is written by
 * that one: the outermost is whom to tell.
 */
export function operatorOf(workload: KubeObject | undefined, live: readonly KubeObject[]): Controller | undefined {
  let found: Controller | undefined;
  let next = ownerOf(workload);
  for (let depth = 0; next && depth < 5; depth += 1) {
    const { apiVersion, kind, name } = next;
    const object = live.find(
      (item) => item.kind === kind && item.metadata.name === name && groupOf(item.apiVersion) === groupOf(next!.apiVersion),
    );
    const mechanism = object && mechanismFor(object);
    found = { apiVersion, kind, name, ...(object && { object }), ...(mechanism && { mechanism }) };
    next = ownerOf(object);
  }
  return found;
}

function ownerOf(object: KubeObject | undefined): Pick<Controller, 'apiVersion' | 'kind' | 'name'> | undefined {
  const owner = object?.metadata.ownerReferences?.find((reference) => reference.controller && !builtIn.has(reference.kind));
  if (owner) return owner;
  // Zalando's operator owns its StatefulSets by labels alone, unless it is configured otherwise.
  const { application, 'cluster-name': name } = object?.metadata.labels ?? {};
  if (object?.kind !== 'StatefulSet' || application !== 'spilo' || name === undefined) return undefined;
  return { apiVersion: 'acid.zalan.do/v1', kind: 'postgresql', name };
}

/** What an operator offers instead, by the API group of its objects, where it cannot be told to leave its volumes alone. */
const ownMeans: Readonly<Record<string, string>> = {
  'postgresql.cnpg.io': 'recover beside with CloudNativePG: a new Cluster with bootstrap.recovery from its backup or volume snapshots',
  'core.strimzi.io':
    'delete the StrimziPodSet while the Kafka is paused (strimzi.io/pause-reconciliation), as the documentation of Strimzi on recovery says; or mirror from another cluster',
  'mongodbcommunity.mongodb.com': "take the operator's Deployment to no replicas first, or restore with mongorestore",
  'kubedb.com': 'restore with KubeStash (RestoreSession) into a new database',
};

/** Why an operator stands in the way, and what to do instead. */
export function operatorInTheWay(
  workload: string,
  { apiVersion, kind, name, mechanism, object }: Controller,
  application: string,
): { message: string; fix: string } {
  const hidden = mechanism === undefined && object === undefined;
  return {
    message: `${workload} belongs to ${kind} ${name} (${apiVersion}), whose operator would start its pods again${hidden ? ': it cannot be seen, so it cannot be told to wait' : ', and no way is known to tell it to wait'}`,
    fix: `${ownMeans[groupOf(apiVersion)] ?? "restore with the operator's own means"}; or restore beside: kubectl dr restore ${application}`,
  };
}

/** Made again by controllers or by the server: no intention of anybody, and not worth a line. */
export function isGenerated(object: KubeObject): boolean {
  if ((object.metadata.ownerReferences ?? []).some((owner) => owner.controller)) return true;
  if (['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'ControllerRevision', 'PodMetrics'].includes(object.kind)) return true;
  if (object.kind === 'Secret' && object.type === 'kubernetes.io/service-account-token') return true;
  if (object.kind === 'ServiceAccount') return object.metadata.name === 'default';
  return object.kind === 'ConfigMap' && ['kube-root-ca.crt', 'openshift-service-ca.crt'].includes(object.metadata.name);
}
