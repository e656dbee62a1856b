import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Verdict } from '@kubectl-dr/core/service/model';
import type { WatchState } from '@kubectl-dr/kubernetes';

export interface MetricsOptions {
  metrics: MetricsService;
  clock: Clock;
  /** How each cluster stands. */
  states(): readonly WatchState[];
  /** When what is served was assessed, local milliseconds; undefined before the first time. */
  assessedAt(): number | undefined;
  /** Of the fleet as assessed last; undefined while there is none. */
  verdicts(): Readonly<Record<Verdict, number>> | undefined;
}

export interface OperationMetrics {
  /** One that was carried out by this replica, or taken back by it, came to an end. */
  ended(operation: Operation): void;
}

const clusterStates: readonly WatchState['state'][] = ['starting', 'fresh', 'stale', 'unreachable'];
/** Seconds: a configuration is back in some, a large volume in hours. */
const durations = [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400];

/**
 * What a platform team alerts on, to the metrics service of the host (OpenTelemetry): names, units and attributes are in the
 * README. Gauges are of this replica, and every replica says nearly the same; operations are told by the one that carried
 * them out, so that their sum over replicas is right.
 */
export function publishMetrics({ metrics, clock, states, assessedAt, verdicts }: MetricsOptions): OperationMetrics {
  metrics
    .createObservableGauge('dr.index.age', { unit: 's', description: 'Time since the fleet that requests are answered from was assessed.' })
    .addCallback((result) => {
      const at = assessedAt();
      if (at !== undefined) result.observe((clock.now().getTime() - at) / 1000);
    });
  metrics
    .createObservableGauge('dr.cluster.age', { unit: 's', description: 'Time since the cluster answered last.' })
    .addCallback((result) => {
      for (const { cluster, age } of states()) result.observe(age / 1000, { 'k8s.cluster.name': cluster });
    });
  metrics
    .createObservableUpDownCounter('dr.cluster.count', { unit: '{cluster}', description: 'Clusters by how they stand.' })
    .addCallback((result) => {
      const all = states();
      // Also those that are none: a series that ends is no alert.
      for (const state of clusterStates)
        result.observe(all.filter((cluster) => cluster.state === state).length, { 'dr.cluster.state': state });
    });
  metrics
    .createObservableUpDownCounter('dr.application.count', { unit: '{application}', description: 'Applications by verdict.' })
    .addCallback((result) => {
      for (const [verdict, count] of Object.entries(verdicts() ?? {})) result.observe(count, { 'dr.verdict': verdict });
    });
  const took = metrics.createHistogram('dr.operation.duration', {
    unit: 's',
    description: 'From the start of an operation, or of its undo, to its end.',
    advice: { explicitBucketBoundaries: durations },
  });
  return {
    ended({ plan, state, requestedAt, startedAt = requestedAt, endedAt, undo, release }) {
      // What was kept for an undo is released: nothing that was not counted already.
      if (release) return;
      const [began, ended] = undo ? [undo.requestedAt, undo.endedAt] : [startedAt, endedAt];
      if (ended === undefined) return;
      took.record((Date.parse(ended) - Date.parse(began)) / 1000, { 'dr.operation.intent': plan.intent, 'dr.operation.state': state });
    },
  };
}
