import { applicationsFromCatalog } from '../application/from-catalog.ts';
import { applicationsFromLabels } from '../application/from-labels.ts';
import { FleetInventory } from '../application/fleet-inventory.ts';
import { mergeApplications } from '../application/merge.ts';
import type { Application } from '../application/model.ts';
import { type TenancyRule, settle } from '../application/tenancy.ts';
import type { DrillRecord, Facts, OldCopy } from '../compliance/facts.ts';
import { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { Sources } from '../compliance/place-facts.ts';
import type { ContentsKnown } from '../compliance/usable.ts';
import { Policies } from '../policy/resolve.ts';
import type { CatalogContents } from '../ports/catalog.ts';
import type { Operation } from '../execution/model.ts';
import type { Engine } from '../ports/engine.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { located } from './located.ts';
import { leftACopy } from './operations.ts';
import { applicationStatus, factsOf } from './application-status.ts';
import type { ApplicationStatus, ClusterStatus, Fleet } from './model.ts';

export interface KnownContents {
  get(pointId: string): ContentsKnown;
  /** Another number whenever an answer of `get` may be another; undefined while time alone may change one. */
  readonly revision: number | undefined;
}

/** Everything that a fleet is computed from. */
export interface AssessmentInputs {
  readings: readonly ClusterReading[];
  /** Absent: labels only. */
  catalog?: CatalogContents;
  tenancy: readonly TenancyRule[];
  engines: readonly Engine[];
  /** Operations of before: those that restored successfully are the proof that it can be done. */
  past: readonly Operation[];
  /** Asked anew at each call of `fleet`, so that contents may arrive between two. */
  contents: KnownContents;
  /** Local time, for what no cluster dates. */
  now: Date;
}

/**
 * One moment of a fleet, indexed once: which applications there are, and how each stands. Pure: the same inputs give
 * the same answers, in CLI and portal alike.
 */
export class Assessment {
  readonly applications: readonly Application[];
  readonly inventory: FleetInventory;
  /** Operations of before. */
  readonly past: readonly Operation[];
  readonly #inputs: AssessmentInputs;
  readonly #protection: ReadonlyMap<string, ClusterProtection>;
  readonly #policies: Policies;
  readonly #problems: readonly Reason[];
  readonly #drills: readonly DrillRecord[];
  readonly #oldCopies: readonly OldCopy[];
  readonly #declared = new Map<Application, Application>();
  readonly #judged = new Map<Application, { status: ApplicationStatus; revision: number | undefined }>();

  constructor(inputs: AssessmentInputs) {
    this.#inputs = inputs;
    this.past = inputs.past;
    this.#drills = inputs.past.flatMap(drillOf);
    this.#oldCopies = inputs.past.filter(leftACopy).map(oldCopyOf);
    this.inventory = new FleetInventory(inputs.readings);
    this.#protection = new Map(
      this.inventory.clusters.map(({ reading }) => [reading.cluster, new ClusterProtection(reading, inputs.engines)]),
    );
    this.#policies = new Policies(inputs.catalog);
    const fromCatalog = inputs.catalog ? applicationsFromCatalog(inputs.catalog) : { applications: [], problems: [] };
    const settled = fromCatalog.applications.map((application) => settle(application, this.inventory, inputs.tenancy));
    const fromLabels = applicationsFromLabels(this.inventory.clusters);
    const merged = mergeApplications(settled, fromLabels, this.inventory, inputs.tenancy);
    this.applications = merged.map((application) => {
      const found = located(application, this, inputs.tenancy);
      if (found !== application) this.#declared.set(found, application);
      return found;
    });
    this.#problems = [...fromCatalog.problems, ...this.#policies.problems];
  }

  protection(cluster: string): ClusterProtection | undefined {
    const inventory = this.inventory.get(cluster);
    return inventory && this.#protection.get(inventory.reading.cluster);
  }

  /** Of all engines on all clusters. */
  points(): RecoveryPoint[] {
    return [...this.#protection.values()].flatMap(({ states }) => states).flatMap(({ points }) => points);
  }

  /** What decides about each component in each of its places. */
  facts(application: Application): Facts[] {
    return factsOf(application, this.#sources()).map(({ facts }) => facts);
  }

  /** Of all clusters, each once. */
  readings(): { reading: ClusterReading; protection: ClusterProtection }[] {
    return this.inventory.clusters.map(({ reading }) => ({ reading, protection: this.#protection.get(reading.cluster)! }));
  }

  /** With the places besides that it was moved from: those are its own as well. */
  everywhere(application: Application): Application {
    const declared = this.#declared.get(application);
    if (!declared) return application;
    const components = application.components.map((component, index) => ({
      ...component,
      placements: [...component.placements, ...(declared.components[index]?.placements ?? [])],
    }));
    return { ...application, components };
  }

  status(application: Application): ApplicationStatus {
    const { revision } = this.#inputs.contents;
    const known = this.#judged.get(application);
    if (known && revision !== undefined && known.revision === revision) return known.status;
    const status = applicationStatus(application, this.#sources());
    this.#judged.set(application, { status, revision });
    return status;
  }

  /** `applications`: judge only these; absent: all. */
  fleet(applications: readonly Application[] = this.applications): Fleet {
    const states = [...this.#protection.values()].flatMap(({ states }) => states);
    return {
      clusters: this.#inputs.readings.map((reading) => this.#clusterStatus(reading)),
      applications: applications.map((application) => this.status(application)),
      points: this.points(),
      schedules: states.flatMap(({ schedules }) => schedules),
      locations: states.flatMap(({ locations }) => locations),
      replications: states.flatMap(({ replications }) => replications),
      restores: states.flatMap(({ restores = [] }) => restores),
      policies: [...this.#policies.all],
      problems: [...this.#problems],
    };
  }

  #clusterStatus(reading: ClusterReading): ClusterStatus {
    return {
      name: reading.cluster,
      ...(reading.identity !== undefined && { identity: reading.identity }),
      reachable: reading.unreachable === undefined,
      ...(reading.unreachable && { error: reading.unreachable }),
      now: reading.now.toISOString(),
      age: reading.age,
      engines: this.protection(reading.cluster)?.states.map(({ installation }) => installation) ?? [],
    };
  }

  #sources(): Sources {
    const { contents, now } = this.#inputs;
    return {
      fleet: this.inventory,
      protection: this.#protection,
      policies: this.#policies,
      drills: this.#drills,
      oldCopies: this.#oldCopies,
      contents: (pointId) => contents.get(pointId),
      now,
    };
  }
}

function drillOf({ id, plan, state, endedAt, measured }: Operation): DrillRecord[] {
  if (plan.intent === 'Backup' || endedAt === undefined) return [];
  if (state !== 'Succeeded' && state !== 'Failed') return [];
  return plan.components.map((component) => ({
    operation: id,
    application: plan.application,
    component,
    at: endedAt,
    succeeded: state === 'Succeeded',
    ...(measured?.rtoSeconds !== undefined && { rtoSeconds: measured.rtoSeconds }),
  }));
}

function oldCopyOf({ id, plan }: Operation): OldCopy {
  const stops = (plan.undo.release ?? []).flat().filter(({ action }) => action.kind === 'copy.stop');
  const clusters = [...new Set(stops.map(({ cluster }) => cluster))];
  return { operation: id, application: plan.application, components: plan.components, clusters };
}
