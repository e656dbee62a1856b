import type { KubeObject } from '../ports/kubernetes.ts';
import { mechanismFor } from './suspension.ts';

/** Kinds that Kubernetes itself puts between a workload and its pods. */
const builtIn = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Node']);

export interface Controller {
  apiVersion: string;
  kind: string;
  name: string;
  /** We know how to tell it to leave its objects alone. */
  pausable: boolean;
}

/** The operator's object behind a workload, when there is one. */
export function controllerOf(object: KubeObject | undefined): Controller | undefined {
  const owner = object?.metadata.ownerReferences?.find((reference) => reference.controller && !builtIn.has(reference.kind));
  if (!owner) return undefined;
  const { apiVersion, kind, name } = owner;
  return { apiVersion, kind, name, pausable: mechanismFor({ apiVersion, kind }) !== undefined };
}

/** Made again by controllers or by the server: no intention of anybody, and not worth a line. */
export function isGenerated(object: KubeObject): boolean {
  if ((object.metadata.ownerReferences ?? []).some((owner) => owner.controller)) return true;
  if (['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'ControllerRevision', 'PodMetrics'].includes(object.kind)) return true;
  if (object.kind === 'Secret' && object.type === 'kubernetes.io/service-account-token') return true;
  if (object.kind === 'ServiceAccount') return object.metadata.name === 'default';
  return object.kind === 'ConfigMap' && ['kube-root-ca.crt', 'openshift-service-ca.crt'].includes(object.metadata.name);
}
