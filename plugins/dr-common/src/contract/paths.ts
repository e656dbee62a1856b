/** Paths under the plugin's base, `/api/dr`. Free of schemas, so that a client costs a browser almost nothing. */
export const paths = {
  applications: '/v1/applications',
  applicationsByRefs: '/v1/applications/by-refs',
  application: '/v1/applications/:kind/:namespace/:name',
  points: '/v1/applications/:kind/:namespace/:name/points',
  plans: '/v1/applications/:kind/:namespace/:name/plans',
  diff: '/v1/applications/:kind/:namespace/:name/diff',
  doctor: '/v1/applications/:kind/:namespace/:name/doctor',
  report: '/v1/applications/:kind/:namespace/:name/report',
  policyChanges: '/v1/applications/:kind/:namespace/:name/policy-changes',
  policyLint: '/v1/applications/:kind/:namespace/:name/policy-lint',
  operations: '/v1/operations',
  operation: '/v1/operations/:id',
  cancelOperation: '/v1/operations/:id/cancel',
  resumeOperation: '/v1/operations/:id/resume',
  undoOperation: '/v1/operations/:id/undo',
  confirmOperation: '/v1/operations/:id/confirm',
  approveOperation: '/v1/operations/:id/approve',
  rejectOperation: '/v1/operations/:id/reject',
  clusters: '/v1/clusters',
  policies: '/v1/policies',
  policy: '/v1/policies/:namespace/:name',
  locations: '/v1/locations',
  schedules: '/v1/schedules',
  restores: '/v1/restores',
  engines: '/v1/engines',
  coverage: '/v1/coverage',
  owners: '/v1/owners',
  fleetDoctor: '/v1/doctor',
  fleetReport: '/v1/report',
  fleetPolicyChanges: '/v1/policy-changes',
  fleetPolicyLint: '/v1/policy-lint',
  health: '/v1/health',
  openapi: '/openapi.json',
} as const;

/** Header of every request that starts something: the same key again answers as the first time. */
export const idempotencyHeader = 'Idempotency-Key';

/** Channel of the signals plugin on which `SignalMessage`s are published. */
export const signalChannel = 'dr';

/** Something changed, read again; never a value, because every signed-in user receives it. */
export type SignalMessage = { type: 'fleet' } | { type: 'operation'; id: string };

/**
 * The kind under which an application is addressed that no catalog knows (read from cluster labels):
 * `application:default/NAME`. Other kinds are those of the catalog.
 */
export const applicationKind = 'application';

/** `/v1/operations/:id` with the values in place, each encoded. */
export function fillPath(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replace(/:([a-z]+)/gi, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`the path ${template} needs ${name}`);
    return encodeURIComponent(value);
  });
}
