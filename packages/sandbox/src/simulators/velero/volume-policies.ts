import { InputError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { parse } from 'yaml';
import { at, isRecord, listAt, recordAt, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import { quantity } from '../volumes/quantity.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';

export type PolicyAction = 'skip' | 'snapshot' | 'fs-backup';

/** The action that a resource policy's `volumePolicies` give to a volume; the first match counts. */
export type VolumePolicies = (claim: KubeObject, volume: KubeObject) => PolicyAction | undefined;

/** Reads the ConfigMap that a backup names as its `resourcePolicy`. */
export async function volumePolicies(options: VeleroOptions, spec: unknown): Promise<VolumePolicies> {
  const name = textAt(spec, 'resourcePolicy', 'name');
  if (name === '') return () => undefined;
  const map = await find(options.cluster, refIn(options, types.configMaps, name));
  if (map === undefined) throw new InputError(`failed to get resource policies ${options.namespace}/${name} ConfigMap`);
  const [text] = Object.values(recordAt(map, 'data'));
  const policies: unknown = typeof text === 'string' ? parse(text) : undefined;
  if (!isRecord(policies) || policies.version !== 'v1') throw new InputError(`resource policies ${name}: incompatible version number`);
  const rules = listAt(policies, 'volumePolicies');
  return (claim, volume) => {
    const rule = rules.find((candidate) => matches(recordAt(candidate, 'conditions'), claim, volume));
    return rule === undefined ? undefined : (textAt(rule, 'action', 'type') as PolicyAction);
  };
}

function matches(conditions: Record<string, unknown>, claim: KubeObject, volume: KubeObject): boolean {
  return Object.entries(conditions).every(([name, wanted]) => {
    switch (name) {
      case 'storageClass':
        return textsAt(conditions, name).includes(textAt(volume, 'spec', 'storageClassName'));
      case 'csi':
        return isRecord(at(volume, 'spec', 'csi')) && ['', textAt(volume, 'spec', 'csi', 'driver')].includes(textAt(wanted, 'driver'));
      case 'nfs':
        return isRecord(at(volume, 'spec', 'nfs'));
      case 'volumeTypes':
        return textsAt(conditions, name).some((type) => isRecord(at(volume, 'spec', type)));
      case 'pvcLabels':
        return Object.entries(recordAt({ wanted }, 'wanted')).every(([key, value]) => claim.metadata.labels?.[key] === value);
      case 'pvcPhase':
        return textsAt(conditions, name).includes(textAt(claim, 'status', 'phase'));
      case 'capacity':
        return within(String(wanted), quantity(at(volume, 'spec', 'capacity', 'storage')));
      default:
        return false;
    }
  });
}

/** `10Gi,100Gi`, either end may be absent. */
function within(range: string, size: number): boolean {
  const [low = '', high = ''] = range.split(',').map((part) => part.trim());
  return (low === '' || size >= quantity(low)) && (high === '' || size <= quantity(high));
}
