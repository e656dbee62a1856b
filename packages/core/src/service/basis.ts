import type { NamespaceInventory } from '../application/cluster-inventory.ts';
import type { Application } from '../application/model.ts';
import type { ScheduleFacts } from '../compliance/facts.ts';
import type { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { Sources } from '../compliance/place-facts.ts';
import type { ContentsKnown } from '../compliance/usable.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { RecoveryPoint } from '../protection/model.ts';

/** Everything that the status of one application was computed from, but the time. */
export interface Basis {
  /** The application itself, its operations of before, and its clusters' states, as text. */
  text: string;
  policies: Sources['policies'];
  places: readonly PlaceBasis[];
  /** What was known of the inside of points. */
  answers: readonly (readonly [pointId: string, answer: ContentsKnown])[];
}

interface PlaceBasis {
  inventory: NamespaceInventory | undefined;
  points: readonly RecoveryPoint[];
  schedules: readonly ScheduleFacts[];
}

/**
 * Undefined where a status rests on more than can be compared cheaply: copies between clusters, and places that nobody
 * knows yet. `operations`: what the application's operations of before say, as text.
 */
export function basisOf(application: Application, sources: Sources, operations: string, answers: Basis['answers']): Basis | undefined {
  const places: PlaceBasis[] = [];
  const states = new Set<string>();
  for (const { placements } of application.components) {
    for (const { cluster, namespace } of placements) {
      const inventory = cluster === undefined ? undefined : sources.fleet.get(cluster);
      const protection = cluster === undefined ? undefined : sources.protection.get(cluster);
      if (!inventory || !protection || protection.replicationsOf(namespace).length > 0) return undefined;
      const points = protection.pointsOf(namespace);
      places.push({ inventory: inventory.namespace(namespace), points, schedules: protection.schedulesAround(namespace) });
      states.add(stateOf(inventory.reading, protection));
      const evidence = points.map((point) => protection.evidenceOf(point)).filter((list) => list.length > 0);
      if (evidence.length > 0) states.add(JSON.stringify(evidence));
    }
  }
  const text = JSON.stringify([application, operations, sources.fleet.names().length, ...states]);
  return { text, policies: sources.policies, places, answers };
}

/** Would the same status come out, at the same time? `answers` of `now` are not looked at: they are asked for. */
export function stillHolds(then: Basis, now: Basis, contents: (pointId: string) => ContentsKnown): boolean {
  return (
    then.policies === now.policies &&
    then.text === now.text &&
    then.places.length === now.places.length &&
    then.places.every((place, index) => {
      const other = now.places[index]!;
      return place.inventory === other.inventory && identical(place.points, other.points) && identical(place.schedules, other.schedules);
    }) &&
    then.answers.every(([id, answer]) => contents(id) === answer)
  );
}

function identical<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}

/** What concerns everything on a cluster. */
const states = new WeakMap<ClusterProtection, string>();

function stateOf({ unreachable, failures, limited }: ClusterReading, protection: ClusterProtection): string {
  let state = states.get(protection);
  if (state === undefined) {
    state = JSON.stringify([
      unreachable?.message,
      [...failures].map(([key, { code, message }]) => [key, code, message]),
      limited?.namespaces,
      limited?.error.message,
      protection.states.map(({ installation }) => installation),
      [...protection.locations.byName.values()],
      [...protection.locations.readable],
    ]);
    states.set(protection, state);
  }
  return state;
}
