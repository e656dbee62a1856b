import { isRaw, numberAt, textAt, timeOf } from '../../application/raw.ts';
import { ConflictError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { notes } from './kinds.ts';
import { isSyncing, lastManualOf, manualOf, phaseOf } from './status.ts';

/**
 * What keeps failing, or is not begun, this long after it was asked for is given up: 10 minutes. VolSync itself tries again for
 * ever. What runs may take as long as it takes.
 */
const patience = 10 * 60_000;

/** What we wrote beside a trigger: when, what it was before, and what the other end had received by then. */
export interface Asked {
  at: number;
  before?: string;
  received?: string;
}

export type Advance = { done: true } | { done: false; message?: string; failed?: true };

export function drainOf(name: string): string {
  return `${name}-drain`;
}

export function askedOf(object: KubeObject): Asked | undefined {
  const text = textAt(object, 'metadata', 'annotations', notes.sync);
  if (text === undefined || text.length > 2_000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRaw(value)) return undefined;
    const [before, received] = [textAt(value, 'before'), textAt(value, 'received')];
    return { at: numberAt(value, 'at') ?? 0, ...(before !== undefined && { before }), ...(received !== undefined && { received }) };
  } catch {
    return undefined;
  }
}

/**
 * One step towards a sync that begins after it was asked for. The tag of a trigger is told as done by whatever sync ENDS while it
 * is written there, so one that was under way before would count: it is told first by a tag of its own (`drain`), after which the
 * machine rests. From rest, or where nothing runs at the very version that was read, the tag itself is written.
 */
export async function advance(
  context: EngineContext,
  type: ResourceType,
  object: KubeObject,
  name: string,
  received?: string,
): Promise<Advance> {
  const manual = manualOf(object);
  const last = lastManualOf(object);
  const drain = drainOf(name);
  if (manual === name && last === name) return { done: true };
  if (manual === name || (manual === drain && last !== drain)) return waiting(context, object);
  const tag = manual !== drain && (isSyncing(object) || received !== undefined) ? drain : name;
  await write(context, type, object, tag, received);
  return { done: false };
}

async function waiting({ cluster, signal }: EngineContext, object: KubeObject): Promise<Advance> {
  const { phase, message } = phaseOf(object);
  const about = `${object.kind} ${object.metadata.namespace}/${object.metadata.name} on ${cluster.name}`;
  const late = (await cluster.now(signal ? { signal } : {})).getTime() - (askedOf(object)?.at ?? Infinity) > patience;
  if (phase === 'Failed') return { done: false, message: `${about}: ${message ?? 'it fails'}`, ...(late && { failed: true }) };
  // A controller that is alive begins within seconds.
  const begun = timeOf(textAt(object, 'status', 'lastSyncStartTime')) !== undefined;
  return late && !begun ? { done: false, message: `${about}: nobody acts on its trigger`, failed: true } : { done: false };
}

async function write(
  { cluster, signal }: EngineContext,
  type: ResourceType,
  object: KubeObject,
  tag: string,
  received?: string,
): Promise<void> {
  const options = signal ? { signal } : {};
  const known = askedOf(object);
  const before = known ? known.before : manualOf(object);
  const note: Asked = {
    at: (await cluster.now(options)).getTime(),
    ...(before !== undefined && { before }),
    ...(received !== undefined && { received }),
  };
  const { name, namespace, resourceVersion } = object.metadata;
  const body = {
    // Only where nothing has begun since it was read.
    metadata: { ...(resourceVersion !== undefined && { resourceVersion }), annotations: { [notes.sync]: JSON.stringify(note) } },
    spec: { trigger: { manual: tag } },
  };
  await cluster.patch({ type, name, namespace: namespace! }, 'merge', body, options).catch((error: unknown) => {
    if (!(error instanceof ConflictError)) throw error;
  });
}

/** Back to what was there before the sync of this name. */
export async function release({ cluster, signal }: EngineContext, type: ResourceType, object: KubeObject, name: string): Promise<void> {
  const manual = manualOf(object);
  if (manual !== name && manual !== drainOf(name)) return;
  const body = { metadata: { annotations: { [notes.sync]: null } }, spec: { trigger: { manual: askedOf(object)?.before ?? null } } };
  await cluster.patch({ type, name: object.metadata.name, namespace: object.metadata.namespace! }, 'merge', body, signal ? { signal } : {});
}
