import { createApiRef } from '@backstage/core-plugin-api';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import type { WireOperation, WirePlan } from '@kubectl-dr/core/wire/plan';
import type { WireCluster, WireRecoveryPoint, WireStorageLocation } from '@kubectl-dr/core/wire/protection';

/** What the signed-in user may do; only the backend knows. Shown, never enforced here. */
export interface Allowed {
  plan: boolean;
  restore: boolean;
  operate: boolean;
}

/** An application as the portal's backend serves it. */
export interface PortalApplication extends WireApplication {
  allowed?: Allowed;
  /** Seconds since the reading behind it was fresh. */
  staleSeconds?: number;
}

/** One entity of a page: the application it is or belongs to, or why there is nothing to show. */
export type EntityStatus =
  | { kind: 'ready'; application: PortalApplication; component?: string }
  | { kind: 'unknown' }
  | { kind: 'forbidden'; message?: string; hint?: string };

export interface RestoreRequest {
  intent: 'Restore';
  mode: 'clone';
  components?: string[];
  point?: string;
  namespace?: string;
}

/** What the components of this plugin ask of the backend; `DrClient` behind it, see `clientApi.ts`. */
export interface DrApi {
  /** Entity refs asked for at about the same time share one request. */
  status(entityRef: string): Promise<EntityStatus>;
  applications(signal?: AbortSignal): Promise<PortalApplication[]>;
  application(ref: string, signal?: AbortSignal): Promise<PortalApplication>;
  points(ref: string, signal?: AbortSignal): Promise<WireRecoveryPoint[]>;
  plan(ref: string, request: RestoreRequest, signal?: AbortSignal): Promise<WirePlan>;
  startOperation(body: { plan: { id: string; hash: string }; reason?: string }, idempotencyKey: string): Promise<WireOperation>;
  operations(filter: { application?: string }, signal?: AbortSignal): Promise<WireOperation[]>;
  operation(id: string, signal?: AbortSignal): Promise<WireOperation>;
  cancel(id: string): Promise<unknown>;
  resume(id: string): Promise<unknown>;
  clusters(signal?: AbortSignal): Promise<WireCluster[]>;
  locations(signal?: AbortSignal): Promise<WireStorageLocation[]>;
}

export const drApiRef = createApiRef<DrApi>({ id: 'plugin.dr.client' });
