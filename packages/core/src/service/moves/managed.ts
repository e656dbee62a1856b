import type { Component } from '../../application/model.ts';
import type { MoveIntent } from '../../planning/intent.ts';
import type { Engine } from '../../ports/engine.ts';
import type { MoveKind } from '../../ports/mover.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { Assessment } from '../assess.ts';
import { covers } from '../covers.ts';

/** What an engine that moves by itself is asked for: to move, or to try it. */
export type SteeredIntent = MoveIntent | 'Drill';

/** What an engine is asked for: where it knows no way back of its own, a planned move is one. */
export function kindOf({ moves }: Pick<ManagedApplication, 'moves'>, intent: SteeredIntent): MoveKind {
  if (intent === 'Drill') return 'test';
  if (intent === 'Failover') return 'failover';
  if (intent === 'Relocate') return 'relocate';
  return moves.includes('relocate') && !moves.includes('failback') ? 'relocate' : 'failback';
}

/**
 * By which object a component is moved to a cluster, where an engine manages it; `reason` where that one cannot be asked. Undefined:
 * it is nobody's but ours.
 */
export function steeredBy(
  component: Component,
  to: string,
  intent: SteeredIntent,
  assessment: Assessment,
  engines: readonly Engine[],
): { managed?: ManagedApplication; reason?: Reason } | undefined {
  const movers = new Set(engines.filter(({ mover }) => mover).map(({ id }) => id));
  const left = component.placements.find(({ cluster }) => cluster !== undefined && cluster !== to)!.cluster!;
  const covering = assessment
    .managed()
    .filter((managed) => movers.has(managed.engine) && covers(managed, component) && isBetween(managed, left, undefined, assessment));
  // Where each end has an object of its own (a copy each way), the one at the end where it goes to is meant.
  const fitting = covering
    .filter((managed) => isBetween(managed, left, to, assessment) && !isAt(managed, to, assessment))
    .toSorted((a, b) => Number(b.cluster === to) - Number(a.cluster === to));
  const offers =
    (intent === 'Failback' ? fitting.find(({ moves }) => moves.includes('failback')) : undefined) ??
    fitting.find((managed) => managed.moves.includes(kindOf(managed, intent)));
  const found = offers ?? fitting[0] ?? covering.find((managed) => isBetween(managed, left, to, assessment));
  if (found) return { managed: found };
  const [other] = covering;
  if (other) return { reason: elsewhere(other, component.name, to) };
  const orphan = orphanOf(component, assessment, movers);
  return orphan && { reason: orphan };
}

/** Names of the fleet that the engine's names mean; a name that means none of them stands for the cluster that is left over. */
function meant({ places }: ManagedApplication, assessment: Assessment): { cluster: string; place: string }[] {
  return places.flatMap((place) => {
    const cluster = assessment.inventory.get(place)?.reading.cluster;
    return cluster === undefined ? [] : [{ cluster, place }];
  });
}

function isBetween(managed: ManagedApplication, from: string, to: string | undefined, assessment: Assessment): boolean {
  const known = meant(managed, assessment).map(({ cluster }) => cluster);
  // Of two places one may be called otherwise by the engine, or may not be known to it by any name.
  const open = 2 - known.length;
  const unknown = [from, ...(to === undefined ? [] : [to])].filter((cluster) => !known.includes(cluster));
  return unknown.length <= open;
}

function isAt({ placedAt }: ManagedApplication, cluster: string, assessment: Assessment): boolean {
  return placedAt !== undefined && assessment.inventory.get(placedAt)?.reading.cluster === cluster;
}

/** What the engine calls a cluster of the fleet. */
export function nameAt(managed: ManagedApplication, cluster: string, other: string, assessment: Assessment): string {
  const known = meant(managed, assessment);
  const own = known.find((one) => one.cluster === cluster);
  if (own) return own.place;
  const open = managed.places.filter((place) => !known.some((one) => one.place === place));
  const [only] = open;
  return open.length === 1 && known.some((one) => one.cluster === other) ? only! : cluster;
}

function elsewhere({ engine, name, places, cluster }: ManagedApplication, component: string, to: string): Reason {
  return {
    code: 'UNKNOWN_CLUSTER',
    severity: 'blocker',
    component,
    cluster,
    message: `${engine} manages ${component} (${name}) between ${places.join(' and ')}: it can bring it nowhere else, so not to ${to}`,
    fix: `choose one of them, or take ${component} out of ${engine} first`,
  };
}

/** Its volumes are copied by an engine that moves by itself, and nothing is seen of what steers it. */
function orphanOf({ name, placements }: Component, assessment: Assessment, movers: ReadonlySet<string>): Reason | undefined {
  const spaces = new Set(placements.map(({ namespace }) => namespace));
  const found = assessment
    .readings()
    .flatMap(({ protection }) => protection.states.flatMap(({ replications }) => replications))
    .find(({ engine, namespace }) => movers.has(engine) && spaces.has(namespace));
  if (!found) return undefined;
  return {
    code: 'CLUSTER_UNREACHABLE',
    severity: 'blocker',
    component: name,
    cluster: found.cluster,
    message: `${found.engine} manages ${name} (${found.namespace}/${found.name} on ${found.cluster}), and what steers it is not to be seen: its hub does not answer, is not configured or may not be read`,
    fix: 'configure the cluster that has it (--contexts, or dr.clusters), or wait until it answers',
  };
}
