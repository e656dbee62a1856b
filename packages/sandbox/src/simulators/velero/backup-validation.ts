import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';
import { kinds } from './kinds.ts';
import { volumePolicies } from './volume-policies.ts';

export const defaultTtl = '720h0m0s';

/** The location that a backup goes to: the one it names, else the default one. */
export async function locationOf(options: VeleroOptions, spec: unknown): Promise<{ name: string; location?: KubeObject }> {
  const named = textAt(spec, 'storageLocation');
  const { items } = await options.cluster.list(kinds.locations, { namespace: options.namespace });
  const location =
    named === ''
      ? (items.find((item) => at(item, 'spec', 'default') === true) ?? items.find((item) => item.metadata.name === 'default'))
      : items.find((item) => item.metadata.name === named);
  return { name: location?.metadata.name ?? (named || 'default'), ...(location && { location }) };
}

/** The defaults that the server writes back into the spec. */
export function withDefaults({ behaviour }: VeleroOptions, spec: Record<string, unknown>, location: string): Record<string, unknown> {
  return {
    csiSnapshotTimeout: '10m0s',
    defaultVolumesToFsBackup: behaviour.fileSystemBackup,
    hooks: {},
    itemOperationTimeout: '4h0m0s',
    metadata: {},
    snapshotMoveData: behaviour.moveData,
    ...spec,
    storageLocation: location,
    ttl: ['', '0s'].includes(textAt(spec, 'ttl')) ? defaultTtl : textAt(spec, 'ttl'),
  };
}

/** What is wrong with a backup; nothing is begun when there is anything (`backup_controller.go`). */
export async function validateBackup(options: VeleroOptions, spec: Record<string, unknown>): Promise<string[]> {
  const errors: string[] = [];
  const { name, location } = await locationOf(options, spec);
  if (location === undefined) {
    errors.push(
      textAt(spec, 'storageLocation') === ''
        ? `an existing backup storage location wasn't specified at backup creation time and the server default '${name}' doesn't exist. Please address this issue (see \`velero backup-location -h\` for options) and create a new backup`
        : `error getting backup storage location: backupstoragelocations.velero.io "${name}" not found`,
    );
  } else if (at(location, 'spec', 'accessMode') === 'ReadOnly') {
    errors.push(`backup can't be created because backup storage location ${name} is currently in read-only mode`);
  } else if (textAt(location, 'status', 'phase') === 'Unavailable') {
    errors.push(
      `backup can't be created because BackupStorageLocation ${name} is in Unavailable status. please create a new backup after the BSL becomes available`,
    );
  }
  for (const [what, included, excluded] of [
    ['resource', 'includedResources', 'excludedResources'],
    ['namespace', 'includedNamespaces', 'excludedNamespaces'],
    ['cluster-scoped resource', 'includedClusterScopedResources', 'excludedClusterScopedResources'],
    ['namespace-scoped resource', 'includedNamespaceScopedResources', 'excludedNamespaceScopedResources'],
  ] as const) {
    for (const problem of overlap(textsAt(spec, included), textsAt(spec, excluded)))
      errors.push(`Invalid included/excluded ${what} lists: ${problem}`);
  }
  const old = ['includedResources', 'excludedResources', 'includeClusterResources'].some((field) => isSet(spec[field]));
  const scoped = Object.keys(spec).some((field) => /^(in|ex)cluded(Cluster|Namespace)ScopedResources$/.test(field) && isSet(spec[field]));
  if (old && scoped) {
    errors.push(
      'include-resources, exclude-resources and include-cluster-resources are old filter parameters.\ninclude-cluster-scoped-resources, exclude-cluster-scoped-resources, include-namespace-scoped-resources and exclude-namespace-scoped-resources are new filter parameters.\nThey cannot be used together',
    );
  }
  if (isRecord(spec.labelSelector) && isSet(spec.orLabelSelectors)) {
    errors.push('encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified');
  }
  try {
    parseDuration(spec.ttl ?? defaultTtl, 'ttl');
  } catch {
    errors.push(`Invalid ttl ${JSON.stringify(spec.ttl)}`);
  }
  await volumePolicies(options, spec).catch((error: Error) => errors.push(error.message));
  return errors;
}

export function overlap(includes: readonly string[], excludes: readonly string[]): string[] {
  const problems: string[] = [];
  if (includes.length > 1 && includes.includes('*'))
    problems.push("includes list must either contain '*' only, or a non-empty list of items");
  if (excludes.includes('*')) problems.push("excludes list cannot contain '*'");
  for (const name of excludes)
    if (includes.includes(name)) problems.push(`excludes list cannot contain an item in the includes list: ${name}`);
  return problems;
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** The location of a finished backup, when its bucket can be read. */
export async function readableLocation(options: VeleroOptions, backup: KubeObject): Promise<KubeObject | undefined> {
  const location = await find(options.cluster, refIn(options, kinds.locations, textAt(backup, 'spec', 'storageLocation')));
  return location !== undefined && textAt(location, 'status', 'phase') !== 'Unavailable' ? location : undefined;
}
