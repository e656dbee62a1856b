import type { GraphNode } from './layout.ts';

/** Pixels: a box, and what lies between two. */
export const box = { width: 160, height: 46 };
export const gap = { x: 36, y: 14 };
/** Around all boxes: room for a line above the first row. */
export const edge = 10;
/** Length of an arrow's head. */
const head = 6;

export const leftOf = (layer: number): number => edge + layer * (box.width + gap.x);
export const topOf = (row: number): number => edge + row * (box.height + gap.y);

/**
 * The line from a box to what it needs, as the `d` of a path. On its way past layers in between it keeps to the gaps between
 * rows: a line that disappears behind a box seems to end there.
 */
export function curve(from: GraphNode, to: GraphNode): string {
  const start = { x: leftOf(from.layer) + box.width, y: middle(from) };
  const end = { x: leftOf(to.layer) - head, y: middle(to) };
  const parts = [`M${start.x} ${start.y}`];
  let at = start;
  const bendTo = (x: number, y: number): void => {
    const half = (x - at.x) / 2;
    parts.push(`C${at.x + half} ${at.y} ${x - half} ${y} ${x} ${y}`);
    at = { x, y };
  };
  for (let layer = from.layer + 1; layer < to.layer; layer += 1) {
    const straight = start.y + ((leftOf(layer) + box.width / 2 - start.x) / (end.x - start.x)) * (end.y - start.y);
    const y = nearestGap(straight);
    bendTo(leftOf(layer), y);
    parts.push(`H${leftOf(layer) + box.width}`);
    at = { x: leftOf(layer) + box.width, y };
  }
  bendTo(end.x, end.y);
  return parts.join('');
}

const middle = ({ row }: GraphNode): number => topOf(row) + box.height / 2;

/** The middle of the gap between two rows, or above the first, that is nearest to a height. */
function nearestGap(y: number): number {
  const pitch = box.height + gap.y;
  const row = Math.max(0, Math.round((y - edge + gap.y / 2) / pitch));
  return topOf(row) - gap.y / 2;
}
