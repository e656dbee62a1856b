import { textList } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';

/**
 * Reading foreign objects by hand: a field of another type is absent, never an exception. Ten thousand backups are read
 * on every look, which is why no schema library stands here.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** RFC 3339, or absent: `2026-13-45` and the like are not instants. */
export function instant(value: unknown): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

export function metadataOf(object: KubeObject): {
  name: string;
  namespace: string;
  uid?: string;
  labels: Fields;
  annotations: Fields;
  createdAt?: string;
  deleted: boolean;
} {
  const metadata = fields(object.metadata);
  const uid = text(metadata.uid);
  const createdAt = instant(metadata.creationTimestamp);
  return {
    name: text(metadata.name) ?? '',
    namespace: text(metadata.namespace) ?? '',
    labels: fields(metadata.labels),
    annotations: fields(metadata.annotations),
    deleted: metadata.deletionTimestamp !== undefined,
    ...(uid ? { uid } : {}),
    ...(createdAt ? { createdAt } : {}),
  };
}

/** A LabelSelector object as selector text; undefined when it selects everything. */
export function selectorText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const selector = fields(value);
  const parts = Object.entries(fields(selector.matchLabels)).map(([key, wanted]) => `${key}=${String(wanted)}`);
  for (const raw of Array.isArray(selector.matchExpressions) ? selector.matchExpressions : []) {
    const { key, operator, values } = fields(raw);
    if (operator === 'In' || operator === 'NotIn') parts.push(`${String(key)} ${operator.toLowerCase()} (${textList(values).join(',')})`);
    else if (operator === 'Exists') parts.push(String(key));
    else if (operator === 'DoesNotExist') parts.push(`!${String(key)}`);
  }
  return parts.length > 0 ? parts.sort().join(',') : undefined;
}
