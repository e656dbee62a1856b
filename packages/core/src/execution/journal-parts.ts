import type { KubeObject } from '../ports/kubernetes.ts';
import { labels } from '../application/model.ts';

/** More is no journal: who writes such a thing wants to fill a memory. */
export const maxParts = 64;

/** Of the ConfigMap with the nth part of a plan that is too large for one. */
export function partName(id: string, part: number): string {
  return `${id}.plan-${part}`;
}

/** Id of the operation that a part of that name is of. Undefined: it is none. */
export function ownerOf(part: string): string | undefined {
  return /^(.+)\.plan-\d+$/.exec(part)?.[1];
}

export function isPart({ metadata }: KubeObject): boolean {
  return metadata.labels?.[labels.part] !== undefined;
}

/** The first ConfigMap with the whole plan in it. With a part missing there is none, which `entryOf` refuses. */
export function joined(object: KubeObject, parts: readonly (KubeObject | undefined)[]): KubeObject {
  if (parts.length === 0 || parts.includes(undefined)) return object;
  const plan = parts.map((part) => String((part?.data as Record<string, unknown> | undefined)?.plan ?? '')).join('');
  return { ...object, data: { ...(object.data as object), plan } };
}

export function partsOf(object: KubeObject): number {
  const count = Number((object.data as Record<string, unknown> | undefined)?.planParts ?? 0);
  return Number.isInteger(count) && count > 0 && count <= maxParts ? count : 0;
}
