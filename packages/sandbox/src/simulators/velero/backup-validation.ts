import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';
import { excludeLabel, usesOldFilters } from './filters.ts';
import { kinds } from './kinds.ts';

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

/** Types that are captured with the volumes and never listed (`autoExclude…Resources`). */
const intermediate = {
  inside: ['volumesnapshots.snapshot.storage.k8s.io'],
  cluster: ['volumesnapshotcontents.snapshot.storage.k8s.io'],
};

/** The defaults that the server writes back into the spec. */
export async function withDefaults(
  options: VeleroOptions,
  spec: Record<string, unknown>,
  location: string,
): Promise<Record<string, unknown>> {
  const { cluster, behaviour } = options;
  const labelled = (await cluster.list(types.namespaces, { labelSelector: `${excludeLabel}=true` })).items.map(
    (item) => item.metadata.name,
  );
  const excludedNamespaces = [...textsAt(spec, 'excludedNamespaces'), ...labelled];
  const included = textsAt(spec, 'includedNamespaces');
  // What is nothing, or no time at all, is as good as unsaid.
  const unsaid = (field: string): boolean => ['', '0s'].includes(textAt(spec, field));
  return {
    defaultVolumesToFsBackup: behaviour.fileSystemBackup,
    snapshotMoveData: behaviour.moveData,
    ...spec,
    csiSnapshotTimeout: unsaid('csiSnapshotTimeout') ? '10m0s' : spec.csiSnapshotTimeout,
    itemOperationTimeout: unsaid('itemOperationTimeout') ? '4h0m0s' : spec.itemOperationTimeout,
    volumeGroupSnapshotLabelKey: unsaid('volumeGroupSnapshotLabelKey') ? 'velero.io/volume-group' : spec.volumeGroupSnapshotLabelKey,
    includedNamespaces: included.length === 0 ? ['*'] : included,
    ...(excludedNamespaces.length > 0 && { excludedNamespaces }),
    ...(usesOldFilters(spec)
      ? passOver(spec, 'includedResources', 'excludedResources', [...intermediate.inside, ...intermediate.cluster])
      : {
          ...passOver(spec, 'includedClusterScopedResources', 'excludedClusterScopedResources', intermediate.cluster),
          ...passOver(spec, 'includedNamespaceScopedResources', 'excludedNamespaceScopedResources', intermediate.inside),
        }),
    storageLocation: location,
    ttl: unsaid('ttl') ? defaultTtl : spec.ttl,
  };
}

/** Without what the server has added itself. */
function asked(excludes: readonly string[]): string[] {
  return excludes.filter((name) => !intermediate.inside.includes(name) && !intermediate.cluster.includes(name));
}

function passOver(spec: unknown, included: string, excluded: string, added: readonly string[]): Record<string, unknown> {
  const excludes = [...new Set([...textsAt(spec, excluded), ...added])];
  const includes = textsAt(spec, included);
  return { [excluded]: excludes, ...(includes.length > 0 && { [included]: includes.filter((name) => !added.includes(name)) }) };
}

/** What is wrong with a backup, in the order of the server; nothing is begun when there is anything (`backup_controller.go`). */
export async function validateBackup(options: VeleroOptions, spec: Record<string, unknown>): Promise<string[]> {
  const errors: string[] = [];
  const { name, location } = await locationOf(options, spec);
  if (location === undefined) {
    const missing =
      textAt(spec, 'storageLocation') === '' ? `the server default ${name} does not exist` : `the default ${name} was not found`;
    errors.push(
      `an existing backup storage location was not specified at backup creation time and ${missing}. Please address this issue (see \`velero backup-location -h\` for options) and create a new backup. Error: ${notFound('BackupStorageLocation', name)}`,
    );
  }
  if (at(location, 'spec', 'accessMode') === 'ReadOnly')
    errors.push(`backup can't be created because backup storage location ${name} is currently in read-only mode`);
  if (textAt(location, 'status', 'phase') === 'Unavailable')
    errors.push(`backup can't be created because BackupStorageLocation ${name} is in Unavailable status.`);
  for (const snapshots of textsAt(spec, 'volumeSnapshotLocations')) {
    if ((await find(options.cluster, refIn(options, kinds.snapshotLocations, snapshots))) !== undefined) continue;
    errors.push(
      `a VolumeSnapshotLocation CRD for the location ${snapshots} with the name specified in the backup spec needs to be created before this snapshot can be executed. Error: ${notFound('VolumeSnapshotLocation', snapshots)}`,
    );
  }
  const old = usesOldFilters(spec);
  if (old && usesNewFilters(spec)) {
    errors.push(
      'include-resources, exclude-resources and include-cluster-resources are old filter parameters.\ninclude-cluster-scoped-resources, exclude-cluster-scoped-resources, include-namespace-scoped-resources and exclude-namespace-scoped-resources are new filter parameters.\nThey cannot be used together',
    );
  }
  const lists = (what: string, included: string, excluded: string, check: typeof overlap): void => {
    for (const problem of check(textsAt(spec, included), asked(textsAt(spec, excluded)))) errors.push(`Invalid ${what} lists: ${problem}`);
  };
  if (old) lists('included/excluded resource', 'includedResources', 'excludedResources', overlap);
  else {
    lists('cluster-scoped included/excluded resource', 'includedClusterScopedResources', 'excludedClusterScopedResources', scopedOverlap);
    lists(
      'namespace-scoped included/excluded resource',
      'includedNamespaceScopedResources',
      'excludedNamespaceScopedResources',
      scopedOverlap,
    );
  }
  lists('included/excluded namespace', 'includedNamespaces', 'excludedNamespaces', namespaceOverlap);
  if (isRecord(spec.labelSelector) && Array.isArray(spec.orLabelSelectors))
    errors.push('encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified');
  try {
    parseDuration(spec.ttl ?? defaultTtl, 'ttl');
  } catch {
    errors.push(`Invalid ttl ${JSON.stringify(spec.ttl)}`);
  }
  return errors;
}

/** What a typed client says of an object that is not there. */
export function notFound(kind: string, name: string): string {
  return `${kind}${kind === 'ConfigMap' ? '' : '.velero.io'} "${name}" not found`;
}

/** Items of the lists in the order in which the server tells them: sorted. */
export function overlap(includes: readonly string[], excludes: readonly string[]): string[] {
  const problems: string[] = [];
  if (new Set(includes).size > 1 && includes.includes('*'))
    problems.push("includes list must either contain '*' only, or a non-empty list of items");
  if (excludes.includes('*')) problems.push("excludes list cannot contain '*'");
  return [...problems, ...common(includes, excludes)];
}

function scopedOverlap(includes: readonly string[], excludes: readonly string[]): string[] {
  const problems: string[] = [];
  if (new Set(includes).size > 1 && includes.includes('*'))
    problems.push("includes list must either contain '*' only, or a non-empty list of items");
  if (new Set(excludes).size > 1 && excludes.includes('*'))
    problems.push("excludes list must either contain '*' only, or a non-empty list of items");
  if (includes.length > 0 && excludes.includes('*')) problems.push("when exclude is '*', include cannot have value");
  return [...problems, ...common(includes, excludes)];
}

function common(includes: readonly string[], excludes: readonly string[]): string[] {
  return [...new Set(excludes)]
    .filter((name) => includes.includes(name))
    .toSorted()
    .map((name) => `excludes list cannot contain an item in the includes list: ${name}`);
}

/** Also refuses what cannot be a name or a pattern of one (`wildcard.go`). */
function namespaceOverlap(includes: readonly string[], excludes: readonly string[]): string[] {
  return [...overlap(includes, excludes), ...[includes, excludes].flatMap((names) => [...new Set(names)].toSorted().flatMap(malformed))];
}

function malformed(name: string): string[] {
  if (name === '') return [];
  if (/[|()!{},]/.test(name)) return ['wildcard pattern contains unsupported characters: |, (, ), !, {, }, ,'];
  if (name.includes('**')) return ['wildcard pattern contains consecutive asterisks (only single * allowed)'];
  if (name.includes('[]')) return ["wildcard pattern contains empty bracket pattern '[]'"];
  const unmatched = name.replaceAll(/\[[^\]]*\]/g, '');
  if (unmatched.includes('[')) return ["wildcard pattern contains unclosed bracket '['"];
  if (unmatched.includes(']')) return ["wildcard pattern contains unmatched closing bracket ']'"];
  return namespaceNameProblems(name.replaceAll(/[*?[\]]/g, 'x')).map((problem) => `invalid namespace "${name}": ${problem}`);
}

/** As Kubernetes says it of a label of DNS. */
function namespaceNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 63) problems.push('must be no more than 63 characters');
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    problems.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    );
  }
  return problems;
}

function usesNewFilters(spec: Record<string, unknown>): boolean {
  return Object.keys(spec).some((field) => /^(in|ex)cluded(Cluster|Namespace)ScopedResources$/.test(field) && isSet(spec[field]));
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** The location of a finished backup, when its bucket can be read. */
export async function readableLocation(options: VeleroOptions, backup: KubeObject): Promise<KubeObject | undefined> {
  const location = await find(options.cluster, refIn(options, kinds.locations, textAt(backup, 'spec', 'storageLocation')));
  return location !== undefined && textAt(location, 'status', 'phase') !== 'Unavailable' ? location : undefined;
}
