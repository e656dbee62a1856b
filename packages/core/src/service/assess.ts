import { type CatalogApplications, applicationsFromCatalog } from '../application/from-catalog.ts';
import { applicationsFromLabels } from '../application/from-labels.ts';
import { FleetInventory } from '../application/fleet-inventory.ts';
import { mergeApplications } from '../application/merge.ts';
import type { Application } from '../application/model.ts';
import { type TenancyRule, settle } from '../application/tenancy.ts';
import type { DrillRecord, Facts, UnfinishedMove } from '../compliance/facts.ts';
import type { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { Sources } from '../compliance/place-facts.ts';
import type { ContentsKnown } from '../compliance/usable.ts';
import { Policies } from '../policy/resolve.ts';
import type { CatalogContents } from '../ports/catalog.ts';
import type { Operation } from '../execution/model.ts';
import { isMove } from '../planning/intent.ts';
import type { Engine } from '../ports/engine.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { ManagedApplication, RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { applicationStatus, factsOf } from './application-status.ts';
import { type Basis, basisOf, stillHolds } from './basis.ts';
import { Interpretations } from './interpretations.ts';
import { located } from './located.ts';
import type { ApplicationStatus, ClusterStatus, Fleet } from './model.ts';
import { unfinishedMoves } from './moves/unfinished-moves.ts';
import { withoutStandingCopies } from './standing-copies.ts';

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
  /** Shared by the assessments of one process: absent, everything is worked out anew. */
  interpretations?: Interpretations;
  /** A status of `before` is taken over when what it rests on is the same, and it is no older than `tolerance` milliseconds. */
  before?: Assessment;
  tolerance?: number;
}

interface Judged {
  status: ApplicationStatus;
  revision: number | undefined;
  /** Local time, milliseconds. */
  at: number;
  basis: Basis | undefined;
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
  readonly #inputs: Omit<AssessmentInputs, 'before'>;
  readonly #protection: ReadonlyMap<string, ClusterProtection>;
  readonly #policies: Policies;
  readonly #problems: readonly Reason[];
  readonly #fromCatalog: CatalogApplications;
  readonly #drills: ReadonlyMap<string, readonly DrillRecord[]>;
  /** Of ours, by application. */
  readonly #moves: ReadonlyMap<string, readonly Operation[]>;
  readonly #unfinished = new Map<Application, readonly UnfinishedMove[]>();
  readonly #declared = new Map<Application, Application>();
  readonly #judged = new Map<Application, Judged>();
  /** By name of the application. */
  readonly #before: ReadonlyMap<string, Judged>;

  constructor({ before, ...inputs }: AssessmentInputs) {
    this.#inputs = inputs;
    this.past = inputs.past;
    this.#drills = grouped(inputs.past.flatMap(drillOf), ({ application }) => application);
    this.#moves = grouped(
      inputs.past.filter(({ plan }) => isMove(plan.intent)),
      ({ plan }) => plan.application,
    );
    const { interpretations = new Interpretations(inputs.engines) } = inputs;
    this.inventory = new FleetInventory(inputs.readings, (reading) => interpretations.of(reading).inventory);
    this.#protection = new Map(this.inventory.clusters.map(({ reading }) => [reading.cluster, interpretations.of(reading).protection]));
    this.#before = new Map((before ? [...before.#judged] : []).map(([{ name }, judged]) => [name, judged]));
    const known = before && before.#inputs.catalog === inputs.catalog ? before : undefined;
    this.#policies = known ? known.#policies : new Policies(inputs.catalog);
    const fromCatalog = known
      ? known.#fromCatalog
      : inputs.catalog
        ? applicationsFromCatalog(inputs.catalog)
        : { applications: [], problems: [] };
    this.#fromCatalog = fromCatalog;
    const settled = fromCatalog.applications.map((application) => settle(application, this.inventory, inputs.tenancy));
    const fromLabels = withoutStandingCopies(applicationsFromLabels(this.inventory.clusters), settled, this.managed(), this.inventory);
    const moved = settled.map((application) => located(application, this, inputs.tenancy)).filter((one) => !settled.includes(one));
    const merged = mergeApplications(settled, fromLabels, this.inventory, inputs.tenancy, moved);
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

  /** Applications that engines move by themselves, of all clusters. */
  managed(): ManagedApplication[] {
    return [...this.#protection.values()].flatMap(({ states }) => states.flatMap(({ managed = [] }) => managed));
  }

  /** What decides about each component in each of its places. */
  facts(application: Application): Facts[] {
    return factsOf(application, this.#sources(application)).map(({ facts }) => facts);
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
    const { contents, now, tolerance = 0 } = this.#inputs;
    const { revision } = contents;
    const known = this.#judged.get(application);
    if (known && revision !== undefined && known.revision === revision) return known.status;
    const answers: [string, ContentsKnown][] = [];
    const sources: Sources = {
      ...this.#sources(application),
      contents: (pointId) => {
        const answer = contents.get(pointId);
        answers.push([pointId, answer]);
        return answer;
      },
    };
    // Only who takes statuses over has to know what they rest on.
    const basis = tolerance > 0 ? basisOf(application, sources, this.#operationsOf(application), answers) : undefined;
    const before = known ?? this.#before.get(application.name);
    const taken =
      basis &&
      before?.basis &&
      now.getTime() - before.at < lifetime(application, tolerance) &&
      stillHolds(before.basis, basis, contents.get.bind(contents))
        ? { ...before, revision }
        : { status: applicationStatus(application, sources), revision, at: now.getTime(), basis };
    this.#judged.set(application, taken);
    return taken.status;
  }

  #operationsOf(application: Application): string {
    return JSON.stringify([this.#drills.get(application.name), this.#unfinishedOf(application)]);
  }

  #unfinishedOf(application: Application): readonly UnfinishedMove[] {
    const known = this.#unfinished.get(application);
    const found = known ?? unfinishedMoves(application, this.#moves.get(application.name) ?? [], this.managed());
    if (!known) this.#unfinished.set(application, found);
    return found;
  }

  /** `applications`: judge only these; absent: all. `statuses`: of these, where they are known already. */
  fleet(applications: readonly Application[] = this.applications, statuses?: ApplicationStatus[]): Fleet {
    const states = [...this.#protection.values()].flatMap(({ states }) => states);
    return {
      clusters: this.#inputs.readings.map((reading) => this.#clusterStatus(reading)),
      applications: statuses ?? applications.map((application) => this.status(application)),
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
    const since = reading.takenAt ? Math.max(0, this.#inputs.now.getTime() - reading.takenAt.getTime()) : 0;
    return {
      name: reading.cluster,
      ...(reading.identity !== undefined && { identity: reading.identity }),
      reachable: reading.unreachable === undefined,
      ...(reading.unreachable && { error: reading.unreachable }),
      now: new Date(reading.now.getTime() + since).toISOString(),
      age: reading.age + since,
      engines: this.protection(reading.cluster)?.states.map(({ installation }) => installation) ?? [],
    };
  }

  #sources(application: Application): Sources {
    const { contents, now } = this.#inputs;
    return {
      fleet: this.inventory,
      protection: this.#protection,
      policies: this.#policies,
      drills: this.#drills.get(application.name) ?? [],
      unfinishedMoves: this.#unfinishedOf(application),
      contents: (pointId) => contents.get(pointId),
      now,
    };
  }
}

/** Spread over the second half of what is tolerated, so that a fleet that was judged at once is not renewed at once. */
function lifetime({ name }: Application, tolerance: number): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (hash * 31 + name.charCodeAt(index)) % 1_000;
  return tolerance * (0.5 + hash / 2_000);
}

function grouped<T>(records: readonly T[], applicationOf: (record: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const record of records) {
    const list = found.get(applicationOf(record));
    if (list) list.push(record);
    else found.set(applicationOf(record), [record]);
  }
  return found;
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
