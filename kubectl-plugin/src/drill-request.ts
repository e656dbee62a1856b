import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';
import { mappingFlags, mappingOf } from './failover-request.ts';
import { whatAndWhere } from './restore-request.ts';

/** Flags of `plan` that a drill decides by itself, or that would touch what runs. */
const ofRestore = [
  'without',
  'point',
  'override',
  'accept-data-loss',
  'mode',
  'isolate',
  'prune',
  'safety-backup',
  'restart-dependents',
  'undo-window',
];

/** The flags of `drill` and `plan drill` as a request to core. */
export function drillRequest(args: Arguments, command: string): PlanRequest & { intent: 'Drill' } {
  const ignored = ofRestore.find((name) => args.flags[name] !== undefined);
  if (ignored) throw new UsageError(`--${ignored} is of restore: a drill is always an isolated copy, removed when it ends`, command);
  if (args.flags['map-namespace'] !== undefined)
    throw new UsageError('--map-namespace is of a move: a drill makes namespaces of its own, and removes them', command);
  const on = flagText(args, 'on');
  const mapped = on === undefined ? mappingFlags.find((name) => args.flags[name] !== undefined) : undefined;
  if (mapped) throw new UsageError(`--${mapped} says what is called otherwise on another cluster: name that one with --on`, command);
  return {
    intent: 'Drill',
    application: args.positionals.APP!,
    ...whatAndWhere(args),
    ...(on !== undefined && { on }),
    ...mappingOf(args, command),
  };
}
