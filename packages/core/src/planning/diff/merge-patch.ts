import { isRaw } from '../../application/raw.ts';
import { canonicalJson } from '../hash.ts';

/** The RFC 7396 patch that makes `to` of `from`; undefined when they are equal. Lists are replaced whole. */
export function mergePatchOf(from: unknown, to: unknown): Record<string, unknown> | undefined {
  if (!isRaw(from) || !isRaw(to)) return undefined;
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (canonicalJson(from[field]) === canonicalJson(to[field])) continue;
    if (to[field] === undefined) patch[field] = null;
    else if (isRaw(from[field]) && isRaw(to[field])) patch[field] = mergePatchOf(from[field], to[field]) ?? {};
    else patch[field] = to[field];
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}
