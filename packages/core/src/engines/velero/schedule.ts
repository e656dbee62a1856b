import { formatDuration } from '../../policy/duration.ts';
import type { ScheduleRequest } from '../../ports/engine.ts';
import { type KubeObject, apiVersionOf } from '../../ports/kubernetes.ts';
import { veleroKinds } from './kinds.ts';
import { labelSelectorOf } from './selector.ts';
import type { ScheduleSpec } from './types.generated.ts';

/** What narrows a schedule, or sends it elsewhere: nothing of it may stay that the policy does not ask for. */
export const ownedFields: readonly string[] = [
  'spec.paused',
  ...[
    'labelSelector',
    'orLabelSelectors',
    'storageLocation',
    'excludedNamespaces',
    'includedResources',
    'excludedResources',
    'resourcePolicy',
  ].map((field) => `spec.template.${field}`),
];

/**
 * A Schedule. The server copies its labels onto every backup that it makes. Backups do not belong to it
 * (`useOwnerReferencesInBackup`), so that they outlive it.
 */
export function renderSchedule(request: ScheduleRequest, namespace: string): KubeObject {
  const type = veleroKinds.schedules;
  const { name, cron, timeZone, every, labels, annotations } = request;
  const spec: ScheduleSpec = {
    schedule: every === undefined ? `CRON_TZ=${timeZone ?? 'Etc/UTC'} ${cron}` : `@every ${goDuration(every)}`,
    useOwnerReferencesInBackup: false,
    template: {
      includedNamespaces: request.namespaces,
      ...(request.labelSelector === undefined ? {} : { labelSelector: labelSelectorOf(request.labelSelector) }),
      ...(request.location === undefined ? {} : { storageLocation: request.location }),
      ttl: goDuration(request.keepFor),
    },
  };
  return { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, namespace, labels, annotations }, spec };
}

/** Go knows no days. As the API server writes it back: `720h0m0s`. */
function goDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds <= 0) throw new RangeError(`a schedule cannot run every ${formatDuration(milliseconds)}`);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}h${minutes}m${rest}s` : minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
