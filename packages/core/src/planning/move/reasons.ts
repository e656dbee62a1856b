import type { Operation } from '../../execution/model.ts';
import type { Reason } from '../../reason.ts';
import type { MovePlace } from './inputs.ts';

/** A planned move needs both sides. */
export function silent(cluster: string, application: string, to: string): Reason {
  return {
    code: 'SOURCE_SILENT',
    severity: 'blocker',
    cluster,
    message: `${cluster} does not answer, so that nothing can be stopped there nor copied once more`,
    fix: `wait until it answers; or go on with what has arrived: kubectl dr failover ${application} --to ${to}`,
  };
}

/** Of a failback: each volume has to have come back once since the application went away. */
export function withoutReverse(places: readonly MovePlace[], past: readonly Operation[], application: string): Reason[] {
  const went = past
    .filter(
      ({ plan, state }) =>
        plan.application === application && state === 'Succeeded' && (plan.intent === 'Failover' || plan.intent === 'Relocate'),
    )
    .map(({ requestedAt }) => Date.parse(requestedAt))
    .toSorted((a, b) => b - a)[0];
  if (went === undefined) return [];
  return places.flatMap(({ cluster, origin, parts }) =>
    parts.flatMap(({ status, data }): Reason[] => {
      if (data.kind !== 'copy') return [];
      const late = data.claims.filter(({ capturedAt }) => !(Date.parse(capturedAt ?? '') >= went));
      if (late.length === 0) return [];
      return [
        {
          code: 'FAILBACK_WITHOUT_REVERSE',
          severity: 'blocker',
          component: status.component.name,
          cluster,
          message: `${late.map(({ claim }) => claim).join(', ')} of ${status.component.name} has not been copied from ${origin.cluster} to ${cluster} yet since it went there`,
          evidence: late.map(({ target }) => `${target.namespace}/${target.name}`),
          fix: 'wait for the first sync: kubectl dr get replications',
        },
      ];
    }),
  );
}
