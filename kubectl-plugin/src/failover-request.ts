import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { flagList, flagText } from './context.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';

const ofRestore = ['as', 'mode', 'isolate', 'allow-missing-volumes', 'prune', 'safety-backup', 'restart-dependents', 'undo-window'];

/** The flags of `failover` and `plan failover` as a request to core. */
export function failoverRequest(args: Arguments, command: string): PlanRequest {
  const ignored = ofRestore.find((name) => args.flags[name] !== undefined);
  if (ignored) throw new UsageError(`--${ignored} is of restore: a failover brings the application itself to another cluster`, command);
  const to = flagText(args, 'to');
  if (to === undefined) throw new UsageError('--to CLUSTER is missing: where to go on', command);
  const components = flagList(args, 'component');
  const point = flagText(args, 'point');
  const override = flagText(args, 'override');
  const classes = flagList(args, 'storage-class')?.map((pair): [string, string] => {
    const [, from, into] = /^([^=]+)=([^=]+)$/.exec(pair) ?? [];
    if (from === undefined || into === undefined) throw new UsageError(`--storage-class ${pair} is not FROM=TO`, command);
    return [from, into];
  });
  if (override?.trim() === '') throw new UsageError('--override says nothing: why cannot the old copy be running?', command);
  return {
    intent: 'Failover',
    application: args.positionals.APP!,
    to,
    ...(components && { components }),
    ...(point !== undefined && { point }),
    ...(override !== undefined && { override: override.trim() }),
    ...(classes && { storageClasses: Object.fromEntries(classes) }),
  };
}
