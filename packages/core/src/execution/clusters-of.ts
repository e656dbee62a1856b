import type { Plan } from '../planning/model.ts';

/** Every cluster that a plan writes on, its home first. */
export function clustersOf({ home, target }: Pick<Plan, 'home' | 'target'>): string[] {
  return [...new Set([home, ...target.map(({ cluster }) => cluster)])];
}
