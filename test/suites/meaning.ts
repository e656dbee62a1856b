import { comparable } from '@kubectl-dr/core/planning/diff/comparable';
import { marksOf } from '@kubectl-dr/core/planning/diff/marks';
import { type KubeObject, types } from '@kubectl-dr/core/ports/kubernetes';

/** Of what a move brings along. */
export const meantKinds = [types.secrets, types.configMaps, types.statefulSets, types.deployments, types.persistentVolumeClaims];

/** What somebody meant by an object, wherever it runs and whatever its data was made of. */
export function meaningOf(object: KubeObject): unknown {
  const { spec, metadata, data } = comparable(object, marksOf({}));
  const { labels, annotations } = metadata as KubeObject['metadata'];
  const { dataSource: _, dataSourceRef: __, ...rest } = (spec ?? {}) as Record<string, unknown>;
  const kept = Object.entries(labels ?? {}).filter(([key]) => key !== 'kubectl-dr.dev/restore');
  return {
    name: object.metadata.name,
    labels: Object.fromEntries(kept),
    notes: Object.keys(annotations ?? {}).toSorted(),
    spec: rest,
    data,
  };
}
