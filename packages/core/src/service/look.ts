import { applicationKinds } from '../application/cluster-inventory.ts';
import type { Application } from '../application/model.ts';
import type { TenancyRule } from '../application/tenancy.ts';
import type { DrError } from '../errors.ts';
import { NotFoundError, asDrError } from '../errors.ts';
import type { Operation } from '../execution/model.ts';
import { candidatesFor, openCandidates } from '../planning/select-point.ts';
import type { Catalog, CatalogContents } from '../ports/catalog.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import { type ResourceType, resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReader } from '../ports/reading.ts';
import { nearest } from '../text/nearest.ts';
import { Assessment } from './assess.ts';
import type { ContentsStore } from './contents.ts';
import type { Interpretations } from './interpretations.ts';
import type { ApplicationStatus, ComponentStatus, PointUse } from './model.ts';

export interface LookDeps {
  reader: ClusterReader;
  catalog?: Catalog;
  engines: readonly Engine[];
  tenancy: readonly TenancyRule[];
  clock: Clock;
  contents: ContentsStore;
  interpretations: Interpretations;
  /** Lets others have their turn; absent: everything in one go. */
  pause?(): Promise<void>;
  /** Past operations: those that restored successfully are the proof that it can be done. */
  operations(signal?: AbortSignal): Promise<Operation[]>;
}

/** Types that every look reads. */
export function lookedAt(engines: readonly Engine[]): ResourceType[] {
  return [...new Set([...applicationKinds, ...engines.flatMap((engine) => engine.kinds)])];
}

/** What an assessment may take over from another: see `AssessmentInputs`. */
export interface Tolerance {
  before: Assessment | undefined;
  milliseconds: number;
}

export interface LookOptions {
  /** Types that are wanted besides. */
  extra?: readonly ResourceType[];
  tolerance?: Tolerance | undefined;
  /** As `ReadScope.live`, for whoever plans or acts. */
  live?: boolean;
  signal?: AbortSignal | undefined;
}

/** Reads everything once: clusters, catalog and past operations side by side. */
export async function look(deps: LookDeps, { extra = [], tolerance, live = false, signal }: LookOptions = {}): Promise<Assessment> {
  const { reader, engines, tenancy, clock, contents, interpretations } = deps;
  const known = lookedAt(engines);
  const keys = new Set(known.map(resourceKey));
  const kinds = [...known, ...extra.filter((type) => !keys.has(resourceKey(type)))];
  const [readings, catalog, operations] = await Promise.all([
    reader.read(kinds, { ...(live && { live }), ...(tolerance && { tolerance: tolerance.milliseconds }), ...(signal && { signal }) }),
    readCatalog(deps.catalog, signal),
    deps.operations(signal),
  ]);
  for (const reading of readings) {
    interpretations.of(reading);
    await deps.pause?.();
    signal?.throwIfAborted();
  }
  const assessment = new Assessment({
    readings,
    interpretations,
    ...(tolerance && { tolerance: tolerance.milliseconds, ...(tolerance.before && { before: tolerance.before }) }),
    ...(catalog && { catalog }),
    tenancy,
    engines,
    past: operations,
    contents,
    now: clock.now(),
  });
  contents.forgetReplaced(assessment.points());
  return assessment;
}

/**
 * Reads only what engines keep: a fleet without applications, for whoever asks about points, schedules or locations.
 * `only`: nothing but these, restores among them only so.
 */
export async function lookAtEngines(
  { reader, engines, clock }: LookDeps,
  { only, signal }: { only?: 'points' | 'restores' | undefined; signal?: AbortSignal | undefined },
): Promise<Assessment> {
  const kinds = engines.flatMap((engine) => {
    if (only === 'restores') return engine.restoreKinds ?? [];
    if (only === 'points') return engine.capabilities.backup ? (engine.pointKinds ?? engine.kinds) : [];
    return engine.kinds;
  });
  const readings = await reader.read([...new Set(kinds)], { ...(only ? { identity: false } : {}), ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  return new Assessment({ readings, tenancy: [], engines, past: [], contents: { get: () => 'unread', revision: 0 }, now: clock.now() });
}

/** A catalog that cannot be read leaves the labels; the fleet says what is missing. */
async function readCatalog(catalog: Catalog | undefined, signal?: AbortSignal): Promise<CatalogContents | undefined> {
  try {
    return await catalog?.read(signal);
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const error = asDrError(thrown);
    if (error.name === 'InputError') throw error;
    return { entities: [], problems: [{ location: 'catalog', message: error.message }] };
  }
}

/** By name, by its own entity ref or by that of one of its components. */
export function findApplication(assessment: Assessment, name: string): Application {
  const wanted = name.toLowerCase();
  const { applications } = assessment;
  const found =
    applications.find((application) => application.name.toLowerCase() === wanted || application.entityRef === wanted) ??
    applications.find(({ components }) => components.some((component) => component.entityRef === wanted));
  if (found) return found;
  // Where nothing could be read, nobody knows whether there is one.
  const [silent, ...others] = assessment.inventory.clusters.map(({ reading }) => reading.unreachable);
  if (silent && others.every((error) => error !== undefined)) throw silent;
  const names = applications.map((application) => application.name);
  const meant = nearest(name, names);
  throw new NotFoundError(`there is no application "${name}"`, {
    code: 'UNKNOWN_APPLICATION',
    hint: meant ? `did you mean "${meant}"?` : 'list them with: kubectl dr get apps',
  });
}

/** Applications that are judged in one go: a few milliseconds. */
export const judgedAtOnce = 25;

/** Points read in one go grow as none of them turns out to be usable: 1, 2, 4, 8, 16, 32. */
const rounds = 6;

/**
 * Reads what is inside those points that decide how the applications stand, and no others: the newest in front of the
 * first that is known to be usable. What is still open after that is told as unknown, and continued by the next look.
 */
export async function decideVerdicts(
  assessment: Assessment,
  applications: readonly Application[],
  contents: ContentsStore,
  signal?: AbortSignal,
  pause?: () => Promise<void>,
): Promise<void> {
  await decide(
    assessment,
    applications,
    contents,
    (component) => placesOf(component).map((uses) => openCandidates(uses, { kind: 'latest' })),
    signal,
    pause,
  );
}

/** As `decideVerdicts`, for what somebody chose. `open` gives, per place, the open points in the order of reading. */
export async function decide(
  assessment: Assessment,
  applications: readonly Application[],
  contents: ContentsStore,
  open: (component: ComponentStatus, status: ApplicationStatus) => PointUse[][],
  signal?: AbortSignal,
  pause?: () => Promise<void>,
): Promise<void> {
  let waiting = applications;
  for (let round = 0, count = 1; round < rounds && waiting.length > 0; round += 1, count *= 2) {
    const wanted = new Map<string, PointUse['point']>();
    const still: Application[] = [];
    for (const [index, application] of waiting.entries()) {
      if (pause && index % judgedAtOnce === 0) await pause();
      const status = assessment.status(application);
      const points = status.components.flatMap((component) => open(component, status)).flatMap((uses) => uses.slice(0, count));
      for (const { point } of points) wanted.set(point.id, point);
      if (points.length > 0) still.push(application);
    }
    waiting = still;
    if (wanted.size === 0) return;
    await contents.read(
      [...wanted.values()],
      (point) => engineNamespace(assessment, point.cluster, point.engine) ?? point.namespace,
      signal,
    );
  }
}

/** Candidates per place, for a component that lies in several. */
function placesOf(component: ComponentStatus): PointUse[][] {
  const places = component.component.placements.filter((placement) => placement.cluster !== undefined);
  return places.map(({ cluster, namespace }) => candidatesFor(component, { cluster: cluster!, namespace }));
}

export function engineNamespace(assessment: Assessment, cluster: string, engine: string): string | undefined {
  return assessment.protection(cluster)?.states.find(({ installation }) => installation.engine === engine)?.installation.namespace;
}

/**
 * What these clusters did not tell, and may the next time: what seems to be gone then may be there. A kind that is not
 * served, or that one may not see, is no failure.
 */
export function unreadOf({ inventory }: Assessment, clusters: readonly string[]): DrError | undefined {
  return inventory.clusters
    .filter(({ reading }) => clusters.includes(reading.cluster))
    .flatMap(({ reading }) => [reading.unreachable ?? [], [...reading.failures.values()]].flat())
    .find(({ name }) => name === 'ServiceUnavailableError');
}

/** Where an installed engine works for a namespace: in its own, or in that one when it has none. */
export function engineHome(assessment: Assessment, cluster: string, engine: string, namespace: string): string | undefined {
  const installation = assessment.protection(cluster)?.states.find((state) => state.installation.engine === engine)?.installation;
  return installation?.namespace ?? (installation?.installed ? namespace : undefined);
}
