import { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { apiVersionOf, resourceKey, types } from '../ports/kubernetes.ts';
import { accessReviewType } from '../ports/kubernetes.ts';
import { deploysInto, gitOpsMechanisms, mechanismFor } from './suspension.ts';

/**
 * What a cluster offers, read once per plan; every check is a pure function of it. What could not be read (no right, not
 * served) is undefined, and nothing is said about it.
 */
export interface TargetFacts {
  cluster: string;
  version?: string;
  served: ResourceType[];
  storageClasses?: KubeObject[];
  csiDrivers?: KubeObject[];
  /** Undefined when the cluster has no snapshots, or they may not be seen. */
  snapshotClasses?: KubeObject[];
  nodes?: KubeObject[];
  runtimeClasses?: KubeObject[];
  /** Of dynamic resource allocation; undefined where it is not served. */
  deviceClasses?: KubeObject[];
  resourceSlices?: KubeObject[];
  webhooks?: KubeObject[];
  /** Of all namespaces: for clashes. */
  services?: KubeObject[];
  ingresses?: KubeObject[];
  volumeAttachments?: KubeObject[];
  /** Objects of Argo CD and Flux that deploy into the namespaces of the plan. */
  gitOps: KubeObject[];
  /** What whoever executes may not do: `patch deployments.apps in shop`. */
  denied: string[];
  /** Who that is, as the cluster knows them; only where something is denied. */
  identity?: string;
}

/** One right that a plan needs. */
export interface Access {
  verb: string;
  type: ResourceType;
  subresource?: string;
  namespace?: string;
  /** Of one object: a role may name it. */
  name?: string;
}

export interface FactsWanted {
  namespaces: readonly string[];
  served: readonly ResourceType[];
  access: readonly Access[];
}

const snapshotGroup = 'snapshot.storage.k8s.io';
/** API group of dynamic resource allocation. */
export const deviceGroup = 'resource.k8s.io';

export async function readTargetFacts(cluster: ClusterClient, wanted: FactsWanted, signal?: AbortSignal): Promise<TargetFacts> {
  const options = signal ? { signal } : {};
  const { served, namespaces } = wanted;
  const list = (type: ResourceType | undefined): Promise<KubeObject[] | undefined> =>
    type ? quiet(cluster.list(type, options).then(({ items }) => items.map((item) => complete(item, type)))) : Promise.resolve(undefined);
  const find = (group: string, kind: string): ResourceType | undefined => served.find((type) => type.group === group && type.kind === kind);
  const gitOpsTypes = served.filter((type) => {
    const mechanism = mechanismFor({ apiVersion: apiVersionOf(type), kind: type.kind });
    return mechanism !== undefined && gitOpsMechanisms.includes(mechanism);
  });
  const [
    version,
    storageClasses,
    csiDrivers,
    snapshotClasses,
    nodes,
    runtimeClasses,
    deviceClasses,
    resourceSlices,
    validating,
    mutating,
    services,
    ingresses,
    volumeAttachments,
    gitOps,
    denied,
  ] = await Promise.all([
    quiet(cluster.version(options)),
    list(types.storageClasses),
    list(types.csiDrivers),
    list(find(snapshotGroup, 'VolumeSnapshotClass')),
    list(types.nodes),
    list(types.runtimeClasses),
    list(find(deviceGroup, 'DeviceClass')),
    list(find(deviceGroup, 'ResourceSlice')),
    list(types.validatingWebhookConfigurations),
    list(types.mutatingWebhookConfigurations),
    list(types.services),
    list(types.ingresses),
    list(types.volumeAttachments),
    Promise.all(gitOpsTypes.map(list)),
    deniedOf(cluster, wanted.access, signal),
  ]);
  const identity = denied.length > 0 ? (await quiet(cluster.whoami(options)))?.username : undefined;
  const webhooks = validating || mutating ? [...(validating ?? []), ...(mutating ?? [])] : undefined;
  return {
    cluster: cluster.name,
    served: [...served],
    gitOps: gitOps
      .flatMap((items) => items ?? [])
      .filter((object) => {
        const mechanism = mechanismFor(object);
        return mechanism !== undefined && deploysInto(mechanism, object).some((name) => namespaces.includes(name));
      }),
    denied,
    ...(identity !== undefined && { identity }),
    ...(version !== undefined && { version }),
    ...(storageClasses && { storageClasses }),
    ...(csiDrivers && { csiDrivers }),
    ...(snapshotClasses && { snapshotClasses }),
    ...(nodes && { nodes }),
    ...(runtimeClasses && { runtimeClasses }),
    ...(deviceClasses && { deviceClasses }),
    ...(resourceSlices && { resourceSlices }),
    ...(webhooks && { webhooks }),
    ...(services && { services }),
    ...(ingresses && { ingresses }),
    ...(volumeAttachments && { volumeAttachments }),
  };
}

function complete(item: KubeObject, type: ResourceType): KubeObject {
  return { ...item, apiVersion: apiVersionOf(type), kind: type.kind };
}

/** What may not be seen is unknown, not wrong. */
async function quiet<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DrError && (error.code === 'FORBIDDEN' || error.code === 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Those that are refused, as text. Asked of the server itself, with the identity that executes. */
export async function deniedOf(cluster: ClusterClient, access: readonly Access[], signal?: AbortSignal): Promise<string[]> {
  const distinct = new Map(access.map((right) => [`${textOf(right)} ${right.name ?? ''}`, right]));
  const answers = await Promise.all(
    [...distinct.values()].map(async (right) => {
      const { verb, type, subresource, namespace, name } = right;
      const review = {
        apiVersion: apiVersionOf(accessReviewType),
        kind: accessReviewType.kind,
        metadata: { name: '' },
        spec: {
          resourceAttributes: {
            verb,
            group: type.group,
            resource: type.resource,
            ...(subresource !== undefined && { subresource }),
            ...(namespace !== undefined && { namespace }),
            ...(name !== undefined && { name }),
          },
        },
      };
      const answer = await quiet(cluster.create(accessReviewType, review, signal ? { signal } : {}));
      return (answer?.status as { allowed?: boolean } | undefined)?.allowed === false ? textOf(right) : undefined;
    }),
  );
  return [...new Set(answers.filter((text) => text !== undefined))];
}

function textOf({ verb, type, subresource, namespace }: Access): string {
  return `${verb} ${resourceKey(type)}${subresource === undefined ? '' : `/${subresource}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
