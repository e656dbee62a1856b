import type { PlanRequest, RestoreMode } from '@kubectl-dr/core/planning/model';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { flagList, flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';

/** Flags that say something only about a copy beside, and only about what goes back where it is. */
const ofClone = ['as', 'isolate', 'allow-missing-volumes'];
const ofInPlace = ['prune', 'safety-backup', 'restart-dependents', 'undo-window'];

/** The flags of `restore` and `plan restore` as a request to core. UsageError for one that the mode would ignore. */
export function restoreRequest(args: Arguments, command: string): PlanRequest {
  const mode = (flagText(args, 'mode') ?? 'clone') as RestoreMode;
  const foreign = ['without', 'point', 'map-namespace', 'storage-class', 'host', 'node-label', 'override', 'accept-data-loss'].find(
    (name) => args.flags[name] !== undefined,
  );
  if (foreign) throw new UsageError(`--${foreign} is of failover${foreign === 'point' ? ': a restore goes --to a point' : ''}`, command);
  if (args.flags.on !== undefined) throw new UsageError('--on is of drill: a restore goes where the application runs', command);
  const ignored = (mode === 'clone' ? ofInPlace : ofClone).find((name) => args.flags[name] !== undefined);
  if (ignored) {
    const means = mode === 'clone' ? 'of what goes back in place: add --mode=inPlace, dataOnly or configOnly' : `not of --mode=${mode}`;
    throw new UsageError(`--${ignored} is ${means}`, command);
  }
  const window = flagText(args, 'undo-window');
  return {
    intent: 'Restore',
    application: args.positionals.APP!,
    mode,
    ...whatAndWhere(args),
    ...(mode === 'clone' ? { isolate: flagText(args, 'isolate') !== 'false' } : {}),
    ...(args.flags.prune === true ? { prune: true } : {}),
    ...(flagText(args, 'safety-backup') === 'false' ? { safetyBackup: false } : {}),
    ...(args.flags['restart-dependents'] === true ? { restartDependents: true } : {}),
    ...(window === undefined ? {} : { undoWindow: parseDuration(window, '--undo-window') }),
  };
}

/** What of which point goes where, by the flags that `restore` and `drill` share. */
export function whatAndWhere(args: Arguments): Pick<PlanRequest, 'components' | 'point' | 'namespace' | 'allowMissingVolumes'> {
  const components = flagList(args, 'component');
  const point = flagText(args, 'to');
  const namespace = flagText(args, 'as');
  return {
    ...(components && { components }),
    ...(point && { point }),
    ...(namespace && { namespace }),
    ...(args.flags['allow-missing-volumes'] === true && { allowMissingVolumes: true }),
  };
}
