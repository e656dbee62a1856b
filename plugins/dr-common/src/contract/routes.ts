import {
  clusterListSchema,
  engineListSchema,
  policyListSchema,
  recoveryPointListSchema,
  restoreListSchema,
  scheduleListSchema,
  storageLocationListSchema,
} from '@kubectl-dr/core/wire/protection';
import type { z } from 'zod';
import {
  applicationPageSchema,
  applicationsQuerySchema,
  byRefsRequestSchema,
  byRefsResponseSchema,
  entityParametersSchema,
  portalApplicationSchema,
} from './applications.ts';
import {
  diffQuerySchema,
  diffSchema,
  doctorReportSchema,
  policyLintListSchema,
  policyRenderingSchema,
  reportQuerySchema,
  reportSchema,
} from './evidence.ts';
import { coverageQuerySchema, coverageSchema, healthSchema, ownerListSchema } from './fleet.ts';
import {
  decisionSchema,
  operationListSchema,
  operationParametersSchema,
  operationSchema,
  operationsQuerySchema,
  planRequestSchema,
  portalPlanSchema,
  startOperationSchema,
} from './operations.ts';
import { paths } from './paths.ts';
import { policyParametersSchema, portalPolicySchema } from './policies.ts';

/** One route of the API: what the router checks, what the OpenAPI document says and what the client sends. */
export interface Route {
  method: 'get' | 'post';
  path: string;
  summary: string;
  /** Of a success. */
  status: 200 | 202;
  parameters?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
  /** Wants the header `Idempotency-Key`. */
  idempotent?: boolean;
}

const route = <const R extends Route>(definition: R): R => definition;

/** Keys are the operation ids of the OpenAPI document. */
export const routes = {
  listApplications: route({
    method: 'get',
    path: paths.applications,
    summary: 'Applications that the caller may see, worst verdict first unless asked otherwise, with how many stand where',
    status: 200,
    query: applicationsQuerySchema,
    response: applicationPageSchema,
  }),
  getApplicationsByRefs: route({
    method: 'post',
    path: paths.applicationsByRefs,
    summary: 'What there is to show for many entities at once',
    status: 200,
    body: byRefsRequestSchema,
    response: byRefsResponseSchema,
  }),
  getApplication: route({
    method: 'get',
    path: paths.application,
    summary: 'The application that an entity is, or is a component of',
    status: 200,
    parameters: entityParametersSchema,
    response: portalApplicationSchema,
  }),
  listPoints: route({
    method: 'get',
    path: paths.points,
    summary: 'Recovery points of an application, newest first, each with its use per component',
    status: 200,
    parameters: entityParametersSchema,
    response: recoveryPointListSchema,
  }),
  createPlan: route({
    method: 'post',
    path: paths.plans,
    summary: 'What a backup or a restore would do; kept until it expires, so that it can be carried out by id and hash',
    status: 200,
    parameters: entityParametersSchema,
    body: planRequestSchema,
    response: portalPlanSchema,
  }),
  getDiff: route({
    method: 'get',
    path: paths.diff,
    summary: 'How the configuration that runs differs from a point; for whoever may plan',
    status: 200,
    parameters: entityParametersSchema,
    query: diffQuerySchema,
    response: diffSchema,
  }),
  getDoctorReport: route({
    method: 'get',
    path: paths.doctor,
    summary: 'What would go wrong with an application on the day it is needed; for whoever may plan',
    status: 200,
    parameters: entityParametersSchema,
    response: doctorReportSchema,
  }),
  getReport: route({
    method: 'get',
    path: paths.report,
    summary: 'How an application stands, as evidence; for whoever may plan',
    status: 200,
    parameters: entityParametersSchema,
    query: reportQuerySchema,
    response: reportSchema,
  }),
  listPolicyChanges: route({
    method: 'get',
    path: paths.policyChanges,
    summary: 'What the policies of an application ask engines to keep, compared with what is there; for whoever may plan',
    status: 200,
    parameters: entityParametersSchema,
    response: policyRenderingSchema,
  }),
  listPolicyLint: route({
    method: 'get',
    path: paths.policyLint,
    summary: 'What is wrong with the policies of an application, or with their assignment',
    status: 200,
    parameters: entityParametersSchema,
    response: policyLintListSchema,
  }),
  startOperation: route({
    method: 'post',
    path: paths.operations,
    summary: 'Carry out a plan',
    status: 202,
    body: startOperationSchema,
    response: operationSchema,
    idempotent: true,
  }),
  listOperations: route({
    method: 'get',
    path: paths.operations,
    summary: 'Operations of the applications that the caller may see, newest first, also those started by the command line',
    status: 200,
    query: operationsQuerySchema,
    response: operationListSchema,
  }),
  getOperation: route({
    method: 'get',
    path: paths.operation,
    summary: 'One operation with its steps',
    status: 200,
    parameters: operationParametersSchema,
    response: operationSchema,
  }),
  cancelOperation: route({
    method: 'post',
    path: paths.cancelOperation,
    summary: 'Ask an operation to stop',
    status: 202,
    parameters: operationParametersSchema,
    response: operationSchema,
  }),
  resumeOperation: route({
    method: 'post',
    path: paths.resumeOperation,
    summary: 'Continue what a dead process left behind',
    status: 202,
    parameters: operationParametersSchema,
    response: operationSchema,
  }),
  undoOperation: route({
    method: 'post',
    path: paths.undoOperation,
    summary: 'Take a restore in place back, as long as its undo window is open',
    status: 202,
    parameters: operationParametersSchema,
    response: operationSchema,
  }),
  confirmOperation: route({
    method: 'post',
    path: paths.confirmOperation,
    summary: 'Give the undo up: what was kept for it is released',
    status: 202,
    parameters: operationParametersSchema,
    response: operationSchema,
  }),
  approveOperation: route({
    method: 'post',
    path: paths.approveOperation,
    summary: 'Agree to what another person has requested: it starts, if the world is still as it was planned',
    status: 202,
    parameters: operationParametersSchema,
    body: decisionSchema,
    response: operationSchema,
  }),
  rejectOperation: route({
    method: 'post',
    path: paths.rejectOperation,
    summary: 'Refuse what another person has requested',
    status: 200,
    parameters: operationParametersSchema,
    body: decisionSchema,
    response: operationSchema,
  }),
  listClusters: route({
    method: 'get',
    path: paths.clusters,
    summary: 'Clusters, whether they answer, and the engines on them',
    status: 200,
    response: clusterListSchema,
  }),
  listPolicies: route({
    method: 'get',
    path: paths.policies,
    summary: 'Policies and the applications they apply to',
    status: 200,
    response: policyListSchema,
  }),
  getPolicy: route({
    method: 'get',
    path: paths.policy,
    summary: 'One policy: who uses it, who of them breaches it, and what it asks of the clusters compared with what is there',
    status: 200,
    parameters: policyParametersSchema,
    response: portalPolicySchema,
  }),
  listLocations: route({
    method: 'get',
    path: paths.locations,
    summary: 'Where recovery points are kept',
    status: 200,
    response: storageLocationListSchema,
  }),
  listSchedules: route({
    method: 'get',
    path: paths.schedules,
    summary: 'Schedules that reach a namespace of an application that the caller may see; all of them for operators',
    status: 200,
    response: scheduleListSchema,
  }),
  listRestores: route({
    method: 'get',
    path: paths.restores,
    summary:
      'What operations of the applications that the caller may see brought back, newest first; not what an engine was asked for directly',
    status: 200,
    query: operationsQuerySchema,
    response: restoreListSchema,
  }),
  listEngines: route({
    method: 'get',
    path: paths.engines,
    summary: 'Engines, what they can do, and the clusters on which they are installed',
    status: 200,
    response: engineListSchema,
  }),
  getCoverage: route({
    method: 'get',
    path: paths.coverage,
    summary: 'Volumes that no usable recovery point holds',
    status: 200,
    query: coverageQuerySchema,
    response: coverageSchema,
  }),
  listOwners: route({
    method: 'get',
    path: paths.owners,
    summary: 'Who owns applications that the caller may see, and how many of these stand where',
    status: 200,
    response: ownerListSchema,
  }),
  getFleetDoctorReport: route({
    method: 'get',
    path: paths.fleetDoctor,
    summary: 'What would go wrong anywhere; for operators',
    status: 200,
    response: doctorReportSchema,
  }),
  getFleetReport: route({
    method: 'get',
    path: paths.fleetReport,
    summary: 'How everything stands, as evidence; for operators',
    status: 200,
    query: reportQuerySchema,
    response: reportSchema,
  }),
  listFleetPolicyChanges: route({
    method: 'get',
    path: paths.fleetPolicyChanges,
    summary: 'What all policies ask engines to keep, compared with what is there; for operators',
    status: 200,
    response: policyRenderingSchema,
  }),
  listFleetPolicyLint: route({
    method: 'get',
    path: paths.fleetPolicyLint,
    summary: 'What is wrong with the policies of the catalog, or with their assignment; for operators',
    status: 200,
    response: policyLintListSchema,
  }),
  getHealth: route({
    method: 'get',
    path: paths.health,
    summary: 'Whether the plugin and its clusters work',
    status: 200,
    response: healthSchema,
  }),
} satisfies Record<string, Route>;

export type RouteId = keyof typeof routes;
