import { box, curve, gap, leftOf, topOf } from './curve.ts';

const node = (layer: number, row: number) => ({ name: `${layer}/${row}`, layer, row });

/** Every corner of the line. */
const points = (path: string): [number, number][] => {
  let y = 0;
  return [...path.matchAll(/([MCH])([^MCH]+)/g)].map(([, kind, text]) => {
    const numbers = text!.split(' ').map(Number);
    if (kind === 'H') return [numbers[0]!, y];
    y = numbers.at(-1)!;
    return [numbers.at(-2)!, y];
  });
};

describe('the line from a box to what it needs', () => {
  it('goes from side to side, and leaves room for the head of its arrow', () => {
    expect(points(curve(node(0, 0), node(1, 2)))).toEqual([
      [leftOf(0) + box.width, topOf(0) + box.height / 2],
      [leftOf(1) - 6, topOf(2) + box.height / 2],
    ]);
  });

  it.each([
    [node(0, 0), node(2, 0)],
    [node(0, 0), node(2, 3)],
    [node(0, 3), node(3, 0)],
    [node(1, 2), node(4, 2)],
  ])('passes layers in between where no box is: %o to %o', (from, to) => {
    const corners = points(curve(from, to));
    for (let layer = from.layer + 1; layer < to.layer; layer += 1) {
      const beside = corners.filter(([x]) => x >= leftOf(layer) && x <= leftOf(layer) + box.width);
      expect(beside.map(([x]) => x)).toEqual([leftOf(layer), leftOf(layer) + box.width]);
      for (const [, y] of beside) {
        const within = (y - topOf(0) + box.height + gap.y) % (box.height + gap.y);
        expect(within).toBeGreaterThan(box.height);
      }
    }
  });
});
