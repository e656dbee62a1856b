import { at, listAt, textAt } from '../../application/raw.ts';
import { type KubeObject, types } from '../../ports/kubernetes.ts';
import { type ClusterReading, objectsOf } from '../../ports/reading.ts';
import type { StorageLocation } from '../../protection/model.ts';
import type { FleetSeen } from '../model.ts';
import type { Check, Finding } from '../check.ts';

/** Types that checks of clusters want to see besides those of applications. */
export const fleetKinds = [types.persistentVolumes];

/** Checks over clusters: what no application can see of itself. */
export const fleetChecks: readonly Check<FleetSeen>[] = [
  { codes: ['LOCATION_SHARED'], needs: [], find: sharedLocations },
  {
    codes: ['VOLUME_RETAINED'],
    needs: [types.persistentVolumes, types.statefulSets],
    find: ({ clusters }) => clusters.flatMap(({ reading }) => retained(reading)),
  },
];

/** The same bucket and prefix, written by two clusters. */
function sharedLocations({ clusters }: FleetSeen): Finding[] {
  const writers = new Map<string, StorageLocation[]>();
  for (const location of clusters.flatMap(({ protection }) => protection.states).flatMap(({ locations }) => locations)) {
    if (location.accessMode !== 'ReadWrite' || location.target === undefined) continue;
    const key = JSON.stringify([location.engine, location.provider, location.endpoint, location.target]);
    writers.set(key, [...(writers.get(key) ?? []), location]);
  }
  return [...writers.values()]
    .filter((locations) => new Set(locations.map(({ cluster }) => cluster)).size > 1)
    .map((locations): Finding => {
      const names = [...new Set(locations.map(({ cluster }) => cluster))];
      return {
        code: 'LOCATION_SHARED',
        severity: 'critical',
        message: `${names.join(' and ')} both write to ${locations[0]!.target}: each deletes what it takes for its own`,
        evidence: locations.map(({ id }) => `location: ${id}`),
        fix: `Give each a prefix of its own, and the standby a second location with accessMode ReadOnly to restore from.`,
      };
    });
}

/** Volumes with reclaim policy Retain under claims of StatefulSets. */
function retained(reading: ClusterReading): Finding[] {
  const sets = objectsOf(reading, 'statefulsets.apps');
  const byNamespace = new Map<string, KubeObject[]>();
  for (const volume of objectsOf(reading, 'persistentvolumes')) {
    const namespace = textAt(volume, 'spec', 'claimRef', 'namespace');
    if (namespace === undefined || at(volume, 'spec', 'persistentVolumeReclaimPolicy') !== 'Retain') continue;
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), volume]);
  }
  return sets.flatMap((set): Finding[] => {
    const { namespace = '', name } = set.metadata;
    const prefixes = listAt(set, 'spec', 'volumeClaimTemplates').map((template) => `${textAt(template, 'metadata', 'name')}-${name}-`);
    const own = (byNamespace.get(namespace) ?? []).filter((volume) =>
      prefixes.some((prefix) => textAt(volume, 'spec', 'claimRef', 'name')?.startsWith(prefix)),
    );
    if (own.length === 0) return [];
    return [
      {
        code: 'VOLUME_RETAINED',
        severity: 'info',
        cluster: reading.cluster,
        subject: { namespace, kind: 'StatefulSet', name },
        message: `${own.length === 1 ? 'a volume' : `${own.length} volumes`} of StatefulSet ${namespace}/${name} outlive their claims (Retain): after a restore the old ones stay beside the new`,
        evidence: own.slice(0, 5).map(({ metadata }) => `PersistentVolume ${metadata.name}`),
        fix: 'Look for volumes that are Released after a restore: kubectl get pv',
      },
    ];
  });
}
