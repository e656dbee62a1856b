import { InputError } from '../../errors.ts';
import type { ScheduleRequest } from '../../ports/engine.ts';
import { type KubeObject, apiVersionOf } from '../../ports/kubernetes.ts';
import { selectorsOf } from './backup.ts';
import { kinds } from './kinds.ts';
import { policyOf } from './timetable.ts';

/** What narrows a schedule, stops it or sends it elsewhere. */
export const ownedFields: readonly string[] = [
  'spec.suspend',
  ...['selectors', 'namespaceSelector', 'includeResources', 'resourceTypes'].map((field) => `spec.template.spec.${field}`),
];

/** Stork copies its labels onto every backup that it makes; with Retain they outlive it. */
export function renderSchedule(request: ScheduleRequest, namespace: string): KubeObject {
  const { name, location, labels, annotations, labelSelector } = request;
  if (location === undefined)
    throw new InputError('a schedule of Stork needs a location: it has no default', {
      hint: 'name one in the policy: locations: [{ name: ... }]',
    });
  return {
    apiVersion: apiVersionOf(kinds.backupSchedules),
    kind: kinds.backupSchedules.kind,
    metadata: { name, namespace, labels, annotations },
    spec: {
      schedulePolicyName: name,
      reclaimPolicy: 'Retain',
      template: {
        spec: {
          namespaces: request.namespaces,
          backupLocation: location,
          // Stork deletes the backups that are too many, and what they keep in the store has to go with them.
          reclaimPolicy: 'Delete',
          ...(labelSelector !== undefined && { selectors: selectorsOf(labelSelector) }),
        },
      },
    },
  };
}

/** Its timetable is an object of its own, of the same name; of the namespace, for those of the cluster are everybody's. */
export function renderPolicy(request: ScheduleRequest, namespace: string): KubeObject {
  const { name, labels, annotations } = request;
  return {
    apiVersion: apiVersionOf(kinds.ownPolicies),
    kind: kinds.ownPolicies.kind,
    metadata: { name, namespace, labels, annotations },
    policy: policyOf(request),
  };
}
