import type { Fleet } from '@kubectl-dr/core/service/model';
import { exit } from './exit-codes.ts';
import type { Output } from './output/terminal.ts';
import { clean, nextStep } from './output/terminal.ts';

/** What could not be read, one line each on stderr with its next step: the rest of the answer stands. */
export function clusterNotes(fleet: Pick<Fleet, 'clusters' | 'problems'>, output: Output): void {
  const silent = fleet.clusters.filter(({ reachable }) => !reachable);
  const severity = silent.length === fleet.clusters.length ? 'error' : 'warning';
  for (const { name, error } of silent) note(severity, error?.message ?? `${name} could not be read`, error?.hint, output);
  for (const { severity: how, message, fix } of fleet.problems) note(how, message, fix, output);
}

export function note(severity: string, message: string, hint: string | undefined, output: Output): void {
  output.err(`${severity}: ${clean(message, 600)}\n`);
  if (hint) output.err(`next: ${nextStep(hint)}\n`);
}

/** 1 only if nothing at all could be read; 6 when that is so because nobody let us. */
export function exitOfFleet({ clusters }: Pick<Fleet, 'clusters'>): number {
  if (clusters.length === 0 || clusters.some(({ reachable }) => reachable)) return exit.done;
  return clusters.every(({ error }) => error?.code === 'FORBIDDEN') ? exit.refused : exit.error;
}

/** Why a list is empty, where that is not simply so. */
export function whyEmpty(fleet: Pick<Fleet, 'clusters'>): string | undefined {
  const bare = fleet.clusters.filter(({ reachable, engines }) => reachable && !engines.some(({ installed }) => installed));
  if (bare.length === 0) return undefined;
  return `no backup engine is installed on ${bare.map(({ name }) => clean(name)).join(' and ')}`;
}
