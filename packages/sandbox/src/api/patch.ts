import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { applyPatch } from 'rfc6902';
import type { Patch } from 'rfc6902';
import { applyConfiguration } from './apply.ts';
import { asKubeObject, isRecord, mergePatch } from './json.ts';
import type { Resource } from './resource.ts';
import { ApiError, badRequest, unsupportedMediaType } from './status.ts';
import { strategicMerge } from './strategic.ts';

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export interface PatchRequest {
  mediaType: string;
  body: unknown;
  /** Server-side apply only. */
  manager: string;
  force: boolean;
  now: string;
}

/** The object that a patch makes of the stored one; `current` may be missing only for server-side apply. */
export function patched(resource: Resource, current: KubeObject | undefined, request: PatchRequest): KubeObject {
  const { mediaType, body } = request;
  if (mediaType === patchTypes.apply) return apply(resource, current, request);
  if (current === undefined) throw badRequest('nothing to patch');
  if (mediaType === patchTypes.json) return asKubeObject(jsonPatched(current, body));
  if (!isRecord(body)) throw badRequest('the body of a patch must be an object');
  if (mediaType === patchTypes.merge) return asKubeObject(mergePatch(current, body) as Record<string, unknown>);
  if (mediaType === patchTypes.strategic && resource.builtIn) {
    return asKubeObject(strategicMerge(resource.structure, current, body) as Record<string, unknown>);
  }
  const supported = Object.values(patchTypes).filter((type) => resource.builtIn || type !== patchTypes.strategic);
  throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`);
}

function apply(resource: Resource, current: KubeObject | undefined, { body, manager, force, now }: PatchRequest): KubeObject {
  if (manager === '') throw badRequest('PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch');
  if (!isRecord(body)) throw badRequest('the body of an apply patch must be an object');
  return applyConfiguration(current, asKubeObject(body), { manager, force, now, type: resource.structure });
}

function jsonPatched(current: KubeObject, body: unknown): Record<string, unknown> {
  if (!Array.isArray(body)) throw badRequest('the body of a JSON patch must be a list of operations');
  if (body.length > 10_000) throw new ApiError(413, 'RequestEntityTooLarge', 'a JSON patch may have 10000 operations at most');
  const copy = structuredClone(current);
  if (applyPatch(copy, body as Patch).every((result) => result === null)) return copy;
  // The real server keeps to itself what is wrong.
  throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
