import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, OwnerReference, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { matches, parseSelector } from '@kubectl-dr/core/application/selector';
import { at } from '../../api/json.ts';
import { selectorText } from '../../api/selector-text.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Key } from '../controller.ts';
import { ifThere } from '../find.ts';

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function ownerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid!, controller: true, blockOwnerDeletion: true };
}

/** For a watch on what a controller owns: the owner's key. */
export function ownerKeys(type: ResourceType): (object: KubeObject) => Key[] {
  return (object) => {
    const owner = controllerOf(object);
    if (owner === undefined || owner.kind !== type.kind || owner.apiVersion !== apiVersionOf(type)) return [];
    return [{ namespace: object.metadata.namespace!, name: owner.name }];
  };
}

/** Objects of `type` that belong to `owner`. Those without an owner that its selector chooses are taken over. */
export async function owned(cluster: ControlledCluster, owner: KubeObject, type: ResourceType): Promise<KubeObject[]> {
  const { items } = await cluster.list(type, { namespace: owner.metadata.namespace! });
  const selector = at(owner, 'spec', 'selector');
  const requirements = selector === undefined ? undefined : parseSelector(selectorText(selector));
  const found: KubeObject[] = [];
  for (const object of items) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    const controller = controllerOf(object);
    if (controller?.uid === owner.metadata.uid) found.push(object);
    else if (
      controller === undefined &&
      requirements !== undefined &&
      requirements.length > 0 &&
      matches(requirements, object.metadata.labels)
    ) {
      const ownerReferences = [...(object.metadata.ownerReferences ?? []), ownerReference(owner)];
      found.push(
        await cluster.patch({ type, namespace: object.metadata.namespace!, name: object.metadata.name }, 'merge', {
          metadata: { ownerReferences },
        }),
      );
    }
  }
  return found;
}

export function isReady(pod: KubeObject): boolean {
  const conditions = at(pod, 'status', 'conditions');
  return (
    Array.isArray(conditions) && conditions.some((condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True')
  );
}

/** Ready pods first, then the older ones: what survives when there are too many. */
export function bySurvival(left: KubeObject, right: KubeObject): number {
  const age = (pod: KubeObject): string => `${pod.metadata.creationTimestamp ?? ''} ${pod.metadata.name}`;
  return Number(isReady(right)) - Number(isReady(left)) || (age(left) < age(right) ? -1 : 1);
}

export async function removePod(cluster: ControlledCluster, { metadata: { namespace, name } }: KubeObject): Promise<void> {
  await ifThere(cluster.delete({ type: types.pods, namespace: namespace!, name }));
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name for a value, equal for equal values: FNV-1a, in the letters of Kubernetes' own hashes. */
export function shortHash(value: unknown, length = 10): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(canonical(value))) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  let text = '';
  for (let index = 0; index < length; index++) {
    text += alphabet[Number(hash % BigInt(alphabet.length))];
    hash = hash / BigInt(alphabet.length) + BigInt(index);
  }
  return text;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(',')}}`;
}
