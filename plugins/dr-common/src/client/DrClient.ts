import type { WireDoctorReport } from '@kubectl-dr/core/wire/doctor';
import type { WireDiff, WireOperation } from '@kubectl-dr/core/wire/plan';
import type { WirePolicyLint } from '@kubectl-dr/core/wire/policy';
import type {
  WireCluster,
  WireEngine,
  WirePolicy,
  WireRecoveryPoint,
  WireRestore,
  WireSchedule,
  WireStorageLocation,
} from '@kubectl-dr/core/wire/protection';
import type { WireReport } from '@kubectl-dr/core/wire/report';
import type { ApplicationPage, ApplicationsQuery, ByRefsResponse, EntityStatus, PortalApplication } from '../contract/applications.ts';
import type { DiffQuery, PortalPolicyRendering, ReportQuery } from '../contract/evidence.ts';
import type { Coverage, CoverageQuery, Health, OwnerCounts } from '../contract/fleet.ts';
import type { DecisionBody, OperationsQuery, PlanRequestBody, PortalPlan, StartOperationBody } from '../contract/operations.ts';
import { applicationKind, fillPath, idempotencyHeader, paths } from '../contract/paths.ts';
import type { PortalPolicy } from '../contract/policies.ts';
import { errorOfResponse } from './response-error.ts';

/** Satisfied by Backstage's `discoveryApi` (frontend) and `DiscoveryService` (backend). */
export interface DiscoveryLike {
  getBaseUrl(pluginId: string): Promise<string>;
}

/** Satisfied by Backstage's `fetchApi`, which adds the user's token; elsewhere by `{ fetch }` of one's own. */
export interface FetchLike {
  fetch(input: string, init?: RequestInit): Promise<Response>;
}

export interface RequestOptions {
  signal?: AbortSignal;
  /** Outside the browser: the token to send. `fetchApi` sends its own. */
  token?: string;
}

/** What `byRefs` says of one entity. `application.allowed` is about the component, where the entity is one. */
export type ResolvedStatus =
  | { kind: 'ready'; application: PortalApplication; component?: string }
  | { kind: 'unknown' }
  | { kind: 'forbidden'; message?: string; hint?: string };

/**
 * The API of the plugin `dr`, typed. Every method throws `DrError`s as the backend named them (`name`, `code`, `hint`,
 * `details.status`); a network that fails throws what `fetch` throws.
 *
 * `ref` is an entity reference (`component:default/orders`), or the bare name of an application.
 */
export class DrClient {
  private readonly discovery: DiscoveryLike;
  private readonly fetcher: FetchLike;

  constructor(options: { discoveryApi: DiscoveryLike; fetchApi: FetchLike }) {
    this.discovery = options.discoveryApi;
    this.fetcher = options.fetchApi;
  }

  /** One page, worst verdict first unless asked otherwise. */
  applications(query: ApplicationsQuery = {}, options?: RequestOptions): Promise<ApplicationPage> {
    return this.get(paths.applications + searchOf(query), options);
  }

  /** All pages, one after another. */
  async allApplications(query: Omit<ApplicationsQuery, 'limit' | 'cursor'> = {}, options?: RequestOptions): Promise<PortalApplication[]> {
    const all: PortalApplication[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.applications({ ...query, limit: 1000, ...(cursor === undefined ? {} : { cursor }) }, options);
      all.push(...page.items);
      cursor = page.metadata.nextCursor;
    } while (cursor !== undefined);
    return all;
  }

  /** Many entities in one request, at most 200; by the references that were given. */
  async byRefs(entityRefs: readonly string[], options?: RequestOptions): Promise<Map<string, ResolvedStatus>> {
    const { items, applications } = await this.post<ByRefsResponse>(paths.applicationsByRefs, { entityRefs }, options);
    const byName = new Map(applications.map((application) => [application.metadata.name, application]));
    return new Map(items.map((item) => [item.entityRef, resolve(item, byName)]));
  }

  application(ref: string, options?: RequestOptions): Promise<PortalApplication> {
    return this.get(fillPath(paths.application, partsOf(ref)), options);
  }

  /** Newest first. */
  async points(ref: string, options?: RequestOptions): Promise<WireRecoveryPoint[]> {
    return (await this.get<{ items: WireRecoveryPoint[] }>(fillPath(paths.points, partsOf(ref)), options)).items;
  }

  /** Changes nothing. A plan with blockers is an answer, not an error. */
  plan(ref: string, request: PlanRequestBody, options?: RequestOptions): Promise<PortalPlan> {
    return this.post(fillPath(paths.plans, partsOf(ref)), request, options);
  }

  /** Configuration alone; NotAllowedError for whoever may not plan. */
  diff(ref: string, query: DiffQuery = {}, options?: RequestOptions): Promise<WireDiff> {
    return this.get(fillPath(paths.diff, partsOf(ref)) + searchOf(query), options);
  }

  /** Of one application (whoever may plan), or of all (`undefined`; operators). The same holds for the three below. */
  doctor(ref: string | undefined, options?: RequestOptions): Promise<WireDoctorReport> {
    return this.get(ref === undefined ? paths.fleetDoctor : fillPath(paths.doctor, partsOf(ref)), options);
  }

  report(ref: string | undefined, query: ReportQuery = {}, options?: RequestOptions): Promise<WireReport> {
    return this.get((ref === undefined ? paths.fleetReport : fillPath(paths.report, partsOf(ref))) + searchOf(query), options);
  }

  policyChanges(ref: string | undefined, options?: RequestOptions): Promise<PortalPolicyRendering> {
    return this.get(ref === undefined ? paths.fleetPolicyChanges : fillPath(paths.policyChanges, partsOf(ref)), options);
  }

  /** Of one application: for whoever may see it. */
  async policyLint(ref: string | undefined, options?: RequestOptions): Promise<WirePolicyLint[]> {
    const path = ref === undefined ? paths.fleetPolicyLint : fillPath(paths.policyLint, partsOf(ref));
    return (await this.get<{ items: WirePolicyLint[] }>(path, options)).items;
  }

  /** `idempotencyKey`: one per press of a button; the same key again answers with the operation that it started. */
  startOperation(body: StartOperationBody, idempotencyKey: string, options?: RequestOptions): Promise<WireOperation> {
    return this.post(paths.operations, body, options, { [idempotencyHeader]: idempotencyKey });
  }

  /** Newest first. */
  async operations(query: OperationsQuery = {}, options?: RequestOptions): Promise<WireOperation[]> {
    return (await this.get<{ items: WireOperation[] }>(paths.operations + searchOf(query), options)).items;
  }

  operation(id: string, options?: RequestOptions): Promise<WireOperation> {
    return this.get(fillPath(paths.operation, { id }), options);
  }

  cancel(id: string, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.cancelOperation, { id }), undefined, options);
  }

  resume(id: string, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.resumeOperation, { id }), undefined, options);
  }

  /** What was restored in place goes back to the state before. */
  undo(id: string, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.undoOperation, { id }), undefined, options);
  }

  /** Ends the undo window: what was kept is released, for good. */
  confirm(id: string, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.confirmOperation, { id }), undefined, options);
  }

  approve(id: string, decision: DecisionBody = {}, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.approveOperation, { id }), decision, options);
  }

  reject(id: string, decision: DecisionBody = {}, options?: RequestOptions): Promise<WireOperation> {
    return this.post(fillPath(paths.rejectOperation, { id }), decision, options);
  }

  async clusters(options?: RequestOptions): Promise<WireCluster[]> {
    return (await this.get<{ items: WireCluster[] }>(paths.clusters, options)).items;
  }

  async policies(options?: RequestOptions): Promise<WirePolicy[]> {
    return (await this.get<{ items: WirePolicy[] }>(paths.policies, options)).items;
  }

  /** `ref`: `drpolicy:default/gold`, or its name. */
  policy(ref: string, options?: RequestOptions): Promise<PortalPolicy> {
    const { namespace, name } = partsOf(ref);
    return this.get(fillPath(paths.policy, { namespace, name }), options);
  }

  /** Those that reach an application which the caller may see; all of them for operators. */
  async schedules(options?: RequestOptions): Promise<WireSchedule[]> {
    return (await this.get<{ items: WireSchedule[] }>(paths.schedules, options)).items;
  }

  /** By operations, newest first: what an engine was asked for directly is not among them. */
  async restores(query: OperationsQuery = {}, options?: RequestOptions): Promise<WireRestore[]> {
    return (await this.get<{ items: WireRestore[] }>(paths.restores + searchOf(query), options)).items;
  }

  async engines(options?: RequestOptions): Promise<WireEngine[]> {
    return (await this.get<{ items: WireEngine[] }>(paths.engines, options)).items;
  }

  async locations(options?: RequestOptions): Promise<WireStorageLocation[]> {
    return (await this.get<{ items: WireStorageLocation[] }>(paths.locations, options)).items;
  }

  coverage(query: CoverageQuery = {}, options?: RequestOptions): Promise<Coverage> {
    return this.get(paths.coverage + searchOf(query), options);
  }

  /** One entry per owner of applications that the caller may see. */
  async owners(options?: RequestOptions): Promise<OwnerCounts[]> {
    return (await this.get<{ items: OwnerCounts[] }>(paths.owners, options)).items;
  }

  health(options?: RequestOptions): Promise<Health> {
    return this.get(paths.health, options);
  }

  private get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.send(path, { method: 'GET', headers: {} }, options);
  }

  private post<T>(path: string, body: unknown, options?: RequestOptions, headers: Record<string, string> = {}): Promise<T> {
    if (body === undefined) return this.send(path, { method: 'POST', headers }, options);
    return this.send(
      path,
      { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
      options,
    );
  }

  private async send<T>(
    path: string,
    init: { method: string; headers: Record<string, string>; body?: string },
    options: RequestOptions = {},
  ): Promise<T> {
    const url = `${await this.discovery.getBaseUrl('dr')}${path}`;
    const response = await this.fetcher.fetch(url, {
      ...init,
      headers: { ...init.headers, ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }) },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!response.ok) throw await errorOfResponse(response);
    return (await response.json()) as T;
  }
}

function resolve(item: EntityStatus, applications: ReadonlyMap<string, PortalApplication>): ResolvedStatus {
  if (item.kind !== 'ready') return item;
  const application = applications.get(item.application);
  if (!application) return { kind: 'unknown' };
  if (item.component === undefined) return { kind: 'ready', application };
  return { kind: 'ready', component: item.component, application: { ...application, allowed: item.allowed ?? application.allowed } };
}

/** `component:default/orders`; a namespace left out is `default`, a kind left out means the name of an application. */
function partsOf(ref: string): { kind: string; namespace: string; name: string } {
  const [, kind = applicationKind, namespace = 'default', name = ref] = /^(?:([^:/]+):)?(?:([^:/]+)\/)?(.+)$/.exec(ref) ?? [];
  return { kind, namespace, name };
}

function searchOf(query: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(key, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
