import fc from 'fast-check';
import { layoutOf } from './layout.ts';

const shown = (components: { name: string; dependsOn: string[] }[]) => {
  const { nodes, edges } = layoutOf(components);
  return {
    columns: nodes.reduce<string[][]>((columns, { name, layer }) => {
      (columns[layer] ??= []).push(name);
      return columns;
    }, []),
    edges: edges.map(({ from, to }) => `${from.name} ${to.name}`),
  };
};

it('puts each thing left of what it needs, as far right as the longest way says', () => {
  expect(
    shown([
      { name: 'db', dependsOn: [] },
      { name: 'web', dependsOn: ['orders', 'db'] },
      { name: 'orders', dependsOn: ['db', 'queue'] },
      { name: 'queue', dependsOn: [] },
      { name: 'alone', dependsOn: ['elsewhere'] },
    ]),
  ).toEqual({
    columns: [['web', 'alone'], ['orders'], ['db', 'queue']],
    edges: ['web orders', 'web db', 'orders db', 'orders queue'],
  });
});

it('avoids crossings that the order can avoid', () => {
  const { columns } = shown([
    { name: 'a', dependsOn: ['y'] },
    { name: 'b', dependsOn: ['x'] },
    { name: 'x', dependsOn: [] },
    { name: 'y', dependsOn: [] },
  ]);
  expect([columns[0]!.indexOf('a') - columns[0]!.indexOf('b'), columns[1]!.indexOf('y') - columns[1]!.indexOf('x')]).toSatisfy(
    ([left, right]: number[]) => Math.sign(left!) === Math.sign(right!),
  );
});

it('ends for a circle, and for something that needs itself', () => {
  const { columns } = shown([
    { name: 'a', dependsOn: ['b', 'a'] },
    { name: 'b', dependsOn: ['a'] },
  ]);
  expect(columns).toEqual([['a'], ['b']]);
});

it('shows every component once, and every need from left to right, whatever the graph', () => {
  const graph = fc
    .array(fc.array(fc.nat(12), { maxLength: 4 }), { maxLength: 13 })
    .map((all) => all.map((needs, index) => ({ name: String(index), dependsOn: needs.map(String) })));
  fc.assert(
    fc.property(graph, (components) => {
      const { nodes, edges, rows, layers } = layoutOf(components);
      expect(nodes.map(({ name }) => name).toSorted()).toEqual(components.map(({ name }) => name).toSorted());
      expect(edges.every(({ from, to }) => from.layer < to.layer)).toBe(true);
      expect(new Set(nodes.map(({ layer, row }) => `${layer}/${row}`)).size).toBe(nodes.length);
      expect(nodes.every(({ layer, row }) => layer < layers && row < rows)).toBe(true);
    }),
  );
});
