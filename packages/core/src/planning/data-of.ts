import type { Plan } from './model.ts';

/** Where the data of a component comes from: its continuous copies where there are some, else its points. */
export function dataOf(component: string, { points, copies = [] }: Pick<Plan, 'points' | 'copies'>): { capturedAt?: string }[] {
  const copied = copies.filter((copy) => copy.component === component);
  return copied.length > 0 ? copied : points.filter((point) => point.component === component);
}
