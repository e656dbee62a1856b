/** A component, and what it needs of the same application. */
export interface Needing {
  name: string;
  dependsOn: readonly string[];
}

export interface GraphNode {
  name: string;
  /** 0: nothing needs it, so users meet it first. */
  layer: number;
  /** From the top of its layer. */
  row: number;
}

export interface GraphLayout {
  /** Layer by layer, from the top: what is met first comes first, also for whoever hears it read. */
  nodes: GraphNode[];
  /** `from` needs `to`. */
  edges: { from: GraphNode; to: GraphNode }[];
  layers: number;
  rows: number;
}

/** Sweeps over all layers, after which the order hardly changes any more. */
const sweeps = 4;

/**
 * Layers from left to right, each thing left of all that it needs; within a layer in the order of their neighbours, so that
 * few lines cross (barycentres). Names that are no component are left out; a circle is cut where it closes.
 */
export function layoutOf(components: readonly Needing[]): GraphLayout {
  const byName = new Map(components.map((component) => [component.name, component]));
  const needs = acyclic(byName);
  const layerOf = layers(byName, needs);
  const columns: string[][] = [];
  for (const { name } of components) (columns[layerOf.get(name)!] ??= []).push(name);
  const neededBy = new Map<string, string[]>();
  for (const [from, targets] of needs) for (const to of targets) neededBy.set(to, [...(neededBy.get(to) ?? []), from]);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forward = sweep % 2 === 0;
    const neighbours = forward ? neededBy : needs;
    const rowOf = new Map(columns.flatMap((column) => column.map((name, row) => [name, row] as const)));
    for (const column of forward ? columns : columns.toReversed()) {
      const weight = new Map(column.map((name, row) => [name, mean((neighbours.get(name) ?? []).map((one) => rowOf.get(one)!)) ?? row]));
      column.sort((a, b) => weight.get(a)! - weight.get(b)!);
      column.forEach((name, row) => rowOf.set(name, row));
    }
  }
  const nodes = columns.flatMap((column, layer) => column.map((name, row): GraphNode => ({ name, layer, row })));
  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  return {
    nodes,
    edges: [...needs].flatMap(([from, targets]) => targets.map((to) => ({ from: nodeOf.get(from)!, to: nodeOf.get(to)! }))),
    layers: columns.length,
    rows: Math.max(0, ...columns.map((column) => column.length)),
  };
}

/** What each needs, without names that are not there and without what would close a circle. */
function acyclic(byName: ReadonlyMap<string, Needing>): Map<string, string[]> {
  const needs = new Map([...byName.keys()].map((name) => [name, [] as string[]]));
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    open.add(name);
    for (const to of new Set(byName.get(name)!.dependsOn)) {
      if (!byName.has(to) || open.has(to)) continue;
      needs.get(name)!.push(to);
      if (!done.has(to)) visit(to);
    }
    open.delete(name);
    done.add(name);
  };
  for (const name of byName.keys()) if (!done.has(name)) visit(name);
  return needs;
}

/** Longest way from something that nothing needs. */
function layers(byName: ReadonlyMap<string, Needing>, needs: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const waiting = new Map([...byName.keys()].map((name) => [name, 0]));
  for (const targets of needs.values()) for (const to of targets) waiting.set(to, waiting.get(to)! + 1);
  const layer = new Map([...byName.keys()].map((name) => [name, 0]));
  const ready = [...waiting].flatMap(([name, count]) => (count === 0 ? [name] : []));
  for (let name = ready.shift(); name !== undefined; name = ready.shift()) {
    for (const to of needs.get(name)!) {
      layer.set(to, Math.max(layer.get(to)!, layer.get(name)! + 1));
      waiting.set(to, waiting.get(to)! - 1);
      if (waiting.get(to) === 0) ready.push(to);
    }
  }
  return layer;
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
