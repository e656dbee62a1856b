import type { Application } from '../../application/model.ts';
import type { UnfinishedMove } from '../../compliance/facts.ts';
import { ConflictError } from '../../errors.ts';
import { aboutOf, wavesOf } from '../../execution/direction.ts';
import type { Operation } from '../../execution/model.ts';
import { isMove } from '../../planning/intent.ts';
import type { Step } from '../../planning/model.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import { covers } from '../covers.ts';
import { leftByUndo } from './undo-apart.ts';

/**
 * Moves of an application of which something is still open, the newest first: clean-up that waited for a cluster, a move that stopped
 * halfway, and what an engine that moves by itself says of its own. `own`: the moves of the application.
 */
export function unfinishedMoves(
  application: Application,
  own: readonly Operation[],
  managed: readonly ManagedApplication[],
): UnfinishedMove[] {
  const ours = own
    .toSorted((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt))
    .flatMap((operation) => openIn(operation, own) ?? []);
  const told = new Set(own.flatMap((operation) => (openIn(operation, own) ? handedIn(operation) : [])));
  const theirs = managed.flatMap((one): UnfinishedMove[] => {
    const { id, engine, namespace, name, cluster, pending, moving } = one;
    // What it is still doing is not left undone.
    if (pending === undefined || moving !== undefined || told.has(id)) return [];
    const components = application.components.filter((component) => covers(one, component)).map((component) => component.name);
    if (components.length === 0) return [];
    const object = `${engine} ${namespace}/${name} on ${cluster}`;
    return [{ object, components, clusters: [cluster], open: [pending], fix: `${engine} ends it, or waits for a person: ${pending}` }];
  });
  return [...ours, ...theirs];
}

/** Clean-up that a move still owes, though it went on without it. Empty: none, or another move has made it pointless. */
export function owed(operation: Operation, past: readonly Operation[]): Step[] {
  const { plan, state, undo, release } = operation;
  if (undo || !isMove(plan.intent) || (state !== 'Succeeded' && !release) || release?.endedAt !== undefined || cameBack(operation, past))
    return [];
  const done = new Set((release?.steps ?? []).flatMap((step) => (step.state === 'Succeeded' ? [step.id] : [])));
  return (plan.undo.release ?? []).flat().filter((step) => openText(step) !== undefined && !done.has(step.id));
}

/** The later move that brought the application to a cluster where its old copy would have to be stopped: it is the copy that runs. */
function cameBack({ id, plan, requestedAt }: Operation, past: readonly Operation[]): Operation | undefined {
  const left = new Set((plan.undo.release ?? []).flat().flatMap(({ action, cluster }) => (action.kind === 'copy.stop' ? [cluster] : [])));
  return past.find(
    (later) =>
      later.id !== id &&
      later.state === 'Succeeded' &&
      isMove(later.plan.intent) &&
      later.plan.application === plan.application &&
      left.has(later.plan.home) &&
      later.plan.components.some((name) => plan.components.includes(name)) &&
      Date.parse(later.requestedAt) > Date.parse(requestedAt),
  );
}

/** ConflictError: what the release would stop is the copy that runs now. */
export function assertNotBack(operation: Operation, past: readonly Operation[]): void {
  const later = cameBack(operation, past);
  if (!later) return;
  const { id, plan } = operation;
  throw new ConflictError(
    `${plan.application} went back to ${later.plan.home} with ${later.id} since: to confirm ${id} would stop it there`,
    {
      hint: `kubectl dr status ${plan.application}`,
    },
  );
}

function openIn(operation: Operation, past: readonly Operation[]): UnfinishedMove | undefined {
  const { id, plan, state, release, undo } = operation;
  const common = { operation: id, components: plan.components };
  const left = owed(operation, past);
  if (left.length > 0)
    return {
      ...common,
      clusters: clustersOf(left),
      open: [...new Set(left.flatMap((step) => openText(step) ?? []))],
      fix: `kubectl dr ${state === 'Failed' && release ? 'resume' : 'confirm'} ${id}`,
    };
  const apart = leftByUndo(operation, past);
  if (apart.length > 0)
    return {
      ...common,
      clusters: [...new Set(apart.map(aboutOf))],
      open: ['nobody has seen yet that the copy there stands still'],
      fix: `kubectl dr undo ${id}`,
    };
  if ((state !== 'Failed' && state !== 'Cancelled') || release || overtaken(operation, past)) return undefined;
  const records = undo?.steps ?? operation.steps;
  if (!operation.steps.some((step) => step.state !== 'Pending')) return undefined;
  const ended = new Set(records.filter((step) => step.state === 'Succeeded').map((step) => step.id));
  const open = wavesOf(operation, undo ? 'undo' : 'forward')
    .flat()
    .filter((step) => !ended.has(step.id));
  if (open.length === 0) return undefined;
  return {
    ...common,
    clusters: clustersOf(open),
    open: [`it ended ${state} with ${open.length} of its ${records.length} steps not done`],
    fix: nextOf(operation),
  };
}

function nextOf({ id, state, plan, undo }: Operation): string {
  if (state === 'Failed' || undo) return `kubectl dr resume ${id}`;
  return plan.undo.waves ? `kubectl dr undo ${id}` : `kubectl dr describe operation ${id}`;
}

/** A later move of the same components succeeded: what this one left half done is not what runs. */
function overtaken({ id, plan, requestedAt }: Operation, past: readonly Operation[]): boolean {
  return past.some(
    (later) =>
      later.id !== id &&
      later.state === 'Succeeded' &&
      plan.components.every((name) => later.plan.components.includes(name)) &&
      Date.parse(later.requestedAt) > Date.parse(requestedAt),
  );
}

/** What is open, in words, as long as the step of a release is not done. Undefined: it gives something up, and nobody waits for it. */
function openText({ action, component }: Step): string | undefined {
  switch (action.kind) {
    case 'copy.stop':
      return 'nobody has seen yet that the old copy stands still';
    case 'replication.reverse':
      return `${component ?? 'it'} is not copied back from ${action.request.source.cluster} yet`;
    case 'mover.finish':
      return `what ${action.engine} leaves of the move was not taken away`;
    case 'fence.set':
      return `${action.of} is still cut off from its storage`;
    default:
      return undefined;
  }
}

function clustersOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(({ cluster }) => cluster))];
}

/** Ids of the objects that steer what an engine moves by itself. */
function handedIn({ plan }: Operation): string[] {
  return plan.waves.flat().flatMap(({ action }) => (action.kind === 'mover.move' ? [action.order.application.id] : []));
}
