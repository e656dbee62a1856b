import type { PlanRequestBody } from '@kubectl-dr/backstage-plugin-dr-common';
import { type Planned, usePlan } from './usePlan.ts';

/** `drill`: a copy that proves that it can be brought back, is measured, and goes again. */
export type RestoreMode = 'clone' | 'inPlace' | 'dataOnly' | 'configOnly' | 'drill';

/** Nothing that runs is changed by it. */
export function isBeside(mode: RestoreMode): boolean {
  return mode === 'clone' || mode === 'drill';
}

export interface RestoreChoice {
  mode: RestoreMode;
  /** A point's id; absent: the newest usable of each component. */
  point?: string;
  components: string[];
  /** Of a drill: the cluster to try it on, from what has arrived there; absent: where it runs. */
  on?: string;
  /** Of a clone; absent: the planner chooses. */
  namespace?: string;
  /** Of a clone: take points that lack volumes as well, which come back empty. */
  allowMissingVolumes: boolean;
  /** In place: remove what did not exist at the point. */
  prune: boolean;
  /** In place: restart what depends on what goes back. */
  restartDependents: boolean;
}

export function useRestore(application: string, choice: RestoreChoice, enabled: boolean): Planned {
  return usePlan(application, enabled && choice.components.length > 0 ? requestOf(choice) : undefined);
}

function requestOf({
  mode,
  point,
  components,
  namespace,
  on,
  allowMissingVolumes,
  prune,
  restartDependents,
}: RestoreChoice): PlanRequestBody {
  const inPlace = { ...(prune && { prune }), ...(restartDependents && { restartDependents }) };
  return {
    ...(mode === 'drill' ? { intent: 'Drill' } : { intent: 'Restore', mode }),
    components,
    ...(point !== undefined && { point }),
    ...(mode === 'drill' && on !== undefined && { on }),
    ...(mode === 'clone' && namespace !== undefined && { namespace }),
    ...(isBeside(mode) ? allowMissingVolumes && { allowMissingVolumes } : inPlace),
  };
}
