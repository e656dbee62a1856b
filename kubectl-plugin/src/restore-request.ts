import type { PlanRequest, RestoreMode } from '@kubectl-dr/core/planning/model';
import { flagList, flagText } from './context.ts';
import type { Arguments } from './definition.ts';

/** The flags of `restore` and `plan restore` as a request to core. */
export function restoreRequest(args: Arguments): PlanRequest {
  const components = flagList(args, 'component');
  const point = flagText(args, 'to');
  const namespace = flagText(args, 'as');
  return {
    intent: 'Restore',
    application: args.positionals.APP!,
    mode: (flagText(args, 'mode') ?? 'clone') as RestoreMode,
    isolate: flagText(args, 'isolate') !== 'false',
    ...(args.flags['allow-missing-volumes'] === true ? { allowMissingVolumes: true } : {}),
    ...(components ? { components } : {}),
    ...(point ? { point } : {}),
    ...(namespace ? { namespace } : {}),
  };
}
