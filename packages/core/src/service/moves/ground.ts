import type { Mapping, PlanRequest } from '../../planning/model.ts';
import type { Ground, PlannerDeps } from '../plan-ground.ts';

/** What every part of a move is read from. */
export interface MoveGround {
  deps: PlannerDeps;
  ground: Ground;
  request: PlanRequest & { to: string };
  mapping: Mapping;
  chosen: ReadonlySet<string>;
  /** Of a failover to an older moment: nothing newer than this may come. Undefined: the newest is meant, or a point that nobody knows. */
  asOf?: Date;
}
