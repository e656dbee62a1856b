import { cycleReasons } from './cycles.ts';
import type { FleetInventory } from './fleet-inventory.ts';
import { formerCopy, isFormerCopy } from './former-copies.ts';
import { inventoryOf, takesAll } from './inventory.ts';
import type { Application, Component, Placement } from './model.ts';
import { type Coverage, coverage, placeKey } from './taken.ts';
import { type TenancyRule, claimOf } from './tenancy.ts';
import { uniqueName } from './unique-name.ts';
import { workloadKey } from './workload.ts';

/**
 * The catalog wins, labels add.
 *
 * - What a catalog's component already takes is not told a second time; but only a placement that the cluster or the
 *   operator confirmed takes anything: an entry that merely claims a namespace must not hide what runs there.
 * - What labels find beyond that joins the catalog's application of the same name when its namespace belongs to that
 *   application's owner. Otherwise it stays an application of its own, under another name: a catalog entry of the right
 *   name must not adopt other people's workloads.
 *
 * - A copy that a move stopped and left, and that labels call otherwise than the catalog, is no part: it is told as what it is.
 *
 * `fromCatalog` has to be settled (`tenancy.ts`). `moved`: the same applications where they run since they were moved to another
 * cluster; what they take there is not told a second time either.
 */
export function mergeApplications(
  fromCatalog: readonly Application[],
  fromLabels: readonly Application[],
  fleet: FleetInventory,
  rules: readonly TenancyRule[],
  moved: readonly Application[] = [],
): Application[] {
  const merged = fromCatalog.map((application) => ({ ...application, components: [...application.components] }));
  const byName = new Map(merged.map((application) => [application.name.toLowerCase(), application]));
  const taken = new Set(byName.keys());
  const known = [...fromCatalog, ...moved];
  const covered = coverage(known, fleet);

  for (const labelled of fromLabels) {
    const home = byName.get(labelled.name.toLowerCase());
    const strangers: Component[] = [];
    for (const component of labelled.components) {
      const found = component.placements.flatMap((placement) => uncovered(placement, covered, fleet));
      const isKnown = home?.components.some(({ name }) => name.toLowerCase() === component.name.toLowerCase()) ?? false;
      // Under a name of its own what a move left would be a part that nothing protects.
      const former = isKnown ? [] : found.filter((placement) => isFormerCopy(placement, { covered, known, home, fleet, rules }));
      if (home && former.length > 0)
        home.problems = [...home.problems, ...former.map((placement) => formerCopy(home, component, placement))];
      const left = found.filter((placement) => !former.includes(placement));
      const [ours, theirs] = home ? split(left, home, fleet, rules) : [[], left];
      if (home && ours.length > 0) adopt(home, component, ours);
      if (theirs.length > 0) strangers.push({ ...component, placements: theirs });
    }
    if (strangers.length > 0) merged.push(stranger(labelled, strangers, taken));
    if (home?.source === 'merged') finish(home);
  }
  return merged;
}

/** The part of a label placement that no catalog component takes. */
function uncovered(placement: Placement, covered: Coverage, fleet: FleetInventory): Placement[] {
  const taken = covered.get(placeKey(placement));
  if (taken === undefined) return [placement];
  const namespace = fleet.get(placement.cluster ?? '')?.namespace(placement.namespace);
  if (taken === 'everything' || !namespace) return [];
  const own = inventoryOf(placement, namespace).workloads.map(workloadKey);
  const left = own.filter((key) => !taken.has(key));
  if (left.length === 0) return [];
  return left.length === own.length && !takesAll(placement)
    ? [placement]
    : [{ cluster: placement.cluster!, namespace: placement.namespace, workloads: left, claim: placement.claim }];
}

/** Placements whose namespace belongs to the application's owner, and the others. */
function split(
  placements: Placement[],
  home: Application,
  fleet: FleetInventory,
  rules: readonly TenancyRule[],
): [Placement[], Placement[]] {
  const ours: Placement[] = [];
  const theirs: Placement[] = [];
  for (const placement of placements) {
    const namespace = fleet.get(placement.cluster ?? '')?.namespace(placement.namespace);
    const claim = claimOf(placement, home.owner, namespace, rules);
    if (claim === 'claimed' || claim === 'mapped') ours.push({ ...placement, claim });
    else theirs.push(placement);
  }
  return [ours, theirs];
}

function adopt(home: Application, labelled: Component, placements: Placement[]): void {
  home.source = 'merged';
  const index = home.components.findIndex(({ name }) => name.toLowerCase() === labelled.name.toLowerCase());
  const known = home.components[index];
  if (known) {
    const dependsOn = [...new Set([...known.dependsOn, ...labelled.dependsOn])].sort();
    home.components[index] = { ...known, dependsOn, placements: [...known.placements, ...placements] };
  } else {
    // The owner is the application's: the namespace agreed to that.
    const { owner: _owner, ...component } = labelled;
    home.components.push({ ...component, placements });
  }
}

/** Once all parts are there: edges to parts that stayed outside are dropped, and cycles looked for again. */
function finish(home: Application): void {
  const names = new Set(home.components.map(({ name }) => name));
  home.components = home.components.map((component) => ({
    ...component,
    dependsOn: component.dependsOn.filter((name) => names.has(name)),
  }));
  home.problems = [...home.problems.filter(({ code }) => code !== 'DEPENDENCY_CYCLE'), ...cycleReasons(home)];
}

function stranger(labelled: Application, components: Component[], taken: Set<string>): Application {
  const [first] = components[0]!.placements;
  const name = uniqueName(taken, labelled.name, [first!.namespace, `${first!.namespace}.${first!.cluster ?? 'cluster'}`]);
  const names = new Set(components.map((component) => component.name));
  return {
    ...labelled,
    name,
    components: components.map((component) => ({
      ...component,
      dependsOn: component.dependsOn.filter((dependency) => names.has(dependency)),
    })),
    problems: labelled.problems.filter(({ component }) => component === undefined || names.has(component)),
  };
}
