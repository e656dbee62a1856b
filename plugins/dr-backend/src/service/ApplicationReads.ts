import type { AuditorService, BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  ApplicationFilter,
  ApplicationPage,
  ByRefsResponse,
  EntityStatus,
  PortalApplication,
} from '@kubectl-dr/backstage-plugin-dr-common';
import { applicationKind } from '@kubectl-dr/backstage-plugin-dr-common';
import { formatRef, parseRef } from '@kubectl-dr/core/application/entity-ref';
import { NotFoundError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ApplicationStatus, PointUse } from '@kubectl-dr/core/service/model';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { recoveryPointToWire } from '@kubectl-dr/core/wire/encode';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { Access } from '../authorization/Access.ts';
import { notVisible } from '../authorization/Access.ts';
import type { Gate } from '../authorization/Gate.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { Snapshot, Subject } from '../index/snapshot.ts';
import type { Asker } from './Asker.ts';
import { auditRefusal } from './Auditing.ts';
import type { Order } from './pages.ts';
import { countsOf, matchesFilter, pageOf } from './pages.ts';
import type { Age } from './portal-application.ts';
import { ageOf, portalApplication, readyStatus, staleSecondsOf, visiblePart } from './portal-application.ts';

export interface EntityParameters {
  kind: string;
  namespace: string;
  name: string;
}

export interface ApplicationReadsOptions {
  gate: Gate;
  index: FleetIndex;
  auditor: AuditorService;
  clock: Clock;
}

/** Applications and their points, from the index: no request here talks to a cluster or to the catalog. */
export class ApplicationReads {
  private readonly options: ApplicationReadsOptions;

  constructor(options: ApplicationReadsOptions) {
    this.options = options;
  }

  async list(asker: Asker, query: ApplicationFilter & Order & { limit: number; cursor?: string | undefined }): Promise<ApplicationPage> {
    const sorted = this.options.index.current().sorted(query.sort);
    const access = await this.options.gate.admitToLook(asker.credentials);
    const { verdict, ...others } = query;
    const scope = sorted.filter((status) => matchesFilter(status, others));
    await access.prepareReading(scope.map(({ application }) => application));
    const visible = access.maySeeEverything() ? scope : scope.filter(({ application }) => access.maySee(application));
    const wanted = verdict ? visible.filter((status) => matchesFilter(status, { verdict })) : visible;
    const { items, nextCursor } = pageOf(wanted, query);
    return {
      apiVersion,
      kind: 'ApplicationList',
      metadata: {
        total: wanted.length,
        verdicts: countsOf(visible),
        staleSeconds: staleSecondsOf(visible, this.age()),
        ...(nextCursor !== undefined && { nextCursor }),
      },
      items: await this.show(items, access),
    };
  }

  async byRefs(asker: Asker, entityRefs: readonly string[]): Promise<ByRefsResponse> {
    const snapshot = this.options.index.current();
    const access = await this.options.gate.admitToLook(asker.credentials);
    const subjects = entityRefs.map((text) => ({ text, subject: subjectCalled(snapshot, text) }));
    const statuses = [...new Set(subjects.flatMap(({ subject }) => subject?.status ?? []))];
    await access.prepareReading(statuses.map(({ application }) => application));
    const visible = statuses.filter(({ application }) => access.maySee(application));
    const applications = await this.show(visible, access);
    return { items: subjects.map(({ text, subject }) => entityStatus(text, subject, access)), applications };
  }

  async get(asker: Asker, entity: EntityParameters): Promise<PortalApplication> {
    const { status, access } = await this.find(asker, entity);
    return (await this.show([status], access))[0]!;
  }

  async points(
    asker: Asker,
    entity: EntityParameters,
  ): Promise<{ apiVersion: typeof apiVersion; kind: 'RecoveryPointList'; items: WireRecoveryPoint[] }> {
    const { status, access } = await this.find(asker, entity);
    const byId = new Map<string, { component: string; use: PointUse }[]>();
    for (const { component, points } of visiblePart(status, access).components) {
      for (const use of points) {
        const uses = byId.get(use.point.id);
        if (uses) uses.push({ component: component.name, use });
        else byId.set(use.point.id, [{ component: component.name, use }]);
      }
    }
    const clocks = this.clocks();
    const items = [...byId.values()].map((uses) => {
      const { point } = uses[0]!.use;
      return recoveryPointToWire(point, clocks(point.cluster), uses);
    });
    const when = ({ status: { capturedAt, completedAt } }: WireRecoveryPoint): string => capturedAt ?? completedAt ?? '';
    return { apiVersion, kind: 'RecoveryPointList', items: items.sort((a, b) => (when(a) < when(b) ? 1 : when(a) > when(b) ? -1 : 0)) };
  }

  /** The application of an entity that the caller may see; NotFoundError for all others alike. */
  async find(asker: Asker, entity: EntityParameters): Promise<{ status: ApplicationStatus; component?: string; access: Access }> {
    const snapshot = this.options.index.current();
    const access = await this.options.gate.admit(asker.credentials);
    const asked = `${entity.kind}:${entity.namespace}/${entity.name}`;
    const subject = subjectOf(snapshot, entity);
    if (!subject) throw notVisible(asked);
    const { application } = subject.status;
    await access.prepareReading([application]);
    try {
      access.assertMaySee(application, asked);
    } catch (thrown) {
      if (thrown instanceof NotFoundError) {
        const meta = { entityRef: asked, application: application.name, actor: access.caller.name };
        await auditRefusal(this.options.auditor, asker, { eventId: 'application-fetch', severity: 'low', meta }, thrown);
      }
      throw thrown;
    }
    return { status: subject.status, access, ...(subject.component && { component: subject.component.component.name }) };
  }

  /** Applications that the caller may see, reduced to what they may see of them. To show them: who acts is asked about anew. */
  async visible(credentials: BackstageCredentials): Promise<{ applications: ApplicationStatus[]; access: Access }> {
    const { fleet } = this.options.index.current();
    const access = await this.options.gate.admitToLook(credentials);
    await access.prepareReading(fleet.applications.map(({ application }) => application));
    const applications = fleet.applications
      .filter(({ application }) => access.maySee(application))
      .map((status) => visiblePart(status, access));
    return { applications, access };
  }

  private async show(statuses: readonly ApplicationStatus[], access: Access): Promise<PortalApplication[]> {
    await access.prepareActing(statuses.map(({ application }) => application));
    const age = this.age();
    return statuses.map((status) => portalApplication(status, access, age));
  }

  private age(): Age {
    const { index, clock } = this.options;
    return ageOf(index.states(), clock.now().getTime() - index.current().assessedAt);
  }

  /** The clock of each cluster now: as it was at the assessment, moved by the time since. */
  clocks(): (cluster: string) => Date {
    const { index, clock } = this.options;
    const { fleet, assessedAt } = index.current();
    const passed = clock.now().getTime() - assessedAt;
    return (name) => {
      const then = fleet.clusters.find((cluster) => cluster.name === name)?.now;
      return then === undefined ? clock.now() : new Date(Date.parse(then) + passed);
    };
  }
}

/** By a reference as people write it; most are written as the catalog does, and need not be taken apart. */
function subjectCalled(snapshot: Snapshot, text: string): Subject | undefined {
  const exact = text.startsWith(`${applicationKind}:`) ? undefined : snapshot.byRef.get(text);
  return exact ?? subjectOf(snapshot, parseRef(text, { kind: applicationKind }));
}

function subjectOf({ byName, byRef }: Snapshot, entity: EntityParameters | undefined): Subject | undefined {
  if (!entity) return undefined;
  const ref = { kind: entity.kind.toLowerCase(), namespace: entity.namespace.toLowerCase(), name: entity.name.toLowerCase() };
  if (ref.kind !== applicationKind) return byRef.get(formatRef(ref));
  const status = ref.namespace === 'default' ? byName.get(ref.name) : undefined;
  return status && { status };
}

function entityStatus(text: string, subject: Subject | undefined, access: Access): EntityStatus {
  if (!subject) return { kind: 'unknown', entityRef: text };
  const { application } = subject.status;
  const component = subject.component?.component;
  const visible = access.maySee(application) && (component === undefined || access.maySeeComponent(application, component));
  if (!visible) {
    return {
      kind: 'forbidden',
      entityRef: text,
      message: 'The permission policy of this portal does not let you see how this is protected.',
      // Not its owner: who owns what is the catalog's to tell, to whom it lets see that.
      hint: 'Ask whoever keeps the permission policy of this portal.',
    };
  }
  return readyStatus(text, subject, access);
}
