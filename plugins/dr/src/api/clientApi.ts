import { DrClient, type DiscoveryLike, type FetchLike } from '@kubectl-dr/backstage-plugin-dr-common';
import { plainAll } from '../text/plain.ts';
import { coalesce } from './coalesce.ts';
import type { DrApi } from './drApi.ts';

/** `DrApi` over HTTP. `fetchApi` adds the user's token. */
export function createClientApi(dependencies: { discoveryApi: DiscoveryLike; fetchApi: FetchLike }): DrApi {
  const client = new DrClient(dependencies);
  return {
    status: coalesce(async (entityRefs) => {
      const found = await client.byRefs(entityRefs);
      for (const status of found.values()) plainAll(status);
      return found;
    }),
    applications: async (query, signal) => plainAll(await client.applications(query, { signal })),
    owners: async (signal) => plainAll(await client.owners({ signal })),
    coverage: async (query, signal) => plainAll(await client.coverage(query, { signal })),
    points: async (ref, signal) => plainAll(await client.points(ref, { signal })),
    plan: async (ref, request, signal) => plainAll(await client.plan(ref, request, { signal })),
    startOperation: async (body, idempotencyKey) => plainAll(await client.startOperation(body, idempotencyKey)),
    operations: async (filter, signal) => plainAll(await client.operations(filter, { signal })),
    operation: async (id, signal) => plainAll(await client.operation(id, { signal })),
    cancel: async (id) => plainAll(await client.cancel(id)),
    resume: async (id) => plainAll(await client.resume(id)),
    undo: async (id) => plainAll(await client.undo(id)),
    confirm: async (id) => plainAll(await client.confirm(id)),
    approve: async (id) => plainAll(await client.approve(id)),
    reject: async (id) => plainAll(await client.reject(id)),
    clusters: async (signal) => plainAll(await client.clusters({ signal })),
    policy: async (ref, signal) => plainAll(await client.policy(ref, { signal })),
    locations: async (signal) => plainAll(await client.locations({ signal })),
  };
}
