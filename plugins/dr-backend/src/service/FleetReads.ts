import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { ApplicationFilter, Coverage, CoverageGap, Health, OwnerList } from '@kubectl-dr/backstage-plugin-dr-common';
import { reachesNamespace } from '@kubectl-dr/core/compliance/coverage';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { nextRunOf } from '@kubectl-dr/core/policy/next-run';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import { restoresOf } from '@kubectl-dr/core/service/restores';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { clusterToWire, enginesToWire, restoreToWire, scheduleToWire, storageLocationToWire } from '@kubectl-dr/core/wire/encode';
import type { WireCluster, WireEngine, WireRestore, WireSchedule, WireStorageLocation } from '@kubectl-dr/core/wire/protection';
import type { PortalCaller } from '../authorization/CallerResolver.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import { sortedBy } from '../index/urgency.ts';
import type { ApplicationReads } from './ApplicationReads.ts';
import type { Asker } from './Asker.ts';
import { countsOf, matchesFilter } from './pages.ts';

type List<K extends string, T> = { apiVersion: typeof apiVersion; kind: `${K}List`; items: T[] };

export interface FleetReadsOptions {
  reads: ApplicationReads;
  index: FleetIndex;
  configured: readonly ClusterClient[];
  engines: readonly Engine[];
  /** Those that the caller may see, newest first. */
  operations(asker: Asker, filter: OperationsFilter): Promise<Operation[]>;
  who(credentials: BackstageCredentials): Promise<Pick<PortalCaller, 'operator'>>;
}

interface OperationsFilter {
  application?: string;
  limit: number;
}

type CoverageFilter = ApplicationFilter & CoverageLimits;
interface CoverageLimits {
  state?: CoverageGap['state'][] | undefined;
  limit: number;
}

/** What is not about one application: clusters, locations, schedules, gaps. Shown to whoever may see any application. */
export class FleetReads {
  private readonly options: FleetReadsOptions;

  constructor(options: FleetReadsOptions) {
    this.options = options;
  }

  async clusters(asker: Asker): Promise<List<'Cluster', WireCluster>> {
    await this.look(asker);
    const { index, reads } = this.options;
    const clocks = reads.clocks();
    const states = new Map(index.states().map((state) => [state.cluster, state]));
    const items = index.current().fleet.clusters.map((cluster): WireCluster => {
      const wire = clusterToWire({ ...cluster, now: clocks(cluster.name).toISOString() });
      const state = states.get(cluster.name);
      if (!state) return wire;
      // The index knows sooner than the last assessment that a cluster is silent.
      const silent = state.error && { reachable: false, message: state.error.message };
      return { ...wire, status: { ...wire.status, staleSeconds: Math.round(state.age / 1000), ...silent } };
    });
    return { apiVersion, kind: 'ClusterList', items };
  }

  async locations(asker: Asker): Promise<List<'StorageLocation', WireStorageLocation>> {
    await this.look(asker);
    return { apiVersion, kind: 'StorageLocationList', items: this.options.index.current().fleet.locations.map(storageLocationToWire) };
  }

  /** Of a schedule its scope is told, as that of a point is: to whoever may see something that it reaches. */
  async schedules(asker: Asker): Promise<List<'Schedule', WireSchedule>> {
    const [seen, { operator }] = await Promise.all([this.look(asker), this.options.who(asker.credentials)]);
    const placements = seen
      .flatMap(({ components }) => components.flatMap(({ component }) => component.placements))
      .filter(({ claim }) => claim !== 'unclaimed');
    const clocks = this.options.reads.clocks();
    const items = this.options.index
      .current()
      .fleet.schedules.filter(
        ({ cluster, scope }) =>
          operator || placements.some((place) => (place.cluster ?? cluster) === cluster && reachesNamespace(scope, place.namespace)),
      )
      .map((schedule) => scheduleToWire(schedule, nextRunOf(schedule, clocks(schedule.cluster))));
    return { apiVersion, kind: 'ScheduleList', items };
  }

  /** By operations alone: records of engines are no part of what a portal watches. */
  async restores(asker: Asker, filter: OperationsFilter): Promise<List<'Restore', WireRestore>> {
    await this.look(asker);
    const clocks = this.options.reads.clocks();
    const operations = await this.options.operations(asker, filter);
    const items = restoresOf([], operations).map((restore) => restoreToWire(restore, clocks(restore.cluster)));
    return { apiVersion, kind: 'RestoreList', items };
  }

  async engines(asker: Asker): Promise<List<'Engine', WireEngine>> {
    await this.look(asker);
    return { apiVersion, kind: 'EngineList', items: enginesToWire(this.options.engines, this.options.index.current().fleet) };
  }

  async coverage(asker: Asker, { state, limit, ...filter }: CoverageFilter): Promise<Coverage> {
    const wanted = (await this.look(asker)).filter((status) => matchesFilter(status, filter));
    return coverageOf(sortedBy('verdict', wanted), { state, limit });
  }

  async owners(asker: Asker): Promise<OwnerList> {
    return ownersOf(await this.look(asker));
  }

  async health(asker: Asker): Promise<Health> {
    const { operator } = await this.options.who(asker.credentials);
    const { failure, assessedAt } = this.options.index;
    const clusters = this.options.index.states().map(({ cluster, state, age, error }) => ({
      name: cluster,
      state,
      staleSeconds: Math.round(age / 1000),
      ...(operator && error && { message: error.message }),
    }));
    const problems: NonNullable<Health['problems']> = [...(assessedAt === undefined ? [] : this.options.index.current().fleet.problems)];
    if (this.options.configured.length === 0) {
      problems.push({
        code: 'BAD_CONFIG',
        severity: 'warning',
        message: 'No cluster is configured',
        fix: 'Name your clusters under dr.clusters in app-config.yaml.',
      });
    }
    if (failure)
      problems.push({ code: failure.code, severity: 'critical', message: failure.message, ...(failure.hint && { fix: failure.hint }) });
    const silent = clusters.some(({ state }) => state === 'stale' || state === 'unreachable');
    const starting = assessedAt === undefined || clusters.some(({ state }) => state === 'starting');
    const degraded = failure !== undefined || silent || this.options.configured.length === 0;
    const status = degraded ? 'degraded' : starting ? 'starting' : 'ok';
    return {
      status,
      ...(assessedAt !== undefined && { assessedAt: new Date(assessedAt).toISOString() }),
      clusters,
      problemCount: problems.length,
      ...(operator && { problems }),
    };
  }

  /** NotAllowedError for whoever may see nothing at all. */
  private async look(asker: Asker): Promise<ApplicationStatus[]> {
    const { applications, access } = await this.options.reads.visible(asker.credentials);
    access.assertMayLook();
    return applications;
  }
}

/** Volume by volume. Unclaimed places have no volumes here: nothing is told of them. */
export function coverageOf(applications: readonly ApplicationStatus[], { state: wanted, limit }: CoverageLimits): Coverage {
  let volumeCount = 0;
  let captured = 0;
  let total = 0;
  const gaps: Coverage['gaps'] = [];
  for (const { application, components } of applications) {
    for (const { component, volumes, verdict, point } of components) {
      for (const { cluster, namespace, claim, capture } of volumes) {
        volumeCount += 1;
        if (capture?.state === 'captured') {
          captured += 1;
          continue;
        }
        // Without any usable point nothing would come back; where nothing could be read, nobody knows.
        const state = capture?.state ?? (point || verdict !== 'Unknown' ? 'absent' : 'unknown');
        if (wanted && !wanted.includes(state)) continue;
        total += 1;
        if (gaps.length >= limit) continue;
        const owner = component.owner ?? application.owner;
        gaps.push({
          application: application.name,
          ...(application.title !== undefined && { title: application.title }),
          ...(application.entityRef !== undefined && { entityRef: application.entityRef }),
          component: component.name,
          ...(owner !== undefined && { owner }),
          cluster,
          namespace,
          claim,
          state,
          verdict,
          ...(capture?.message !== undefined && { message: capture.message }),
        });
      }
    }
  }
  return { apiVersion, kind: 'Coverage', volumes: { total: volumeCount, captured }, total, gaps };
}

export function ownersOf(applications: readonly ApplicationStatus[]): OwnerList {
  const byOwner = new Map<string | undefined, ApplicationStatus[]>();
  for (const status of applications) {
    const { owner } = status.application;
    const theirs = byOwner.get(owner);
    if (theirs) theirs.push(status);
    else byOwner.set(owner, [status]);
  }
  const items = [...byOwner].map(([owner, theirs]) => ({
    ...(owner !== undefined && { owner }),
    total: theirs.length,
    verdicts: countsOf(theirs),
  }));
  return { apiVersion, kind: 'OwnerList', items: items.sort((a, b) => ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1)) };
}
