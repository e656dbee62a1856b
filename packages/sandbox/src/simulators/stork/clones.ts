import { adminNamespace, kinds } from '@kubectl-dr/core/engines/stork/kinds';
import { ConflictError, asDrError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, listAt, recordAt, textAt } from '../../api/json.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { reset } from '../velero/reset.ts';
import { collect, kept } from './collect.ts';
import { type StorkOptions, again, finalizer, now, write } from './context.ts';

const type = kinds.clones;

/** Clones by their stages. What Stork refuses at once it tells in an event alone, and goes on trying without end. */
export function cloneController(options: StorkOptions): Controller {
  const { cluster, behaviour, durations, clock } = options;
  return {
    name: 'stork clones',
    watches: [own(type)],
    async reconcile(key): Promise<number | void> {
      if (behaviour.down) return again;
      const clone = await find(cluster, { type, name: key.name, namespace: key.namespace! });
      if (!clone) return;
      if (clone.metadata.deletionTimestamp !== undefined) {
        if (clone.metadata.finalizers?.includes(finalizer)) await write(options, type, key, { metadata: { finalizers: null } });
        return;
      }
      if (!clone.metadata.finalizers?.includes(finalizer)) await write(options, type, key, { metadata: { finalizers: [finalizer] } });
      const stage = textAt(clone, 'status', 'stage');
      if (stage === 'Final' || key.namespace !== adminNamespace) return;
      if (stage === '') {
        if (!(await namespaces(options, clone))) return 5_000;
        await write(options, type, key, {
          status: {
            stage: 'Volumes',
            status: 'InProgress',
            finishTimestamp: null,
            resources: null,
            volumes: await volumesOf(options, clone),
          },
        });
        return durations.restore;
      }
      const left = Date.parse(clone.metadata.creationTimestamp!) + durations.restore - clock.now().getTime();
      if (left > 0) return left;
      const bad = listAt(clone, 'status', 'volumes').find((volume) => textAt(volume, 'status') === 'Failed');
      if (bad)
        return void (await write(options, type, key, { status: { stage: 'Final', status: 'Failed', finishTimestamp: now(options) } }));
      await apply(options, key, clone);
    },
  };
}

/** The one that is made has labels and annotations of the source; one that is there gets them in place of its own. */
async function namespaces({ cluster }: StorkOptions, clone: KubeObject): Promise<boolean> {
  const source = await find(cluster, { type: types.namespaces, name: textAt(clone, 'spec', 'sourceNamespace') });
  const name = textAt(clone, 'spec', 'destinationNamespace');
  if (!source || name === '') return false;
  const { labels, annotations } = source.metadata;
  const live = await find(cluster, { type: types.namespaces, name });
  if (!live) {
    const metadata = { name, ...(labels && { labels }), ...(annotations && { annotations }) };
    await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata });
    return true;
  }
  const over = (own: Record<string, string> = {}, theirs: Record<string, string> = {}) => ({
    ...Object.fromEntries(Object.keys(own).map((key) => [key, null])),
    ...theirs,
  });
  await cluster.patch({ type: types.namespaces, name }, 'merge', {
    metadata: { labels: over(live.metadata.labels, labels), annotations: over(live.metadata.annotations, annotations) },
  });
  return true;
}

async function volumesOf({ cluster, behaviour }: StorkOptions, clone: KubeObject): Promise<Record<string, string>[]> {
  const namespace = textAt(clone, 'spec', 'sourceNamespace');
  const items = await collect(cluster, [namespace], recordAt(clone, 'spec', 'selectors'));
  return items
    .filter(({ object }) => object.kind === 'PersistentVolumeClaim')
    .map(({ object }) => {
      const { name } = object.metadata;
      const failure = behaviour.failures[`${namespace}/${name}`];
      const volume = textAt(object, 'spec', 'volumeName');
      return {
        persistentVolumeClaim: name,
        volume,
        cloneVolume: `pvc-clone-${volume}`,
        status: failure === undefined ? 'Successful' : 'Failed',
        reason: failure ?? 'Volume cloned successfully',
      };
    });
}

async function apply(options: StorkOptions, key: Key, clone: KubeObject): Promise<void> {
  const { cluster, volumes } = options;
  const [source, target] = [textAt(clone, 'spec', 'sourceNamespace'), textAt(clone, 'spec', 'destinationNamespace')];
  const cloned = listAt(clone, 'status', 'volumes').filter(isRecord);
  const resources: Record<string, string>[] = [];
  const items = await collect(cluster, [source], recordAt(clone, 'spec', 'selectors'));
  // Claims first, as what runs uses them.
  const order = (kind: string): number => (kind === 'PersistentVolumeClaim' ? 0 : 1);
  for (const { type: found, object } of items.toSorted((a, b) => order(a.object.kind) - order(b.object.kind))) {
    if (object.kind === 'PersistentVolume') continue;
    const volume = object.kind === 'PersistentVolumeClaim' && cloned.find((one) => one.persistentVolumeClaim === object.metadata.name);
    const files = volume ? volumes.read(textAt(volume, 'volume')) : undefined;
    if (files !== undefined) volumes.expect({ namespace: target, name: object.metadata.name }, files);
    const bare = reset(kept(object), { namespaceMapping: { [source]: target }, preserveNodePorts: false, volumeReturn: () => 'empty' });
    const outcome = await create(options, { ...bare, metadata: { ...bare.metadata, namespace: target } }, found);
    const { group, version, kind } = found;
    resources.push({ name: object.metadata.name, group: group === '' ? 'core' : group, version, kind, ...outcome });
  }
  const whole = resources.every(({ status }) => status === 'Successful');
  await write(options, type, key, {
    status: { stage: 'Final', status: whole ? 'Successful' : 'PartialSuccess', resources, finishTimestamp: now(options) },
  });
}

async function create({ cluster }: StorkOptions, object: KubeObject, found: Parameters<StorkOptions['cluster']['create']>[0]) {
  try {
    await cluster.create(found, object);
    return { status: 'Successful', reason: 'Resource cloned successfully' };
  } catch (thrown) {
    if (!(thrown instanceof ConflictError)) return { status: 'Failed', reason: `Error applying resource: ${asDrError(thrown).message}` };
    return { status: 'Retained', reason: 'Resource clone skipped as it was already present and ReplacePolicy is set to Retain' };
  }
}
