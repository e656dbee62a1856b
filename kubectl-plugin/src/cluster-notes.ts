import type { Fleet } from '@kubectl-dr/core/service/model';
import { exit } from './exit-codes.ts';
import type { Output } from './output/terminal.ts';
import { clean } from './output/terminal.ts';

/** What could not be read, one line each on stderr: the rest of the answer stands. */
export function clusterNotes(fleet: Fleet, output: Output): void {
  for (const cluster of fleet.clusters.filter((candidate) => !candidate.reachable)) {
    output.err(`cluster ${clean(cluster.name)}: ${clean(cluster.error?.message ?? 'could not be read', 600)}\n`);
    if (cluster.error?.hint) output.err(`  next: ${clean(cluster.error.hint)}\n`);
  }
  for (const problem of fleet.problems) {
    output.err(`${problem.severity}: ${clean(problem.message, 600)}\n`);
    if (problem.fix) output.err(`  next: ${clean(problem.fix)}\n`);
  }
}

/** 1 only if nothing at all could be read. */
export function exitOfFleet(fleet: Fleet): number {
  return fleet.clusters.length > 0 && fleet.clusters.every((cluster) => !cluster.reachable) ? exit.error : exit.done;
}
