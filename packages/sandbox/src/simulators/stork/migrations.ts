import { kinds, notes } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, recordAt, textAt, textsAt } from '../../api/json.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { reset } from '../velero/reset.ts';
import { sizeOf } from '../volumes/volume-store.ts';
import { type Item, collect, kept } from './collect.ts';
import { type StorkOptions, again, now, write } from './context.ts';
import { dueOf, stampOf, updated } from './schedules.ts';

export interface MigrationOptions extends StorkOptions {
  /** Stork at the other end of a ClusterPair; undefined: it cannot be reached, or there is no such pair. */
  remote(pair: string): StorkOptions | undefined;
}

const type = kinds.migrations;

/** Migrations: volumes first, then objects; workloads arrive stopped unless they are to be started. */
export function migrationController(options: MigrationOptions): Controller {
  const { cluster, behaviour, durations, clock } = options;
  return {
    name: 'stork migrations',
    watches: [own(type)],
    async reconcile(key): Promise<number | void> {
      if (behaviour.down) return again;
      const migration = await find(cluster, { type, name: key.name, namespace: key.namespace! });
      if (!migration || textAt(migration, 'status', 'stage') === 'Final') return;
      if (textAt(migration, 'status', 'stage') === '') {
        await write(options, type, key, { status: { stage: 'Volumes', status: 'InProgress', finishTimestamp: null } });
        return durations.dataMovement;
      }
      const left = Date.parse(migration.metadata.creationTimestamp!) + durations.dataMovement - clock.now().getTime();
      if (left > 0) return left;
      await move(options, key, migration);
    },
  };
}

async function move(options: MigrationOptions, key: Key, migration: KubeObject): Promise<void> {
  const { behaviour } = options;
  const spec = recordAt(migration, 'spec');
  const remote = options.remote(textAt(spec, 'clusterPair'));
  const end = (status: string, more: Record<string, unknown> = {}) =>
    write(options, type, key, { status: { stage: 'Final', status, finishTimestamp: now(options), ...more } });
  if (!remote) return void (await end('Failed', { volumes: [], resources: [] }));
  const items = await collect(options.cluster, textsAt(spec, 'namespaces'), recordAt(spec, 'selectors'));
  const volumes: Record<string, unknown>[] = [];
  for (const item of items.filter(({ object }) => object.kind === 'PersistentVolumeClaim' && spec.includeVolumes !== false)) {
    const { namespace = '', name } = item.object.metadata;
    const failure = behaviour.failures[`${namespace}/${name}`];
    const files = options.volumes.read(textAt(item.object, 'spec', 'volumeName'));
    if (failure === undefined && files !== undefined) await arrive(remote, item, files);
    const status = failure === undefined ? 'Successful' : 'Failed';
    volumes.push({ persistentVolumeClaim: name, namespace, volume: '', status, reason: failure ?? '', bytesTotal: sizeOf(files ?? {}) });
  }
  const resources: Record<string, unknown>[] = [];
  for (const item of items.filter(({ object }) => !object.kind.startsWith('PersistentVolume') && spec.includeResources !== false)) {
    await bring(remote, item, spec.startApplications === true);
    const { group, version, kind } = item.type;
    const { name, namespace } = item.object.metadata;
    resources.push({
      name,
      namespace,
      group: group === '' ? 'core' : group,
      version,
      kind,
      status: 'Successful',
      reason: 'Resource migrated successfully',
    });
  }
  await end(volumes.some(({ status }) => status === 'Failed') ? 'PartialSuccess' : 'Successful', { volumes, resources });
}

async function namespaceIn({ cluster }: StorkOptions, name: string): Promise<void> {
  if (!(await find(cluster, { type: types.namespaces, name })))
    await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

/** The data of a volume, over whatever is there. */
async function arrive(remote: StorkOptions, { object }: Item, files: Readonly<Record<string, string>>): Promise<void> {
  const { name, namespace = '' } = object.metadata;
  await namespaceIn(remote, namespace);
  const live = await find(remote.cluster, { type: types.persistentVolumeClaims, namespace, name });
  const volume = textAt(live, 'spec', 'volumeName');
  if (volume !== '') return remote.volumes.write(volume, files);
  remote.volumes.expect({ namespace, name }, files);
  if (!live)
    await remote.cluster.create(
      types.persistentVolumeClaims,
      reset(kept(object), { namespaceMapping: {}, preserveNodePorts: false, volumeReturn: () => 'empty' }),
    );
}

async function bring(remote: StorkOptions, { type: kind, object }: Item, started: boolean): Promise<void> {
  const { name, namespace = '' } = object.metadata;
  await namespaceIn(remote, namespace);
  const bare = kept(object);
  const replicas = at(bare, 'spec', 'replicas');
  const wanted =
    typeof replicas !== 'number' || started
      ? bare
      : {
          ...bare,
          metadata: {
            ...bare.metadata,
            annotations: { ...bare.metadata.annotations, [notes.migrationReplicas]: String(Math.max(1, replicas)) },
          },
          spec: { ...recordAt(bare, 'spec'), replicas: 0 },
        };
  const ref = { type: kind, namespace, name };
  if (!(await find(remote.cluster, ref))) await remote.cluster.create(kind, wanted);
  else if (kind.kind === 'ConfigMap' || kind.kind === 'Secret')
    await remote.cluster.patch(ref, 'merge', { data: at(wanted, 'data') ?? null });
}

/** Migrations by a SchedulePolicy, and the suspended copy of the schedule at the other end. */
export function migrationScheduleController(options: MigrationOptions): Controller {
  const { cluster, behaviour } = options;
  const of = kinds.migrationSchedules;
  return {
    name: 'stork migration schedules',
    watches: [own(of)],
    async reconcile({ name, namespace }): Promise<number | void> {
      if (behaviour.down) return again;
      const schedule = await find(cluster, { type: of, name, namespace: namespace! });
      if (!schedule || schedule.metadata.annotations?.[notes.staticCopy] === 'true') return;
      const key = { name, namespace: namespace! };
      const suspended = at(schedule, 'spec', 'suspend') === true;
      if (!suspended) {
        const remote = options.remote(textAt(schedule, 'spec', 'template', 'spec', 'clusterPair'));
        if (!remote) return 10_000;
        const copy = await copyAt(remote, schedule);
        if (at(schedule, 'spec', 'autoSuspend') === true && at(copy, 'status', 'applicationActivated') === true) {
          await write(options, of, key, { spec: { suspend: true } });
          return;
        }
      }
      const items = await updated(options, { ...schedule, kind: of.kind }, type);
      const due = suspended ? undefined : await dueOf(options, schedule, items);
      if (due) {
        const run = `${name}-${due.toLowerCase()}-${stampOf(options.clock.now())}`;
        items[due] = [...(items[due] ?? []), { name: run, creationTimestamp: now(options), finishTimestamp: null, status: 'Pending' }];
        await write(options, of, key, { status: { items } });
        await cluster.create(type, {
          apiVersion: apiVersionOf(type),
          kind: type.kind,
          metadata: { name: run, namespace: namespace! },
          spec: recordAt(schedule, 'spec', 'template', 'spec'),
        });
      }
      return 10_000;
    },
  };
}

async function copyAt(remote: StorkOptions, schedule: KubeObject): Promise<KubeObject> {
  const of = kinds.migrationSchedules;
  const { name, namespace = '', annotations } = schedule.metadata;
  await namespaceIn(remote, namespace);
  const there = await find(remote.cluster, { type: of, name, namespace });
  if (there) return there;
  return remote.cluster.create(of, {
    apiVersion: apiVersionOf(of),
    kind: of.kind,
    metadata: { name, namespace, annotations: { ...annotations, [notes.staticCopy]: 'true' } },
    spec: { ...recordAt(schedule, 'spec'), suspend: true },
  });
}
