import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { ApplicationReads } from '../service/ApplicationReads.ts';
import type { Approvals } from '../service/Approvals.ts';
import type { AuthorizedDrService } from '../service/AuthorizedDrService.ts';
import type { Evidence } from '../service/Evidence.ts';
import type { FleetReads } from '../service/FleetReads.ts';
import type { PolicyReads } from '../service/PolicyReads.ts';
import type { Handlers } from './router.ts';

export interface HandlerOptions {
  applications: ApplicationReads;
  fleet: FleetReads;
  policies: PolicyReads;
  service: AuthorizedDrService;
  approvals: Approvals;
  evidence: Evidence;
}

/** From the contract's routes to the services, and back to wire values. */
export function createHandlers({ applications, fleet, policies, service, approvals, evidence }: HandlerOptions): Handlers {
  return {
    listApplications: ({ asker, query }) => applications.list(asker, query),
    getApplicationsByRefs: ({ asker, body }) => applications.byRefs(asker, body.entityRefs),
    getApplication: ({ asker, parameters }) => applications.get(asker, parameters),
    listPoints: ({ asker, parameters }) => applications.points(asker, parameters),
    createPlan: ({ asker, parameters, body }) => service.plan(asker, parameters, body),
    getDiff: ({ asker, parameters, query }) => evidence.diff(asker, parameters, query),
    getDoctorReport: ({ asker, parameters }) => evidence.doctor(asker, parameters),
    getReport: ({ asker, parameters, query }) => evidence.report(asker, parameters, query.days),
    listPolicyChanges: ({ asker, parameters }) => evidence.policyChanges(asker, parameters),
    listPolicyLint: ({ asker, parameters }) => evidence.policyLint(asker, parameters),
    startOperation: async ({ asker, body, key }) => operationToWire(await service.start(asker, body, key)),
    listOperations: async ({ asker, query }) => ({
      apiVersion,
      kind: 'OperationList',
      items: (await service.operations(asker, query)).map(operationToWire),
    }),
    getOperation: async ({ asker, parameters }) => operationToWire(await service.operation(asker, parameters.id)),
    cancelOperation: async ({ asker, parameters }) => operationToWire(await service.cancel(asker, parameters.id)),
    resumeOperation: async ({ asker, parameters }) => operationToWire(await service.resume(asker, parameters.id)),
    undoOperation: async ({ asker, parameters }) => operationToWire(await service.undo(asker, parameters.id)),
    confirmOperation: async ({ asker, parameters }) => operationToWire(await service.confirm(asker, parameters.id)),
    approveOperation: async ({ asker, parameters, body }) => operationToWire(await approvals.approve(asker, parameters.id, body.reason)),
    rejectOperation: async ({ asker, parameters, body }) => operationToWire(await approvals.reject(asker, parameters.id, body.reason)),
    listClusters: ({ asker }) => fleet.clusters(asker),
    listPolicies: ({ asker }) => policies.list(asker),
    getPolicy: ({ asker, parameters }) => policies.get(asker, parameters),
    listLocations: ({ asker }) => fleet.locations(asker),
    listSchedules: ({ asker }) => fleet.schedules(asker),
    listRestores: ({ asker, query }) => fleet.restores(asker, query),
    listEngines: ({ asker }) => fleet.engines(asker),
    getCoverage: ({ asker, query }) => fleet.coverage(asker, query),
    listOwners: ({ asker }) => fleet.owners(asker),
    getFleetDoctorReport: ({ asker }) => evidence.fleetDoctor(asker),
    getFleetReport: ({ asker, query }) => evidence.fleetReport(asker, query.days),
    listFleetPolicyChanges: ({ asker }) => evidence.fleetPolicyChanges(asker),
    listFleetPolicyLint: ({ asker }) => evidence.fleetPolicyLint(asker),
    getHealth: ({ asker }) => fleet.health(asker),
  };
}
