import fc from 'fast-check';
import { dependencyGraph, printCycle, type GraphNode } from './graph.ts';

const nodes = (edges: Record<string, string[]>): GraphNode[] => Object.entries(edges).map(([name, dependsOn]) => ({ name, dependsOn }));

/** Reachability by brute force, the oracle for "is there a cycle". */
function cyclic(graph: GraphNode[]): boolean {
  const targets = new Map(graph.map((node) => [node.name, node.dependsOn.filter((to) => graph.some((other) => other.name === to))]));
  return graph.some(({ name }) => {
    const seen = new Set<string>();
    const queue = [...targets.get(name)!];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (at === name) return true;
      if (!seen.has(at)) queue.push(...targets.get(at)!);
      seen.add(at);
    }
    return false;
  });
}

const arbitraryGraph = fc
  .uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 0, maxLength: 8 })
  .chain((names) => fc.tuple(...names.map((name) => fc.subarray([...'abcdefgh']).map((dependsOn): GraphNode => ({ name, dependsOn })))));

const sparseGraph = fc
  .uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 8 })
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.subarray([...'abcdefgh'], { maxLength: 2 }).map((dependsOn): GraphNode => ({ name, dependsOn })))),
  );

describe('dependencyGraph', () => {
  it('orders a shop', () => {
    const graph = dependencyGraph(nodes({ web: ['orders', 'cache'], orders: ['orders-db'], 'orders-db': [], cache: [] }));
    expect(graph).toEqual({ waves: [['cache', 'orders-db'], ['orders'], ['web']], cycles: [], dangling: [] });
  });

  it('finds and prints a cycle, and still orders the rest', () => {
    const graph = dependencyGraph(nodes({ a: ['b'], b: ['a'], web: ['a'], db: [] }));
    expect(graph.cycles.map(printCycle)).toEqual(['a -> b -> a']);
    expect(graph.waves.flat().sort()).toEqual(['a', 'b', 'db', 'web']);
  });

  it('says when something depends on itself', () => {
    expect(dependencyGraph(nodes({ a: ['a'] })).cycles.map(printCycle)).toEqual(['a -> a']);
  });

  it('names dangling references', () => {
    expect(dependencyGraph(nodes({ web: ['petstore'] })).dangling).toEqual([{ from: 'web', to: 'petstore' }]);
  });

  it('puts every node once, and every edge to an earlier wave unless a cycle forbids it', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryGraph, sparseGraph), (graph) => {
        const { waves, cycles, dangling } = dependencyGraph(graph);
        const known = new Set(graph.map((node) => node.name));
        expect(waves.flat().sort()).toEqual([...known].sort());
        expect(cycles.length > 0).toBe(cyclic(graph));
        for (const cycle of cycles) {
          expect(cycle[0]).toBe(cycle.at(-1));
          for (let i = 1; i < cycle.length; i++) {
            expect(graph.find((node) => node.name === cycle[i - 1])!.dependsOn).toContain(cycle[i]);
          }
        }
        const waveOf = new Map(waves.flatMap((wave, index) => wave.map((name) => [name, index] as const)));
        for (const { name, dependsOn } of graph) {
          for (const to of dependsOn) {
            if (!known.has(to)) expect(dangling).toContainEqual({ from: name, to });
            else if (cycles.length === 0) expect(waveOf.get(to)!).toBeLessThan(waveOf.get(name)!);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not overflow on a long chain', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => ({ name: `n${i}`, dependsOn: [`n${(i + 1) % 20_000}`] }));
    const graph = dependencyGraph(long);
    expect(graph.cycles).toHaveLength(1);
    expect(graph.waves.flat()).toHaveLength(20_000);
  });

  it('ends soon when everything depends on everything', () => {
    const names = Array.from({ length: 200 }, (_, i) => `n${i}`);
    const graph = dependencyGraph(names.map((name) => ({ name, dependsOn: names })));
    expect(graph.cycles.length).toBeGreaterThan(0);
    expect(graph.waves.flat().sort()).toEqual(names.sort());
  });
});
