import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Coverage, Health } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { clusterToWire, storageLocationToWire } from '@kubectl-dr/core/wire/encode';
import type { WireCluster, WireStorageLocation } from '@kubectl-dr/core/wire/protection';
import type { PortalCaller } from '../authorization/CallerResolver.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { ApplicationReads } from './ApplicationReads.ts';
import type { Asker } from './Asker.ts';

type List<K extends string, T> = { apiVersion: typeof apiVersion; kind: `${K}List`; items: T[] };

export interface FleetReadsOptions {
  reads: ApplicationReads;
  index: FleetIndex;
  configured: readonly ClusterClient[];
  who(credentials: BackstageCredentials): Promise<Pick<PortalCaller, 'operator'>>;
}

/** What is not about one application: clusters, locations, gaps. Shown to whoever may see any application. */
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

  async coverage(asker: Asker): Promise<Coverage> {
    return coverageOf(await this.look(asker));
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
export function coverageOf(applications: readonly ApplicationStatus[]): Coverage {
  let total = 0;
  let captured = 0;
  const gaps: Coverage['gaps'] = [];
  for (const { application, components } of applications) {
    for (const { component, volumes, verdict, point } of components) {
      for (const { cluster, namespace, claim, capture } of volumes) {
        total += 1;
        if (capture?.state === 'captured') {
          captured += 1;
          continue;
        }
        const owner = component.owner ?? application.owner;
        gaps.push({
          application: application.name,
          component: component.name,
          ...(owner !== undefined && { owner }),
          cluster,
          namespace,
          claim,
          state: capture?.state ?? (point ? 'absent' : 'unknown'),
          verdict,
          ...(capture?.message !== undefined && { message: capture.message }),
        });
      }
    }
  }
  return { apiVersion, kind: 'Coverage', volumes: { total, captured }, gaps };
}
