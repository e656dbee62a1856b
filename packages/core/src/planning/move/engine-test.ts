import { nameFor } from '../assemble.ts';
import type { DataLoss, Plan, Step } from '../model.ts';
import { types } from '../../ports/kubernetes.ts';
import { isolationPolicy } from '../isolation.ts';
import { titleOf } from '../verification.ts';
import { type Handed, handOver, idOf } from './handover.ts';
import { createSteps, removeSteps, whereTried } from './tried-apart.ts';

type Part = Required<Pick<Plan, 'waves' | 'cleanUp' | 'changes' | 'dataLoss' | 'copies' | 'target'>>;

/**
 * What an engine moves by itself it also tests by itself: the namespaces at the target are shut off, the engine is asked for its test,
 * what it brought has to be ready, and whatever became of it the test is taken back and the namespaces are opened again. `rest`: the
 * drill of what no engine manages.
 */
export function engineTest(application: string, handed: readonly Handed[], rest: Pick<Plan, 'waves' | 'cleanUp'>, now: Date): Part {
  const tried = handed.map(inside).map(whereTried);
  const part = handOver(application, tried, rest.waves, now);
  const tested = part.waves.map((wave) => wave.filter(({ action }) => action.kind !== 'mover.finish'));
  return {
    ...part,
    waves: [tried.flatMap((one) => createSteps(application, one)), tried.flatMap(shutSteps), ...tested].filter(({ length }) => length > 0),
    cleanUp: [tried.map(endStep), tried.flatMap((one) => (one.order.into ? removeSteps(one) : openSteps(one))), ...(rest.cleanUp ?? [])],
    dataLoss: part.dataLoss.map(nothingLost),
    copies: part.copies ?? [],
    target: tried.map(({ to, origins }) => ({ cluster: to, namespaces: spacesOf(origins) })),
  };
}

/** Nothing from outside reaches what is shut off, the API server's proxy included; a command runs inside. */
function inside(one: Handed): Handed {
  return { ...one, brings: { ...one.brings, checks: one.brings.checks.filter(({ kind }) => kind !== 'check.http') } };
}

/** Declared checks that a test of it leaves out, with why. */
export function uncheckedIn({ brings }: Pick<Handed, 'brings'>): string[] {
  const shut = brings.checks.flatMap((check) => (check.kind === 'check.http' ? [`${titleOf(check)}: the copy is isolated`] : []));
  return [...brings.unchecked, ...shut];
}

function spacesOf(origins: Handed['origins']): string[] {
  return [...new Set(origins.map(({ namespace }) => namespace))];
}

function shutId(cluster: string, namespace: string): string {
  return `isolate-${nameFor(`${cluster}-${namespace}`, 200)}`;
}

function shutSteps({ to, origins }: Handed): Step[] {
  return spacesOf(origins).map((namespace) => ({
    id: shutId(to, namespace),
    title: `Let ${namespace} reach nothing outside itself`,
    cluster: to,
    action: { kind: 'namespace.isolate', namespace, policyName: isolationPolicy },
  }));
}

function openSteps({ to, origins }: Handed): Step[] {
  return spacesOf(origins).map((namespace) => ({
    id: `open-${nameFor(`${to}-${namespace}`, 200)}`,
    title: `Let ${namespace} reach what it did before`,
    cluster: to,
    undoes: shutId(to, namespace),
    action: { kind: 'objects.remove', objects: [{ type: types.networkPolicies, namespace, name: isolationPolicy }] },
  }));
}

function endStep(one: Handed): Step {
  const { managed, order, components, origins } = one;
  const move = `move-${idOf(one)}`;
  const places = components
    .flatMap(({ component }) => component.placements)
    .filter(({ namespace }) => spacesOf(origins).includes(namespace))
    .map(({ namespace, labelSelector }) => ({ namespace, ...(labelSelector !== undefined && { labelSelector }) }));
  const quiet = [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
  // Namespaces of its own are removed whole.
  const alive = order.into ? {} : { quiet };
  return {
    id: `end-${move}`,
    title: `Let ${managed.engine} end the test of ${managed.name}, and see that nothing of it runs any more`,
    cluster: managed.cluster,
    undoes: move,
    action: { kind: 'mover.finish', engine: managed.engine, move, order, ...alive },
  };
}

/** Nothing is lost by a test; what would be, were it real, is worth saying before it is needed. */
function nothingLost({ component, text, seconds, unknown }: DataLoss): DataLoss {
  const would = unknown || seconds > 0 ? ` (were it real: ${text})` : '';
  return { component, seconds: 0, text: `nothing of ${component}${would}` };
}
