import type { Reason } from '../../reason.ts';
import { type Facts, because } from '../facts.ts';

/**
 * A move to another cluster still has something to do: an old copy that nobody has seen to stand still, a copy back that is not set up,
 * steps after which it stopped. The newest is told.
 */
export function moveUnfinished(facts: Facts): Reason | undefined {
  const [move] = facts.unfinishedMoves ?? [];
  if (!move) return undefined;
  const { operation, object, clusters, open, fix } = move;
  return because(facts, {
    code: 'MOVE_UNFINISHED',
    severity: 'warning',
    message: `${operation ?? object} is not finished on ${clusters.join(', ')}: ${open.join('; ')}`,
    evidence: [
      ...(operation === undefined ? [] : [`operation: ${operation}`]),
      ...(object === undefined ? [] : [`object: ${object}`]),
      ...clusters.map((cluster) => `cluster: ${cluster}`),
    ],
    fix,
  });
}
