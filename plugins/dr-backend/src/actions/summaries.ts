import type { PortalApplication, PortalPlan } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';

type Reasons = PortalApplication['status']['reasons'];
type PointRef = PortalApplication['status']['recoveryPoint'];

function reasonsOf(reasons: Reasons) {
  return reasons.map(({ severity, code, message, fix, component }) => ({ severity, code, message, fix, component }));
}

function pointOf(point: PointRef) {
  return point && { name: point.name, cluster: point.cluster, capturedAt: point.time, ageSeconds: point.ageSeconds };
}

export function summaryOfStatus({ metadata, spec, status, allowed, staleSeconds }: PortalApplication) {
  return {
    application: metadata.name,
    owner: spec.owner,
    verdict: status.verdict,
    newestUsablePoint: pointOf(status.recoveryPoint),
    rpoSeconds: status.rpo.objectiveSeconds,
    dataAgeSeconds: status.rpo.actualSeconds,
    nextRun: status.nextRun,
    staleSeconds,
    reasons: reasonsOf(status.reasons),
    components: status.components.map(({ name, verdict, recoveryPoint }) => ({ name, verdict, newestUsablePoint: pointOf(recoveryPoint) })),
    mayRestore: allowed.restore,
  };
}

export function summaryOfPoint({ metadata, spec, status }: WireRecoveryPoint) {
  return {
    name: metadata.name,
    id: spec.id,
    phase: status.phase,
    capturedAt: status.capturedAt,
    ageSeconds: status.ageSeconds,
    expiresAt: status.expiresAt,
    components: (status.use ?? []).map(({ component, usable, reasons }) => ({
      name: component,
      usable,
      reasons: reasons.map(({ message }) => message),
    })),
  };
}

export function summaryOfPlan({ spec, selfService }: PortalPlan) {
  return {
    id: spec.id,
    hash: spec.hash,
    expiresAt: spec.expiresAt,
    application: spec.application,
    mode: spec.mode,
    into: spec.target.flatMap(({ cluster, namespaces }) => namespaces.map((namespace) => `${cluster}/${namespace}`)),
    dataLoss: spec.dataLoss.map(({ text }) => text),
    points: spec.points.map(({ component, name, capturedAt }) => ({ component, name, capturedAt })),
    changes: spec.changes.map(({ action, kind, namespace, name }) => ({
      action,
      object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    })),
    blockers: reasonsOf(spec.blockers),
    warnings: reasonsOf(spec.warnings),
    undo: spec.undo.text,
    estimateSeconds: spec.estimate?.seconds,
    carriedOutBy: selfService,
  };
}

export function summaryOfOperation({ id, plan, state, message }: Operation) {
  return { operation: id, application: plan.application, state, message };
}
