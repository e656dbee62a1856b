import { createApiRef } from '@backstage/core-plugin-api';
import type {
  ApplicationPage,
  ApplicationsQuery,
  Coverage,
  CoverageQuery,
  OwnerCounts,
  PlanRequestBody,
  PortalPlan,
  PortalPolicy,
  PortalApplication,
  ResolvedStatus,
  StartOperationBody,
} from '@kubectl-dr/backstage-plugin-dr-common';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type { WireCluster, WireRecoveryPoint, WireStorageLocation } from '@kubectl-dr/core/wire/protection';

export type { PortalApplication };

/**
 * What the components of this plugin ask of the backend; `clientApi.ts` does it with `DrClient`. Every text in the
 * answers may be shown: what cannot be printed has been replaced.
 *
 * `ref` is an entity reference, or the bare name of an application that no catalog knows.
 */
export interface DrApi {
  /** Entity refs asked for at about the same time share one request. */
  status(entityRef: string): Promise<ResolvedStatus>;
  /** One page of those that the user may see. */
  applications(query: ApplicationsQuery, signal?: AbortSignal): Promise<ApplicationPage>;
  owners(signal?: AbortSignal): Promise<OwnerCounts[]>;
  coverage(query: CoverageQuery, signal?: AbortSignal): Promise<Coverage>;
  points(ref: string, signal?: AbortSignal): Promise<WireRecoveryPoint[]>;
  plan(ref: string, request: PlanRequestBody, signal?: AbortSignal): Promise<PortalPlan>;
  startOperation(body: StartOperationBody, idempotencyKey: string): Promise<WireOperation>;
  operations(filter: { application?: string }, signal?: AbortSignal): Promise<WireOperation[]>;
  operation(id: string, signal?: AbortSignal): Promise<WireOperation>;
  cancel(id: string): Promise<WireOperation>;
  resume(id: string): Promise<WireOperation>;
  undo(id: string): Promise<WireOperation>;
  confirm(id: string): Promise<WireOperation>;
  approve(id: string): Promise<WireOperation>;
  reject(id: string): Promise<WireOperation>;
  clusters(signal?: AbortSignal): Promise<WireCluster[]>;
  /** `ref`: of a DRPolicy. */
  policy(ref: string, signal?: AbortSignal): Promise<PortalPolicy>;
  locations(signal?: AbortSignal): Promise<WireStorageLocation[]>;
}

export const drApiRef = createApiRef<DrApi>({ id: 'plugin.dr.client' });
