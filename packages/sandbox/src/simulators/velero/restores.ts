import { labelValue } from '@kubectl-dr/core/engines/velero/label';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, isRecord, listAt, recordAt, textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { claimNames } from '../volumes/volumes.ts';
import type { ArchivedObject } from './archive.ts';
import { packJson, packText, unpackArchive, unpackJson } from './archive.ts';
import type { BackupBucket } from './bucket.ts';
import { bucketOf } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { now, patch, refIn } from './context.ts';
import { labelFilter, namespaceFilter, namesType } from './filters.ts';
import { kinds } from './kinds.ts';
import type { Modifiers } from './modifiers.ts';
import type { Outcome, PutBack } from './put-back.ts';
import { putBack } from './put-back.ts';
import { Report } from './report.ts';
import type { ResetOptions } from './reset.ts';
import { leftOut, reset } from './reset.ts';
import { holdRestore, releaseRestore } from './restore-files.ts';
import { byRestoreOrder, neverRestored } from './restore-order.ts';
import { validateRestore } from './restore-validation.ts';
import type { ReturningVolumes } from './return-volumes.ts';
import { afterPod, beforeClaim, beforeVolume, tellDownloads, volumeReturn } from './return-volumes.ts';

interface Run {
  uid: string;
  report: Report;
  bucket: BackupBucket;
  served: Map<string, ResourceType>;
  /** In the order in which they come back. */
  items: ArchivedObject[];
  done: number;
  mapping: Record<string, string>;
  modify: Modifiers;
  resetting: ResetOptions;
  volumes: ReturningVolumes;
  context: PutBack;
  outcomes: Record<string, string[]>;
  since: number;
}

const type = kinds.restores;
const steps = 6;

/** New -> InProgress -> (WaitingForPluginOperations ->) Finalizing -> Completed or PartiallyFailed; one at a time. */
export function restoreController(options: VeleroOptions): Controller {
  const runs = new Map<string, Run>();
  const since = options.clock.now().getTime();
  return {
    name: 'velero restores',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const restore = await find(options.cluster, refIn(options, type, name));
      if (restore === undefined) runs.delete(name);
      if (restore === undefined) return;
      if (restore.metadata.deletionTimestamp !== undefined) return releaseRestore(options, restore);
      await holdRestore(options, restore);
      const phase = textAt(restore, 'status', 'phase');
      if (phase === '' || phase === 'New') return runs.size > 0 ? 200 : begin(options, runs, restore);
      const found = runs.get(name);
      const run = found?.uid === restore.metadata.uid ? found : undefined;
      switch (phase) {
        case 'InProgress':
          return run === undefined ? forgotten(options, since, restore) : bringBack(options, restore, run);
        case 'WaitingForPluginOperations':
        case 'WaitingForPluginOperationsPartiallyFailed':
          return run === undefined ? forgotten(options, since, restore) : waitForData(options, restore, run);
        case 'Finalizing':
        case 'FinalizingPartiallyFailed':
          return run === undefined ? forgotten(options, since, restore) : finish(options, runs, restore, run);
        default:
          runs.delete(name);
      }
    },
  };
}

async function begin(options: VeleroOptions, runs: Map<string, Run>, restore: KubeObject): Promise<number | void> {
  const { name, uid = '' } = restore.metadata;
  const excluded = new Set([...listAt(restore, 'spec', 'excludedResources').map(String), ...neverRestored]);
  const timeout = textAt(restore, 'spec', 'itemOperationTimeout');
  const spec = {
    excludedResources: [...excluded],
    itemOperationTimeout: ['', '0s'].includes(timeout) ? '4h0m0s' : timeout,
  };
  const { errors, backup, location, modifiers } = await validateRestore(options, { ...recordAt(restore, 'spec'), ...spec });
  if (errors.length > 0 || backup === undefined || location === undefined || modifiers === undefined) {
    await patch(options, type, name, { spec, status: { phase: 'FailedValidation', validationErrors: errors } });
    return;
  }
  const scheduleName = textAt(restore, 'spec', 'scheduleName') || backup.metadata.labels?.['velero.io/schedule-name'];
  const completeSpec = { ...spec, backupName: backup.metadata.name, ...(scheduleName && { scheduleName }) };
  const failing = options.behaviour.failures.find((rule) => rule.kind === 'Restore' && name.startsWith(rule.name));
  const bucket = bucketOf(options.buckets, location);
  const archive = await bucket?.artefact('BackupContents', backup.metadata.name);
  if (bucket === undefined || archive === undefined || (failing?.kind === 'Restore' && failing.phase === 'Failed')) {
    const failureReason =
      failing?.kind === 'Restore'
        ? failing.message
        : `error downloading backup: the archive of ${backup.metadata.name} is not in the bucket`;
    const status = { phase: 'Failed', failureReason, startTimestamp: now(options), completionTimestamp: now(options) };
    await patch(options, type, name, { spec: completeSpec, status });
    return;
  }
  const report = new Report(options.clock, `restore=${options.namespace}/${name}`);
  if (failing?.kind === 'Restore')
    report.error(failing.message, failing.namespace === undefined ? 'cluster' : { namespace: failing.namespace });
  const infos = await bucket.artefact('BackupVolumeInfos', backup.metadata.name);
  const objects = unpackArchive(archive);
  if (objects.length === 0) report.warn('zero items to be restored: directory "/tmp/0/resources": does not exist', 'velero');
  const labels = { 'velero.io/backup-name': await labelValue(backup.metadata.name), 'velero.io/restore-name': await labelValue(name) };
  const mapping = recordAt(restore, 'spec', 'namespaceMapping') as Record<string, string>;
  const admits = admitted(restore);
  const volumes: ReturningVolumes = {
    options,
    restore,
    bucket,
    report,
    labels,
    infos: infos === undefined ? [] : listAt({ infos: unpackJson(infos) }, 'infos').filter(isRecord),
    archive: objects,
    restoresVolumes: at(restore, 'spec', 'restorePVs') !== false,
    restoresSnapshots: admits.typeOf('volumesnapshots.snapshot.storage.k8s.io'),
    created: new Set(),
    renamed: new Map(),
    downloads: [],
    returned: [],
    operations: [],
  };
  const resetting = {
    namespaceMapping: mapping,
    preserveNodePorts: at(restore, 'spec', 'preserveNodePorts') === true,
    volumeReturn: (namespace: string, claim: string) => volumeReturn(volumes, namespace, claim),
  };
  const policy = textAt(restore, 'spec', 'existingResourcePolicy') as '' | 'none' | 'update';
  const run: Run = {
    uid,
    report,
    bucket,
    served: new Map((await options.cluster.discover()).map((served) => [resourceKey(served), served])),
    items: chosen(objects, admits, report),
    done: 0,
    mapping,
    modify: modifiers,
    resetting,
    volumes,
    context: { cluster: options.cluster, report, labels, namespaceMapping: mapping, ...(policy && { policy }) },
    outcomes: {},
    since: options.clock.now().getTime(),
  };
  runs.set(name, run);
  report.log(`Starting restore of backup ${backup.metadata.name}`);
  const status = { phase: 'InProgress', startTimestamp: now(options), progress: { totalItems: run.items.length, itemsRestored: 0 } };
  await patch(options, type, name, { spec: completeSpec, status });
}

interface Admitted {
  typeOf(resource: string): boolean;
  object(item: ArchivedObject): boolean;
  /** May an object of the type come along with another one, whatever its labels? */
  along(resource: string, namespace: string | undefined): boolean;
}

function admitted({ spec }: KubeObject): Admitted {
  const namespaces = namespaceFilter(spec);
  const labels = labelFilter(spec);
  const included = listAt(spec, 'includedResources').map(String);
  const excluded = listAt(spec, 'excludedResources').map(String);
  const clusterScoped = at(spec, 'includeClusterResources');
  const typeOf = (resource: string): boolean => {
    const [plural = '', ...group] = resource.split('.');
    const named = { resource: plural, group: group.join('.') };
    return !neverRestored.has(resource) && !namesType(excluded, named) && (included.length === 0 || namesType(included, named));
  };
  return {
    typeOf,
    along: (resource, namespace) => typeOf(resource) && (namespace === undefined ? clusterScoped !== false : namespaces.admits(namespace)),
    object: ({ resource, object }) => {
      if (!typeOf(resource) || !labels.admits(object)) return false;
      const { namespace } = object.metadata;
      if (namespace !== undefined) return namespaces.admits(namespace);
      return clusterScoped === true || (clusterScoped !== false && namespaces.everyOne);
    },
  };
}

/** What the filters admit, and what belongs to it: claims of pods and volumes of claims. In the server's order. */
function chosen(archive: readonly ArchivedObject[], admits: Admitted, report: Report): ArchivedObject[] {
  const wanted = new Set(archive.filter((item) => admits.object(item)));
  const along = (resource: string, namespace: string | undefined, name: string): void => {
    if (!admits.along(resource, namespace)) return;
    const item = archive.find(
      (other) => other.resource === resource && other.object.metadata.namespace === namespace && other.object.metadata.name === name,
    );
    if (item !== undefined) wanted.add(item);
    else if (namespace !== undefined)
      report.warn(`stat /tmp/0/resources/${resource}/namespaces/${namespace}/${name}.json: no such file or directory`, { namespace });
  };
  for (const { resource, object } of wanted) {
    if (resource !== 'pods' || leftOut(object) !== undefined) continue;
    for (const claim of claimNames(object)) along('persistentvolumeclaims', object.metadata.namespace, claim);
  }
  for (const { resource, object } of wanted) {
    const volume = resource === 'persistentvolumeclaims' && textAt(object, 'status', 'phase') === 'Bound';
    if (volume) along('persistentvolumes', undefined, textAt(object, 'spec', 'volumeName'));
  }
  return [...wanted].sort((a, b) => byRestoreOrder(a.resource, b.resource));
}

async function bringBack(options: VeleroOptions, restore: KubeObject, run: Run): Promise<number | void> {
  const { durations, clock } = options;
  const total = run.items.length;
  const passed = clock.now().getTime() - run.since;
  const due = passed >= durations.restore ? total : Math.ceil((total * passed) / durations.restore);
  while (run.done < due) {
    const item = run.items[run.done]!;
    run.done += 1;
    const outcome = await bringBackOne(options, run, item);
    const { namespace, name } = item.object.metadata;
    const target = namespace === undefined ? name : `${run.mapping[namespace] ?? namespace}/${name}`;
    if (outcome !== undefined) (run.outcomes[`${item.object.apiVersion}/${item.object.kind}`] ??= []).push(`${target}(${outcome})`);
  }
  const progress = { totalItems: total, itemsRestored: run.done };
  if (passed < durations.restore) {
    await patch(options, type, restore.metadata.name, { status: { progress } });
    return Math.min(durations.restore - passed, Math.max(50, durations.restore / steps));
  }
  run.since = clock.now().getTime();
  const degraded = run.report.errors > 0 ? 'PartiallyFailed' : '';
  const moving = run.volumes.downloads.length > 0;
  await patch(options, type, restore.metadata.name, {
    status: {
      phase: `${moving ? 'WaitingForPluginOperations' : 'Finalizing'}${degraded}`,
      progress,
      ...(moving && { restoreItemOperationsAttempted: run.volumes.downloads.length }),
      ...(run.report.errors > 0 && { errors: run.report.errors }),
      ...(run.report.warnings > 0 && { warnings: run.report.warnings }),
    },
  });
}

async function bringBackOne(options: VeleroOptions, run: Run, { resource, object }: ArchivedObject): Promise<Outcome | undefined> {
  const { report, context, volumes, mapping } = run;
  const { namespace: source, name } = object.metadata;
  if (resource === 'namespaces') return void (await ensureNamespace(options, run, name, mapping[name] ?? name));
  const target = source === undefined ? undefined : (mapping[source] ?? source);
  const where = target === undefined ? ('cluster' as const) : { namespace: target };
  if (target !== undefined) await ensureNamespace(options, run, source!, target);
  const left = leftOut(object);
  if (left !== undefined) {
    report.log(`${object.kind} ${source ?? ''}/${name} is not restored because ${left.reason}`);
    return left.outcome;
  }
  if (resource === 'persistentvolumes' && !comesBackItself(volumes, object)) {
    report.log(`Dynamically re-provisioning persistent volume ${name}`);
    return 'skipped';
  }
  const served =
    run.served.get(resource) ?? [...(await options.cluster.discover())].find((candidate) => resourceKey(candidate) === resource);
  if (served === undefined) {
    report.error(
      `error restoring ${resource}/${target === undefined ? '' : `${target}/`}${name}: the server could not find the requested resource`,
      where,
    );
    return 'failed';
  }
  const modified = run.modify(reset(object, run.resetting), resource);
  for (const error of modified.errors) report.error(error, where);
  let wanted: KubeObject = {
    ...modified.object,
    metadata: { ...modified.object.metadata, ...(target !== undefined && { namespace: target }) },
  };
  if (resource === 'persistentvolumes') wanted = await beforeVolume(volumes, wanted, run.mapping);
  if (resource === 'persistentvolumeclaims') wanted = await beforeClaim(volumes, source!, wanted);
  const outcome = await putBack(context, { ...served, version: versionOf(object, served) }, wanted, object);
  if (outcome === 'created' && resource === 'persistentvolumeclaims') volumes.created.add(`${target}/${name}`);
  if (outcome === 'created' && resource === 'pods') await afterPod(volumes, source!, wanted);
  return outcome;
}

/** Volumes of claims that get their data otherwise are made anew. */
function comesBackItself(volumes: ReturningVolumes, object: KubeObject): boolean {
  const claim = recordAt(object, 'spec', 'claimRef');
  return claim.name === undefined || volumeReturn(volumes, String(claim.namespace), String(claim.name)) === 'static';
}

function versionOf(object: KubeObject, served: ResourceType): string {
  return object.apiVersion.split('/').at(-1) ?? served.version;
}

/** A namespace that is not there is made as it was in the backup, under its new name. */
async function ensureNamespace({ cluster }: VeleroOptions, run: Run, source: string, target: string): Promise<void> {
  if ((await find(cluster, { type: types.namespaces, name: target })) !== undefined) return;
  const archived = run.volumes.archive.find(({ resource, object }) => resource === 'namespaces' && object.metadata.name === source)?.object;
  const { 'kubernetes.io/metadata.name': _, ...labels } = archived?.metadata.labels ?? {};
  await cluster.create(types.namespaces, {
    apiVersion: apiVersionOf(types.namespaces),
    kind: 'Namespace',
    metadata: { name: target, labels, annotations: archived?.metadata.annotations ?? {} },
  });
  run.report.log(`Created namespace ${target}`);
  (run.outcomes['v1/Namespace'] ??= []).push(`${target}(created)`);
}

async function waitForData(options: VeleroOptions, restore: KubeObject, run: Run): Promise<number | void> {
  const { clock, durations } = options;
  const passed = clock.now().getTime() - run.since;
  if (passed < durations.dataMovement) {
    await tellDownloads(run.volumes, passed / durations.dataMovement);
    return Math.min(durations.dataMovement - passed, Math.max(50, durations.dataMovement / steps));
  }
  await tellDownloads(run.volumes, 1);
  run.since = clock.now().getTime();
  await patch(options, type, restore.metadata.name, {
    status: {
      phase: run.report.errors > 0 ? 'FinalizingPartiallyFailed' : 'Finalizing',
      restoreItemOperationsCompleted: run.volumes.downloads.length,
    },
  });
}

async function finish(options: VeleroOptions, runs: Map<string, Run>, restore: KubeObject, run: Run): Promise<number | void> {
  const { clock, durations } = options;
  const left = run.since + durations.finalizing - clock.now().getTime();
  if (left > 0) return left;
  const { name } = restore.metadata;
  const { report, bucket, outcomes } = run;
  report.log('restore completed');
  await bucket.putArtefact('RestoreResourceList', name, packJson(sorted(outcomes)));
  await bucket.putArtefact('RestoreResults', name, packJson(report.results()));
  await bucket.putArtefact('RestoreItemOperations', name, packJson(run.volumes.operations));
  await bucket.putArtefact('RestoreVolumeInfo', name, packJson(run.volumes.returned));
  await bucket.putArtefact('RestoreLog', name, packText(report.text()));
  await patch(options, type, name, {
    status: {
      phase: report.errors > 0 ? 'PartiallyFailed' : 'Completed',
      completionTimestamp: now(options),
      ...(report.errors > 0 && { errors: report.errors }),
      ...(report.warnings > 0 && { warnings: report.warnings }),
    },
  });
  runs.delete(name);
}

function sorted(outcomes: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(outcomes).map(([kind, names]) => [kind, names.toSorted()]));
}

/** Left behind by a server that ended. Whatever says of itself later that it runs is nobody's. */
async function forgotten(options: VeleroOptions, since: number, { metadata, status }: KubeObject): Promise<void> {
  if (Date.parse(metadata.creationTimestamp ?? '') > since) return;
  const failureReason = `found a restore with status "${textAt(status, 'phase')}" during the server starting, mark it as "Failed"`;
  await patch(options, type, metadata.name, { status: { phase: 'Failed', failureReason, completionTimestamp: now(options) } });
}
