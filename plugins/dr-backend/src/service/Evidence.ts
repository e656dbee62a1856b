import type { AuditorService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { PortalPolicyRendering } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Application } from '@kubectl-dr/core/application/model';
import type { DoctorReport } from '@kubectl-dr/core/doctor/model';
import { NotAllowedError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { chosenComponents } from '@kubectl-dr/core/planning/places';
import type { PolicyLint } from '@kubectl-dr/core/policy/lint';
import { assignedPolicy, lintPolicies } from '@kubectl-dr/core/policy/lint';
import { isPolicy } from '@kubectl-dr/core/policy/parse';
import type { Catalog, CatalogContents } from '@kubectl-dr/core/ports/catalog';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import { diffOf } from '@kubectl-dr/core/service/restore-diff';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { diffToWire } from '@kubectl-dr/core/wire/encode';
import { doctorReportToWire } from '@kubectl-dr/core/wire/encode-doctor';
import { policyChangeToWire, policyLintToWire } from '@kubectl-dr/core/wire/encode-policy';
import { reportToWire } from '@kubectl-dr/core/wire/encode-report';
import type { WireDoctorReport } from '@kubectl-dr/core/wire/doctor';
import type { WireDiff } from '@kubectl-dr/core/wire/plan';
import type { WirePolicyLint } from '@kubectl-dr/core/wire/policy';
import type { WireReport } from '@kubectl-dr/core/wire/report';
import type { Access } from '../authorization/Access.ts';
import type { Gate } from '../authorization/Gate.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { ApplicationReads, EntityParameters } from './ApplicationReads.ts';
import type { Asker } from './Asker.ts';
import { auditRefusal } from './Auditing.ts';
import { concerned } from './concerned.ts';
import type { Judge } from './Judge.ts';
import { limited } from './limited.ts';
import { visiblePart } from './portal-application.ts';

export interface EvidenceOptions {
  service: DrService;
  gate: Gate;
  reads: ApplicationReads;
  index: FleetIndex;
  judge: Judge;
  catalog: Catalog;
  engines: readonly Engine[];
  auditor: AuditorService;
  /** Operations that the caller may see, newest first. */
  operations(asker: Asker, filter: { application?: string; limit: number }): Promise<Operation[]>;
}

/** How many operations are looked through for a report. */
const lookedThrough = 1000;

/**
 * What is looked at more closely than a status: differences, findings, reports, what policies ask for. It reads live objects
 * with the portal's own rights, so it is for whoever may plan with every component that it tells of; of everything at once for
 * operators. Nothing is written, so only refusals are audited.
 */
export class Evidence {
  private readonly options: EvidenceOptions;

  constructor(options: EvidenceOptions) {
    this.options = options;
  }

  async diff(asker: Asker, entity: EntityParameters, query: { component?: string[]; point?: string }): Promise<WireDiff> {
    const { reads, service, judge } = this.options;
    const { status, component, access } = await reads.find(asker, entity);
    const { application } = status;
    const components = query.component ?? (component === undefined ? undefined : [component]);
    return this.audited(asker, 'diff-fetch', access, application, async () => {
      await judge.assertMay('plan', status, components, access);
      judge.assertReachable(chosenComponents(status, components).map((chosen) => chosen.component));
      const plan = await limited(`The comparison of ${application.name}`, (signal) =>
        service.plan(
          {
            intent: 'Restore',
            mode: 'configOnly',
            application: application.name,
            ...(components && { components }),
            ...(query.point !== undefined && { point: query.point }),
          },
          { name: access.caller.name },
          { signal },
        ),
      );
      await judge.assertMay('plan', status, concerned(plan, application), access);
      return diffToWire(diffOf(plan));
    });
  }

  async doctor(asker: Asker, entity: EntityParameters): Promise<WireDoctorReport> {
    const { status, access } = await this.own(asker, entity, 'doctor-fetch');
    return doctorReportToWire(await this.examined(access, status.application.name));
  }

  async fleetDoctor(asker: Asker): Promise<WireDoctorReport> {
    return doctorReportToWire(await this.examined(await this.operator(asker, 'doctor-fetch')));
  }

  async report(asker: Asker, entity: EntityParameters, days: number): Promise<WireReport> {
    const { index, operations } = this.options;
    const { status, access } = await this.own(asker, entity, 'report-fetch');
    const { name } = status.application;
    const doctor = await this.examined(access, name);
    const restores = await operations(asker, { application: name, limit: lookedThrough });
    return reportToWire({ ...index.current().fleet, applications: [visiblePart(status, access)] }, doctor, restores, days);
  }

  async fleetReport(asker: Asker, days: number): Promise<WireReport> {
    const { index, reads, operations } = this.options;
    const access = await this.operator(asker, 'report-fetch');
    const { applications } = await reads.visible(asker.credentials);
    const [doctor, restores] = [await this.examined(access), await operations(asker, { limit: lookedThrough })];
    return reportToWire({ ...index.current().fleet, applications }, doctor, restores, days);
  }

  async policyChanges(asker: Asker, entity: EntityParameters): Promise<PortalPolicyRendering> {
    const { status, access } = await this.own(asker, entity, 'policy-fetch');
    return this.rendered(access, status.application.name);
  }

  async fleetPolicyChanges(asker: Asker): Promise<PortalPolicyRendering> {
    return this.rendered(await this.operator(asker, 'policy-fetch'));
  }

  /** Only of the catalog, so whoever may see the application may see it. */
  async policyLint(asker: Asker, entity: EntityParameters): Promise<List> {
    const { reads, catalog } = this.options;
    const { status, access } = await reads.find(asker, entity);
    return this.linted(contentsOf(await catalog.read(), visiblePart(status, access)));
  }

  async fleetPolicyLint(asker: Asker): Promise<List> {
    await this.operator(asker, 'policy-fetch');
    return this.linted(await this.options.catalog.read());
  }

  private examined(access: Access, application?: string): Promise<DoctorReport> {
    const asked = application !== undefined && { application };
    return limited(`The examination of ${application ?? 'the fleet'}`, (signal) =>
      this.options.service.doctor({ name: access.caller.name }, { ...asked, signal }),
    );
  }

  private async rendered(access: Access, application?: string): Promise<PortalPolicyRendering> {
    const asked = application !== undefined && { application };
    const { changes, reasons } = await limited(`What the policies of ${application ?? 'the fleet'} ask for`, (signal) =>
      this.options.service.policies({ name: access.caller.name }, { ...asked, signal }),
    );
    return { apiVersion, kind: 'PolicyChangeList', items: changes.map((change) => policyChangeToWire(change, false)), reasons };
  }

  private linted(contents: CatalogContents): List {
    const found: PolicyLint[] = lintPolicies(contents, this.options.engines);
    return { apiVersion, kind: 'PolicyLintList', items: found.map(policyLintToWire) };
  }

  /** An application with which the caller may plan, whole. */
  private async own(asker: Asker, entity: EntityParameters, eventId: string): Promise<{ status: ApplicationStatus; access: Access }> {
    const { reads, judge } = this.options;
    const { status, access } = await reads.find(asker, entity);
    await this.audited(asker, eventId, access, status.application, () => judge.assertMay('plan', status, undefined, access));
    return { status, access };
  }

  private async operator(asker: Asker, eventId: string): Promise<Access> {
    const access = await this.options.gate.admit(asker.credentials);
    await this.audited(asker, eventId, access, undefined, async () => {
      if (!access.caller.operator)
        throw new NotAllowedError('Only an operator may look at everything this closely', { hint: 'Name one of your applications.' });
    });
    return access;
  }

  private async audited<T>(
    asker: Asker,
    eventId: string,
    access: Access,
    application: Application | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof NotAllowedError) {
        const meta = { actor: access.caller.name, application: application?.name };
        await auditRefusal(this.options.auditor, asker, { eventId, severity: 'low', meta }, thrown);
      }
      throw thrown;
    }
  }
}

interface List {
  apiVersion: typeof apiVersion;
  kind: 'PolicyLintList';
  items: WirePolicyLint[];
}

/** Of the catalog: the entities of an application, and the policies that these are assigned or follow. */
function contentsOf({ entities }: CatalogContents, { application, components }: ApplicationStatus): CatalogContents {
  const refs = new Set([application.entityRef, ...components.map(({ component }) => component.entityRef)]);
  const own = entities.filter(({ kind, metadata: { namespace, name } }) => refs.has(stringifyEntityRef({ kind, namespace, name })));
  const names = new Set([...components.map(({ policy }) => policy?.name), ...own.map(assignedPolicy)]);
  return { entities: [...own, ...entities.filter((entity) => isPolicy(entity) && names.has(entity.metadata.name))], problems: [] };
}
