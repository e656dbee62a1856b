import { labels } from '../../application/model.ts';
import { dependencyGraph } from '../../application/graph.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { MovePreview, Mover } from '../../ports/mover.ts';
import type { ComponentStatus } from '../../service/model.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import { nameFor } from '../assemble.ts';
import { words } from '../in-place/figures.ts';
import type { AwaitedWorkload, Change, DataLoss, MoveOrder, Plan, PlanCopy, Step } from '../model.ts';
import type { Origin } from './inputs.ts';
import { stopCopy } from '../stop-copy.ts';
import { type CheckAction, titleOf } from '../verification.ts';

/** For workloads to become ready, seconds. */
const readyTimeout = 600;

/** Components that an engine moves by itself, all of them in one move. */
export interface Handed {
  managed: ManagedApplication;
  mover: Pick<Mover, 'clearsSource' | 'tests'>;
  components: readonly ComponentStatus[];
  order: MoveOrder;
  preview: MovePreview;
  origins: readonly Origin[];
  /** Name of the cluster that it goes to, in the fleet. */
  to: string;
  brings: Brought;
}

/** What the engine will start, as far as anybody can tell what runs there. */
export interface Brought {
  workloads: (AwaitedWorkload & { component: string; replicas?: number })[];
  /** What their owners say tells that they work. */
  checks: (CheckAction & { component: string })[];
  /** Declared checks that cannot be made, with why. */
  unchecked: string[];
  /** NetworkPolicies among which it will run; of a test those that are there already as well. */
  policies: KubeObject[];
  /** Why there may be others. */
  policiesUnread: string[];
  /** What is copied as it is for a test apart, and would act in the world. */
  acts: string[];
}

type Part = Pick<Plan, 'waves' | 'changes' | 'dataLoss' | 'copies' | 'target'> & { release: Step[][] };

/**
 * What an engine moves by itself is handed to it, and nothing of what it does is done beside it: one step asks for it and waits for
 * the engine's own end, then what it brought has to be ready, then what is left of it is taken away. `rest`: steps for what no
 * engine manages; the handover has its place among them by the dependency graph.
 */
export function handOver(application: string, handed: readonly Handed[], rest: Plan['waves'], now: Date): Part {
  const waves = [...rest];
  const ofName = new Map(handed.flatMap((one) => one.components.map(({ component }) => [component.name, one] as const)));
  const graph = dependencyGraph(
    handed.flatMap((one) => one.components.map(({ component: { name, dependsOn } }) => ({ name, dependsOn: [...dependsOn] }))),
  );
  const done = new Set<Handed>();
  for (const names of graph.waves) {
    const group = [...new Set(names.flatMap((name) => ofName.get(name) ?? []))].filter((one) => !done.has(one));
    for (const one of group) done.add(one);
    if (group.length === 0) continue;
    const position = placeOf(group, waves);
    waves.splice(position, 0, group.map(moveStep), group.flatMap(startSteps), group.flatMap(readySteps), group.flatMap(checkSteps));
  }
  waves.push(handed.map(finishStep));
  const release = handed.flatMap((one) => releaseOf(application, one));
  return {
    waves: waves.filter(({ length }) => length > 0),
    changes: handed.flatMap(changesOf),
    dataLoss: handed.flatMap((one) => lossOf(one, now)),
    copies: handed.flatMap(copiesOf),
    target: handed.flatMap(({ origins, to }) =>
      origins.flatMap(({ cluster, namespace }) => [
        { cluster: to, namespaces: [namespace] },
        { cluster, namespaces: [namespace] },
      ]),
    ),
    release: release.length > 0 ? [release.filter(isStop), release.filter((step) => !isStop(step))].filter(({ length }) => length > 0) : [],
  };
}

/** Where the application of the rest depends on what is handed over, as if it depended on what that depends on: the order holds. */
export function bridged<T extends { name: string; dependsOn: readonly string[] }>(all: readonly T[], handed: ReadonlySet<string>): T[] {
  const by = new Map(all.map((one) => [one.name, one]));
  const through = (name: string, seen: Set<string>): string[] => {
    if (!handed.has(name)) return [name];
    if (seen.has(name)) return [];
    seen.add(name);
    return (by.get(name)?.dependsOn ?? []).flatMap((next) => through(next, seen));
  };
  return all.map((one) => ({ ...one, dependsOn: [...new Set(one.dependsOn.flatMap((name) => through(name, new Set())))] }));
}

const starting: ReadonlySet<string> = new Set(['copy.start', 'engine.restore', 'await.ready', 'check.http', 'check.exec', 'mover.move']);

/** After all that it depends on works, and before anything starts that depends on it; where nothing does either, first. */
function placeOf(group: readonly Handed[], waves: readonly (readonly Step[])[]): number {
  const names = new Set(group.flatMap(({ components }) => components.map(({ component }) => component.name)));
  const needs = new Set(group.flatMap(({ components }) => components.flatMap(({ component }) => component.dependsOn)));
  const last = waves.findLastIndex((wave) =>
    wave.some(({ component, action }) => component !== undefined && needs.has(component) && starting.has(action.kind)),
  );
  if (last >= 0) return last + 1;
  // Clients stop before what they depend on goes away.
  const first = waves.findIndex((wave) =>
    wave.some(({ component, action }) => component !== undefined && !names.has(component) && starting.has(action.kind)),
  );
  return first >= 0 ? first : waves.length;
}

export function idOf({ managed }: Handed): string {
  return nameFor(`${managed.name}-${managed.namespace}-${managed.cluster}`, 150);
}

function named({ components }: Handed): string {
  const names = components.map(({ component }) => component.name);
  return names.length <= 2 ? names.join(' and ') : `${names.length} components`;
}

/** A step is of a component where it is of one alone. */
function about({ components }: Handed): { component?: string } {
  return components.length === 1 ? { component: components[0]!.component.name } : {};
}

function moveStep(one: Handed): Step {
  const { managed, order, origins, to } = one;
  return {
    id: `move-${idOf(one)}`,
    title:
      order.kind === 'test'
        ? `Let ${managed.engine} test the failover of ${named(one)} from ${fromOf(origins)} to ${to}, by ${managed.name}`
        : `Let ${managed.engine} move ${named(one)} from ${fromOf(origins)} to ${to}, by ${managed.name}`,
    cluster: managed.cluster,
    ...about(one),
    action: { kind: 'mover.move', engine: managed.engine, order, stages: one.preview.stages },
  };
}

function fromOf(origins: readonly Origin[]): string {
  return [...new Set(origins.map(({ cluster }) => cluster))].join(' and ');
}

/** What is tried apart has arrived stopped. */
function startSteps({ brings, order, to }: Handed): Step[] {
  if (!order.into) return [];
  return brings.workloads.flatMap(({ component, type, namespace, name, replicas }): Step[] =>
    replicas === undefined || replicas === 0
      ? []
      : [
          {
            id: `start-${nameFor(`${type.kind}-${name}`, 60)}-${nameFor(`${to}-${namespace ?? ''}`, 150)}`,
            title: `Start ${name} in ${namespace ?? ''}`,
            cluster: to,
            component,
            action: { kind: 'workload.scale', target: { type, name, ...(namespace !== undefined && { namespace }) }, replicas },
          },
        ],
  );
}

function readySteps({ components, origins, to, brings }: Handed): Step[] {
  return components.flatMap(({ component, workloads }) =>
    component.placements
      .filter(
        ({ namespace }, index, all) =>
          origins.some((origin) => origin.namespace === namespace) && all.findIndex((one) => one.namespace === namespace) === index,
      )
      .filter(({ namespace }) => workloads.length === 0 || workloads.some((workload) => workload.namespace === namespace))
      .map(({ namespace, labelSelector }): Step => {
        const known = brings.workloads.filter((one) => one.component === component.name && one.namespace === namespace);
        return {
          id: `ready-${nameFor(component.name, 50)}-${nameFor(`${to}-${namespace}`, 150)}`,
          title: `Wait until ${component.name} in ${namespace} is ready`,
          cluster: to,
          component: component.name,
          action: {
            kind: 'await.ready',
            namespaces: [namespace],
            // Whatever the selector takes is ready at once as long as nothing has come.
            ...(known.length > 0 ? { workloads: known.map(awaited) } : labelSelector !== undefined && { labelSelector }),
            timeoutSeconds: readyTimeout,
          },
        };
      }),
  );
}

function awaited({ type, namespace, name, least, comes }: AwaitedWorkload): AwaitedWorkload {
  return {
    type,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(least !== undefined && { least }),
    ...(comes && { comes }),
  };
}

function checkSteps({ brings, to }: Handed): Step[] {
  return brings.checks.map(({ component, ...action }, index) => ({
    id: `check-${nameFor(component, 50)}-${nameFor(`${to}-${action.namespace}`, 150)}-${index + 1}`,
    title: titleOf(action),
    cluster: to,
    component,
    action,
  }));
}

function finishStep(one: Handed): Step {
  const { managed, order } = one;
  return {
    id: `finish-${idOf(one)}`,
    title: `Take away what ${managed.engine} leaves of the move`,
    cluster: managed.cluster,
    ...about(one),
    action: { kind: 'mover.finish', engine: managed.engine, move: `move-${idOf(one)}`, order },
  };
}

/** What a silent cluster still owes: its copy stands still, and the engine lets it be. */
function releaseOf(application: string, one: Handed): Step[] {
  const silent = one.origins.filter(({ reachable }) => !reachable);
  if (silent.length === 0 || one.mover.clearsSource) return [];
  const { accepted: _, ...order } = one.order;
  const { action: __, ...finish } = finishStep(one);
  return [
    ...silent.map((origin) => stopCopy(application, origin, 'stop-old')),
    { ...finish, id: `old-${finish.id}`, action: { kind: 'mover.finish', engine: one.managed.engine, move: `move-${idOf(one)}`, order } },
  ];
}

function isStop({ action }: Step): boolean {
  return action.kind === 'copy.stop';
}

function changesOf(one: Handed): Change[] {
  return one.preview.writes.map(({ action, type, cluster, namespace, name, fields }) => ({
    action,
    cluster,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    namespace,
    name,
    ...about(one),
    why: action === 'create' ? 'named after the operation' : `${one.managed.engine} does the rest`,
    ...(fields.length > 0 && { fields }),
  }));
}

/** Of the claims of a component; where nobody tells whose a claim is, of all. */
function claimsOf({ components, preview }: Pick<Handed, 'components' | 'preview'>, name: string): MovePreview['claims'] {
  if (!preview.claims) return undefined;
  const own = (status: ComponentStatus): Set<string> => new Set(status.volumes.map(({ claim }) => claim));
  const all = new Set(components.flatMap((status) => [...own(status)]));
  const mine = own(components.find(({ component }) => component.name === name)!);
  return preview.claims.filter(({ claim }) => mine.has(claim) || (!all.has(claim) && (mine.size > 0 || components.length === 1)));
}

/** By the clock of the cluster that it goes to: what was written since the capture does not come along. */
function lossOf(one: Handed, now: Date): DataLoss[] {
  return one.components.map(({ component: { name } }): DataLoss => {
    const claims = claimsOf(one, name);
    const ages = claims?.map(({ capturedAt }) => Math.round((now.getTime() - Date.parse(capturedAt ?? '')) / 1000));
    if (!ages || ages.some((age) => !Number.isFinite(age))) {
      const { interval } = one.managed;
      const often = interval === undefined ? '' : ` (copied every ${words(interval / 1000)})`;
      return { component: name, seconds: 0, text: `nobody can tell how much of ${name}${often}`, unknown: true };
    }
    const seconds = Math.max(0, ...ages);
    return { component: name, seconds, text: seconds > 0 ? `${words(seconds)} of ${name}` : `nothing of ${name}` };
  });
}

function copiesOf(one: Handed): PlanCopy[] {
  const { components, managed, origins, to } = one;
  return components.flatMap(({ component: { name: component } }) =>
    (claimsOf(one, component) ?? []).map(({ claim, capturedAt }) => ({
      component,
      claim,
      engine: managed.engine,
      from: fromOf(origins),
      to,
      name: managed.name,
      namespace: managed.namespace,
      ...(capturedAt !== undefined && { capturedAt }),
    })),
  );
}

/** On every object that a move makes. */
export function markOf(application: string): Record<string, string> {
  return { [labels.application]: nameFor(application) };
}
