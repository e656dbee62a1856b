import type { Intent } from './model.ts';

/** Ways of an application to another cluster. */
export const moveIntents = ['Failover', 'Relocate', 'Failback'] as const satisfies readonly Intent[];
export type MoveIntent = (typeof moveIntents)[number];

export function isMove(intent: Intent): intent is MoveIntent {
  return (moveIntents as readonly Intent[]).includes(intent);
}
