/** Names and the names each depends on. Only `name` and `dependsOn` are looked at, so Components fit as they are. */
export interface GraphNode {
  name: string;
  dependsOn: readonly string[];
}

export interface Graph {
  /**
   * Start order: everything of a wave depends only on earlier waves, and each node is in the earliest wave it can be.
   * Nodes of a cycle, and those that depend on one, still get a place: the edges that close a cycle are ignored.
   */
  waves: string[][];
  /** One cycle per knot of nodes that reach each other, each `[a, b, a]`. Empty exactly when an order exists. */
  cycles: string[][];
  /** References to names that are not there. */
  dangling: { from: string; to: string }[];
}

/** A catalog in which everything depends on everything must not take minutes: beyond this, the rest is one last wave. */
const maxRounds = 50;

/** `a -> b -> a` */
export function printCycle(cycle: readonly string[]): string {
  return cycle.join(' -> ');
}

/** Dependency waves by Kahn's algorithm. Total: no input throws, and equal names count once (their edges are joined). */
export function dependencyGraph(nodes: readonly GraphNode[]): Graph {
  const edges = new Map<string, Set<string>>();
  for (const node of nodes) edges.set(node.name, new Set([...(edges.get(node.name) ?? []), ...node.dependsOn]));

  const dangling: Graph['dangling'] = [];
  for (const [from, targets] of edges) {
    for (const to of targets) {
      if (edges.has(to)) continue;
      dangling.push({ from, to });
      targets.delete(to);
    }
  }

  const cycles: string[][] = [];
  let { waves, rest } = kahn(edges);
  // Each round breaks one cycle, so that an order for the others can be shown.
  for (let round = 0; rest.length > 0 && round < maxRounds; round++) {
    const cycle = findCycle(edges)!;
    if (!cycles.some((known) => known.some((name) => cycle.includes(name)))) cycles.push(cycle);
    edges.get(cycle.at(-2)!)!.delete(cycle.at(-1)!);
    ({ waves, rest } = kahn(edges));
  }
  if (rest.length > 0) waves.push(rest);
  return { waves, cycles, dangling };
}

/** Waves as far as they go; `rest` are the nodes that a cycle keeps back. */
function kahn(edges: ReadonlyMap<string, ReadonlySet<string>>): { waves: string[][]; rest: string[] } {
  const open = new Map([...edges].map(([name, targets]) => [name, targets.size]));
  const dependents = new Map<string, string[]>();
  for (const [from, targets] of edges) {
    for (const to of targets) {
      const list = dependents.get(to);
      if (list) list.push(from);
      else dependents.set(to, [from]);
    }
  }
  const waves: string[][] = [];
  const rest = new Set(edges.keys());
  let wave = [...edges.keys()].filter((name) => open.get(name) === 0);
  while (wave.length > 0) {
    waves.push(wave.sort());
    const next: string[] = [];
    for (const name of wave) {
      rest.delete(name);
      for (const dependent of dependents.get(name) ?? []) {
        const left = open.get(dependent)! - 1;
        open.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    wave = next;
  }
  return { waves, rest: [...rest].sort() };
}

/** Some cycle, by depth-first search without recursion: catalogs are foreign input and may be deep. */
function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { name: string; rest: Iterator<string> }[] = [];
    const enter = (name: string) => {
      path.push(name);
      onPath.add(name);
      stack.push({ name, rest: edges.get(name)!.values() });
    };
    if (!done.has(start)) enter(start);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const next = top.rest.next();
      if (next.done) {
        stack.pop();
        path.pop();
        onPath.delete(top.name);
        done.add(top.name);
      } else if (onPath.has(next.value)) {
        return [...path.slice(path.indexOf(next.value)), next.value];
      } else if (!done.has(next.value)) {
        enter(next.value);
      }
    }
  }
  return undefined;
}
