import { textAt, timeOf } from '../../application/raw.ts';
import type { Check, Checkup, EngineSeen, Finding } from '../../doctor/check.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { objectsOf } from '../../ports/reading.ts';
import { formatAge } from '../../text/age.ts';
import { kinds } from './kinds.ts';
import { conditionOf } from './placement.ts';

/** A living operator looks at every placement once a minute: 30 minutes. */
const silence = 30 * 60_000;

const checks: readonly Check<EngineSeen>[] = [
  { codes: ['ENGINE_DOWN'], needs: [kinds.placements], find: unlooked },
  { codes: ['REPLICATION_FAILED'], needs: [kinds.placements, kinds.clusters], find: unready },
];

export const checkup: Checkup = { kinds: [], checks };

function unlooked({ reading }: EngineSeen): Finding[] {
  const now = reading.now.getTime();
  return objectsOf(reading, resourceKey(kinds.placements))
    .flatMap((placement): Finding[] => {
      const looked = timeOf(textAt(placement, 'status', 'lastUpdateTime')) ?? timeOf(textAt(placement, 'metadata', 'creationTimestamp'));
      const [name, namespace] = [textAt(placement, 'metadata', 'name'), textAt(placement, 'metadata', 'namespace')];
      if (looked === undefined || now - looked <= silence || name === undefined) return [];
      return [
        {
          code: 'ENGINE_DOWN',
          severity: 'critical',
          cluster: reading.cluster,
          message: `Ramen on ${reading.cluster} has not looked at ${name} for ${formatAge(now - looked)}: nothing fails over`,
          evidence: [`${kinds.placements.kind} ${namespace}/${name}`],
          fix: `kubectl --context ${reading.cluster} get pods -A -l app=ramen-hub`,
        },
      ];
    })
    .slice(0, 1);
}

/** Clusters that Ramen cannot use, and applications that the other side could not take now. */
function unready({ reading, state }: EngineSeen): Finding[] {
  const clusters = objectsOf(reading, resourceKey(kinds.clusters)).flatMap((object): Finding[] => {
    const [name, validated] = [textAt(object, 'metadata', 'name'), conditionOf(object, 'Validated')];
    if (name === undefined || validated?.status !== 'False') return [];
    return [
      {
        code: 'REPLICATION_FAILED',
        severity: 'warning',
        cluster: reading.cluster,
        message: `Ramen on ${reading.cluster} cannot use the cluster ${name}${validated.message ? `: ${validated.message}` : ''}`,
        evidence: [`${kinds.clusters.kind} ${name}`],
        fix: `kubectl --context ${reading.cluster} describe drcluster ${name}`,
      },
    ];
  });
  const applications = (state.managed ?? []).flatMap(({ name, namespace, phase, message, pending }): Finding[] => {
    if (phase !== 'Failed' && phase !== 'Degraded' && pending === undefined) return [];
    const why = pending ?? message ?? 'Ramen does not say why';
    return [
      {
        code: 'REPLICATION_FAILED',
        severity: 'warning',
        cluster: reading.cluster,
        message: `${name} could not fail over now: ${why}`,
        evidence: [`${kinds.placements.kind} ${namespace}/${name}`],
        fix: `kubectl --context ${reading.cluster} -n ${namespace} get drpc ${name} -o wide`,
      },
    ];
  });
  return [...clusters, ...applications];
}
