import { listAt, textAt, timeOf } from '../../application/raw.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { InputError, NotFoundError } from '../../errors.ts';
import type { BackupRequest } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { PointPhase } from '../../protection/model.ts';
import { createOnce } from '../create-once.ts';
import { kinds } from './kinds.ts';
import { backupPhase, nativeOf } from './phases.ts';
import { expiresNote } from './point.ts';

/** A living controller takes up a backup within seconds, or never: what it may not do it leaves without a word. 10 minutes. */
const unseen = 10 * 60_000;
/** While it works it writes a heartbeat every few minutes. 1 hour. */
const silent = 60 * 60_000;

export async function startBackup(context: EngineContext, request: BackupRequest): Promise<void> {
  const { cluster, namespace, signal } = context;
  if (request.volumes === 'none')
    throw new InputError('Stork takes the volumes of what it backs up: it cannot leave them out', { cluster: cluster.name });
  const selectors = request.labelSelector === undefined ? undefined : selectorsOf(request.labelSelector);
  const backupLocation = (await locationFor(context, request.location)).metadata.name;
  const now = (await cluster.now(signal ? { signal } : {})).getTime();
  const annotations = {
    ...request.annotations,
    ...(request.keepFor !== undefined && { [expiresNote]: new Date(now + request.keepFor).toISOString() }),
  };
  await createOnce(context, kinds.backups, {
    apiVersion: apiVersionOf(kinds.backups),
    kind: kinds.backups.kind,
    metadata: { name: request.name, namespace, labels: request.labels, annotations },
    spec: {
      namespaces: request.namespaces,
      backupLocation,
      // Its data goes when a plan removes it; retained, nothing would ever remove it from the store.
      reclaimPolicy: 'Delete',
      ...(selectors && { selectors }),
    },
  });
}

/** Stork's selectors are labels with one value each, all of which have to be there. */
export function selectorsOf(selector: string): Record<string, string> {
  const requirements = parseSelector(selector);
  if (!requirements) throw new InputError(`the selector "${selector}" cannot be read`);
  const other = requirements.find(({ operator, values }) => operator !== 'in' || values.length !== 1);
  if (other)
    throw new InputError(`Stork selects by labels with one value each: it cannot select "${selector}"`, {
      hint: 'name another engine first in the policy, or give the workloads one label in common',
    });
  const found = Object.fromEntries(requirements.map(({ key, values }) => [key, values[0]!]));
  // Twice the same key with two values selects nothing, which a map cannot say.
  if (!matches(requirements, found)) throw new InputError(`the selector "${selector}" selects nothing`);
  return found;
}

/** A backup names its location: there is no default. The only one there is is meant where none is named. */
export async function locationFor({ cluster, namespace, signal }: EngineContext, name: string | undefined): Promise<KubeObject> {
  const options = signal ? { signal } : {};
  if (name !== undefined) return cluster.get({ type: kinds.locations, namespace, name }, options);
  const { items } = await cluster.list(kinds.locations, { namespace, ...options });
  if (items.length === 1) return items[0]!;
  const names = items.map(({ metadata }) => metadata.name).sort();
  if (names.length === 0)
    throw new NotFoundError(`there is no BackupLocation in ${namespace} on ${cluster.name}: Stork has nowhere to back up to`, {
      cluster: cluster.name,
      hint: `storkctl create backuplocation --help; kubectl --context ${cluster.name} -n ${namespace} get backuplocations`,
    });
  throw new InputError(`Stork on ${cluster.name} has the locations ${names.join(', ')} and none of them is a default`, {
    cluster: cluster.name,
    hint: 'name one in the policy: locations: [{ name: ... }]',
  });
}

export async function progressOfBackup(context: EngineContext, name: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const object = await cluster.get({ type: kinds.backups, namespace, name }, signal ? { signal } : {});
  return progressOf(context, kinds.backups, object, backupPhase(object), ['volumes']);
}

/** Anything of Stork that runs through stages: how far it is, and whether anybody works on it. */
export async function progressOf(
  { cluster, signal }: EngineContext,
  type: ResourceType,
  object: KubeObject,
  phase: PointPhase,
  counted: readonly ('volumes' | 'resources')[],
): Promise<NativeProgress> {
  const native = nativeOf(object);
  const parts = counted.flatMap((part) => listAt(object, 'status', part));
  const message = textAt(object, 'status', 'reason');
  const about = `${type.kind} ${object.metadata.namespace}/${object.metadata.name} on ${cluster.name}`;
  if (phase === 'Pending' || phase === 'Running') {
    const now = (await cluster.now(signal ? { signal } : {})).getTime();
    const created = timeOf(object.metadata.creationTimestamp) ?? now;
    if (native === '' && now - created > unseen)
      return {
        phase: 'Failed',
        nativePhase: native,
        message: `nobody acts on ${about}: Stork is down, or refuses it and says so in events only`,
      };
    const beat = timeOf(textAt(object, 'status', 'lastUpdateTimestamp')) ?? created;
    if (native !== '' && now - Math.max(beat, created) > silent)
      return {
        phase: 'Failed',
        nativePhase: native,
        message: `${about} has shown no progress since ${new Date(Math.max(beat, created)).toISOString()}`,
      };
  }
  return {
    phase,
    nativePhase: native,
    ...(parts.length > 0 && {
      done: parts.filter((one) => ['Successful', 'Retained'].includes(textAt(one, 'status') ?? '')).length,
      total: parts.length,
    }),
    ...(message !== undefined && { message }),
  };
}
