import { InputError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { parse, stringify } from 'yaml';
import { at, isRecord, listAt, recordAt, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { notFound } from './backup-validation.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';

const actions = ['skip', 'snapshot', 'fs-backup', 'custom'] as const;

export type PolicyAction = (typeof actions)[number];

/**
 * The action that a resource policy's `volumePolicies` give to a volume; the first match counts. A claim may have no volume
 * yet, and a volume is also asked about alone.
 */
export type VolumePolicies = (claim: KubeObject | undefined, volume: KubeObject | undefined) => PolicyAction | undefined;

/**
 * Reads the ConfigMap that a backup names as its `resourcePolicy` (`internal/resourcepolicies`). Fails with InputError in
 * the words of the server. What is named is not a ConfigMap: no policy.
 */
export async function volumePolicies(options: VeleroOptions, spec: unknown, backup: string): Promise<VolumePolicies> {
  if (textAt(spec, 'resourcePolicy', 'kind').toLowerCase() !== 'configmap') return () => undefined;
  const name = textAt(spec, 'resourcePolicy', 'name');
  const map = await find(options.cluster, refIn(options, types.configMaps, name));
  if (map === undefined)
    throw new InputError(`fail to get ResourcePolicies ${options.namespace}/${name} ConfigMap with error ${notFound('ConfigMap', name)}`);
  // The server speaks of the ConfigMap by the name of the backup.
  const about = `ConfigMap ${options.namespace}/${backup} with error`;
  const texts = Object.values(recordAt(map, 'data')).map(String);
  const unreadable =
    texts.length === 1 ? unknownField(texts[0]!) : `illegal resource policies ${options.namespace}/${map.metadata.name} configmap`;
  if (unreadable !== undefined) throw new InputError(`fail to read the ResourcePolicies from ${about} ${unreadable}`);
  const policies = recordAt({ of: parse(texts[0]!) as unknown }, 'of');
  const rules = listAt(policies, 'volumePolicies');
  const wrong = versionProblem(policies) ?? rules.map(ruleProblem).find((problem) => problem !== undefined);
  if (wrong !== undefined) throw new InputError(`fail to validate ResourcePolicies in ${about} ${wrong}`);
  return (claim, volume) => {
    const rule = rules.find((candidate) => matches(recordAt(candidate, 'conditions'), claim, volume));
    return rule === undefined ? undefined : (textAt(rule, 'action', 'type') as PolicyAction);
  };
}

const known = {
  ResourcePolicies: ['version', 'volumePolicies', 'includeExcludePolicy'],
  VolumePolicy: ['conditions', 'action'],
  Action: ['type', 'parameters'],
  volumeConditions: ['capacity', 'storageClass', 'nfs', 'csi', 'volumeTypes', 'pvcLabels', 'pvcPhase'],
};

/** The first field that no policy has; each is looked for line by line, as every one stands on a line of its own. */
function unknownField(text: string): string | undefined {
  const policies: unknown = parse(text);
  const rules = listAt(policies, 'volumePolicies');
  const where = (field: string, lines: string): number => lines.split('\n').findIndex((line) => line.includes(`${field}:`)) + 1;
  const look = (type: keyof typeof known, record: unknown, lines: string): string | undefined => {
    const field = Object.keys(recordAt({ record }, 'record')).find((name) => !known[type].includes(name));
    return field && `yaml: unmarshal errors:\n  line ${where(field, lines)}: field ${field} not found in type resourcepolicies.${type}`;
  };
  const decoding =
    look('ResourcePolicies', policies, text) ??
    rules.map((rule) => look('VolumePolicy', rule, text) ?? look('Action', at(rule, 'action'), text)).find((found) => found !== undefined);
  if (decoding !== undefined) return `failed to decode yaml data into resource policies  ${decoding}`;
  const conditions = rules
    .map((rule) => look('volumeConditions', at(rule, 'conditions'), stringify(at(rule, 'conditions'), { sortMapEntries: true })))
    .find((found) => found !== undefined);
  return conditions && `failed to decode volume conditions: ${conditions}`;
}

function versionProblem({ version }: Record<string, unknown>): string | undefined {
  return version === 'v1' ? undefined : `incompatible version number ${String(version ?? '')} with supported version v1`;
}

function ruleProblem(rule: unknown): string | undefined {
  const type = textAt(rule, 'action', 'type');
  if (!actions.includes(type as PolicyAction)) return `invalid action type ${type}`;
  const csi = at(rule, 'conditions', 'csi');
  return isRecord(csi) && textAt(csi, 'driver') === '' && csi.volumeAttributes !== undefined
    ? 'csi driver should not be empty when filtering by volume attributes'
    : undefined;
}

function matches(conditions: Record<string, unknown>, claim: KubeObject | undefined, volume: KubeObject | undefined): boolean {
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
        return Object.entries(recordAt({ wanted }, 'wanted')).every(([key, value]) => claim?.metadata.labels?.[key] === value);
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
