import type { Reason } from '../reason.ts';
import { dependencyGraph, printCycle } from './graph.ts';
import type { Application } from './model.ts';

/** A reason for every cycle among the components, printed as `a -> b -> a`. */
export function cycleReasons(application: Pick<Application, 'name' | 'components'>): Reason[] {
  return dependencyGraph(application.components).cycles.map((cycle) => ({
    code: 'DEPENDENCY_CYCLE',
    severity: 'warning',
    message: `The dependencies of ${application.name} form a cycle: ${printCycle(cycle)}`,
    evidence: cycle.slice(0, -1).map((name, i) => `${name} dependsOn ${cycle[i + 1]}`),
    fix: `Remove one of the dependencies: ${printCycle(cycle)}.`,
  }));
}
