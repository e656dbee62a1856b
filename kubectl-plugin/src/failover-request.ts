import type { MoveIntent } from '@kubectl-dr/core/planning/intent';
import type { Mapping, PlanRequest } from '@kubectl-dr/core/planning/model';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { flagList, flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';

const ofRestore = ['as', 'mode', 'isolate', 'allow-missing-volumes', 'prune', 'safety-backup', 'restart-dependents'];
/** Of a failover, which has to do with what has arrived; a planned move waits for the rest, and needs both sides. */
const ofFailover = ['point', 'override', 'accept-data-loss'];

/** By the word of the command line. */
export const moveIntents: Readonly<Record<string, MoveIntent>> = { failover: 'Failover', relocate: 'Relocate', failback: 'Failback' };

/** The flags of `failover`, `relocate` and `failback`, and of `plan` with these words, as a request to core. */
export function moveRequest(args: Arguments, command: string, intent: MoveIntent): PlanRequest {
  const verb = intent.toLowerCase();
  const ignored = ofRestore.find((name) => args.flags[name] !== undefined);
  if (ignored === 'as')
    throw new UsageError(`--as is of restore: a ${verb} names each namespace, --map-namespace ${args.positionals.APP!}=NAME`, command);
  if (ignored) throw new UsageError(`--${ignored} is of restore: a ${verb} brings the application itself to another cluster`, command);
  if (args.flags.on !== undefined) throw new UsageError(`--on is of drill: a ${verb} goes --to a cluster`, command);
  const foreign = intent === 'Failover' ? undefined : ofFailover.find((name) => args.flags[name] !== undefined);
  if (foreign)
    throw new UsageError(`--${foreign} is of failover: a ${verb} copies everything that is there, from a source that answers`, command);
  const to = flagText(args, 'to');
  if (to === undefined && intent !== 'Failback') throw new UsageError('--to CLUSTER is missing: where to go on', command);
  const components = flagList(args, 'component');
  const without = flagList(args, 'without');
  const point = flagText(args, 'point');
  const override = flagText(args, 'override');
  const window = flagText(args, 'undo-window');
  const namespaces = pairs(args, 'map-namespace', /^([^=]+)=([^=]+)$/, 'FROM=TO', command);
  if (override?.trim() === '') throw new UsageError('--override says nothing: why cannot the old copy be running?', command);
  return {
    intent,
    application: args.positionals.APP!,
    ...(to !== undefined && { to }),
    ...(components && { components }),
    ...(without && { without }),
    ...(point !== undefined && { point }),
    ...(override !== undefined && { override: override.trim() }),
    ...(args.flags['accept-data-loss'] === true && { acceptDataLoss: true }),
    ...mappingOf(args, command),
    ...(namespaces && { namespaces }),
    ...(window !== undefined && { undoWindow: parseDuration(window, '--undo-window') }),
  };
}

export const mappingFlags = ['storage-class', 'host', 'node-label'];

/** What is called otherwise on another cluster, as the flags say it. */
export function mappingOf(args: Arguments, command: string): Mapping {
  const storageClasses = pairs(args, 'storage-class', /^([^=]+)=([^=]+)$/, 'FROM=TO', command);
  const hosts = pairs(args, 'host', /^([^=]+)=([^=]+)$/, 'FROM=TO', command);
  const nodeLabels = pairs(args, 'node-label', /^([^=:]+=[^=:]*):([^=:]+=[^=:]*|)$/, 'KEY=VALUE:KEY=VALUE', command);
  return { ...(storageClasses && { storageClasses }), ...(hosts && { hosts }), ...(nodeLabels && { nodeLabels }) };
}

function pairs(args: Arguments, flag: string, shape: RegExp, shown: string, command: string): Record<string, string> | undefined {
  const found = flagList(args, flag)?.map((pair): [string, string] => {
    const [, from, into] = shape.exec(pair) ?? [];
    if (from === undefined || into === undefined) throw new UsageError(`--${flag} ${pair} is not ${shown}`, command);
    return [from, into];
  });
  return found && Object.fromEntries(found);
}
