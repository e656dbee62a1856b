/** A copy of what came out of JSON: several times faster than `structuredClone`, and every call of the cluster in memory makes some. */
export function jsonCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(jsonCopy) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) copy[key] = jsonCopy<unknown>(part);
  return copy as T;
}
