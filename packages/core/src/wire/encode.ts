import type { EngineCapabilities } from '../ports/engine.ts';
import type { Operation } from '../execution/model.ts';
import type { Plan } from '../planning/model.ts';
import { formatDuration } from '../policy/duration.ts';
import type { Policy } from '../policy/model.ts';
import type { RecoveryPoint, Schedule, StorageLocation } from '../protection/model.ts';
import type { ApplicationStatus, ClusterStatus, ComponentStatus, Fleet, PointUse } from '../service/model.ts';
import type { RestoreDiff } from '../service/port.ts';
import type { Restore } from '../service/restores.ts';
import { apiVersion } from './api-version.ts';
import { replicationToWire } from './encode-replication.ts';
import type { WireApplication, WireComponentStatus } from './application.ts';
import type { WireDiff, WireOperation, WirePlan } from './plan.ts';
import type {
  WireCluster,
  WireEngine,
  WirePolicy,
  WireRecoveryPoint,
  WireRestore,
  WireSchedule,
  WireStorageLocation,
} from './protection.ts';

/** JSON has no undefined: fields that are absent stay absent. */
function present<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function ageSeconds(instant: string | undefined, now: Date): number | undefined {
  const age = Math.round((now.getTime() - Date.parse(instant ?? '')) / 1000);
  return Number.isFinite(age) ? age : undefined;
}

function pointRef(
  point: RecoveryPoint | undefined,
  age: number | undefined,
): NonNullable<WireApplication['status']['recoveryPoint']> | undefined {
  return (
    point && {
      id: point.id,
      name: point.name,
      cluster: point.cluster,
      ...(point.capturedAt ? { time: point.capturedAt } : {}),
      ...(age === undefined ? {} : { ageSeconds: age }),
    }
  );
}

function componentToWire(status: ComponentStatus): WireComponentStatus {
  return {
    name: status.component.name,
    verdict: status.verdict,
    reasons: status.reasons,
    recoveryPoint: pointRef(status.point, status.ageSeconds),
    policy: status.policy?.name,
    rpo: { objectiveSeconds: status.rpoSeconds, actualSeconds: status.ageSeconds },
    rto: { objectiveSeconds: status.rtoSeconds, measuredSeconds: status.proof?.rtoSeconds, provenAt: status.proof?.at },
    ...(status.policy?.consistency.skew !== undefined && { consistency: { skewSeconds: status.policy.consistency.skew / 1000 } }),
    nextRun: status.nextRun,
    volumes: status.volumes.map(({ cluster, namespace, claim, capture }) => ({
      cluster,
      namespace,
      claim,
      // Nothing usable: whether it would be in a point is not known; a usable point without it does not hold it.
      state: capture?.state ?? (status.point ? 'absent' : 'unknown'),
      method: capture?.method,
      bytes: capture?.bytes,
      message: capture?.message,
    })),
    replications: status.copies.map(replicationToWire),
    workloads: status.workloads,
  };
}

export function applicationToWire(status: ApplicationStatus): WireApplication {
  const { application } = status;
  return present({
    apiVersion,
    kind: 'Application',
    metadata: { name: application.name },
    spec: {
      title: application.title,
      entityRef: application.entityRef,
      owner: application.owner,
      policy: application.policy,
      source: application.source,
      components: application.components.map(({ name, title, entityRef, owner, type, dependsOn, placements }) => ({
        name,
        title,
        entityRef,
        owner,
        type,
        dependsOn,
        placements,
      })),
    },
    status: {
      verdict: status.verdict,
      reasons: status.reasons,
      recoveryPoint: pointRef(status.point, status.ageSeconds),
      rpo: { objectiveSeconds: status.rpoSeconds, actualSeconds: status.ageSeconds },
      rto: { objectiveSeconds: status.rtoSeconds, measuredSeconds: status.proof?.rtoSeconds, provenAt: status.proof?.at },
      nextRun: status.nextRun,
      components: status.components.map(componentToWire),
    },
  });
}

/** `now` is the clock of the point's cluster. */
export function recoveryPointToWire(
  point: RecoveryPoint,
  now: Date,
  use?: readonly { component: string; use: PointUse }[],
): WireRecoveryPoint {
  return present({
    apiVersion,
    kind: 'RecoveryPoint',
    metadata: { name: point.name, namespace: point.namespace, cluster: point.cluster },
    spec: {
      id: point.id,
      engine: point.engine,
      scope: point.scope,
      location: point.location,
      schedule: point.schedule,
      application: point.application,
      component: point.component,
      holds: point.holds,
      safety: point.safety,
    },
    status: {
      phase: point.phase,
      nativePhase: point.nativePhase,
      capturedAt: point.capturedAt,
      ageSeconds: ageSeconds(point.capturedAt, now),
      completedAt: point.completedAt,
      expiresAt: point.expiresAt,
      errors: point.errors,
      warnings: point.warnings,
      items: point.items,
      message: point.message,
      use: use?.map((entry) => ({ component: entry.component, usable: entry.use.usable, reasons: entry.use.reasons })),
    },
  });
}

/** `now` is the clock of the restore's cluster. */
export function restoreToWire(restore: Restore, now: Date): WireRestore {
  const { name, namespace, cluster, id, engine, application, points, namespaces, mode, operation, ...status } = restore;
  return present({
    apiVersion,
    kind: 'Restore',
    metadata: { name, namespace, cluster },
    spec: { id, engine, application, points, namespaces, mode, operation },
    status: { ...status, ageSeconds: ageSeconds(restore.requestedAt, now) },
  });
}

export function scheduleToWire(schedule: Schedule, nextRun?: string): WireSchedule {
  return present({
    apiVersion,
    kind: 'Schedule',
    metadata: { name: schedule.name, namespace: schedule.namespace, cluster: schedule.cluster },
    spec: {
      id: schedule.id,
      engine: schedule.engine,
      expression: schedule.expression,
      timeZone: schedule.timeZone,
      paused: schedule.paused,
      scope: schedule.scope,
      location: schedule.location,
      keepForSeconds: schedule.keepFor === undefined ? undefined : schedule.keepFor / 1000,
      application: schedule.application,
      policy: schedule.policy,
    },
    status: { valid: schedule.valid, message: schedule.message, lastRun: schedule.lastRun, nextRun },
  });
}

export function storageLocationToWire(location: StorageLocation): WireStorageLocation {
  return present({
    apiVersion,
    kind: 'StorageLocation',
    metadata: { name: location.name, cluster: location.cluster },
    spec: {
      id: location.id,
      engine: location.engine,
      provider: location.provider,
      target: location.target,
      accessMode: location.accessMode,
      default: location.isDefault,
    },
    status: { phase: location.phase, message: location.message, lastValidated: location.lastValidated },
  });
}

export function clusterToWire(cluster: ClusterStatus): WireCluster {
  return present({
    apiVersion,
    kind: 'Cluster',
    metadata: { name: cluster.name },
    spec: { identity: cluster.identity },
    status: {
      reachable: cluster.reachable,
      message: cluster.error?.message,
      now: cluster.now,
      staleSeconds: Math.round(cluster.age / 1000),
      engines: cluster.engines.map(({ engine, installed, namespace, version, problems }) => ({
        engine,
        installed,
        namespace,
        version,
        reasons: problems,
      })),
    },
  });
}

/** One per engine of the product, with where it is installed. */
export function enginesToWire(
  engines: readonly { id: string; title: string; capabilities: EngineCapabilities }[],
  fleet: Fleet,
): WireEngine[] {
  return engines.map(({ id, title, capabilities }) => ({
    apiVersion,
    kind: 'Engine',
    metadata: { name: id },
    spec: { title, capabilities: { ...capabilities } },
    status: {
      clusters: fleet.clusters
        .filter((cluster) => cluster.engines.some((engine) => engine.engine === id && engine.installed))
        .map((cluster) => cluster.name),
    },
  }));
}

export function policyToWire(policy: Policy, fleet: Fleet): WirePolicy {
  const seconds = (milliseconds: number | undefined): number | undefined => (milliseconds === undefined ? undefined : milliseconds / 1000);
  const { schedule } = policy;
  return present({
    apiVersion,
    kind: 'DRPolicy',
    metadata: { name: policy.name },
    spec: {
      owner: policy.owner,
      objectives: { rpoSeconds: seconds(policy.objectives.rpo), rtoSeconds: seconds(policy.objectives.rto) },
      schedule:
        schedule === undefined
          ? undefined
          : 'cron' in schedule
            ? `${schedule.cron} ${schedule.timeZone}`
            : `every ${formatDuration(schedule.every)}`,
      keepForSeconds: policy.retention.keepFor / 1000,
      keepAtLeast: policy.retention.keepAtLeast,
      engines: policy.engines,
      locations: policy.locations,
      selfService: { ...policy.selfService },
      revision: policy.revision,
    },
    status: {
      applications: fleet.applications
        .filter((status) => status.components.some((component) => component.policy?.name === policy.name))
        .map((status) => status.application.name),
    },
  });
}

export function planToWire(plan: Plan): WirePlan {
  return present({ apiVersion, kind: 'Plan', metadata: { name: plan.id }, spec: plan });
}

export function diffToWire(diff: RestoreDiff): WireDiff {
  return present({ apiVersion, kind: 'Diff', metadata: { name: diff.application }, spec: diff });
}

export function operationToWire(operation: Operation): WireOperation {
  const { id, plan, ...status } = operation;
  return present({ apiVersion, kind: 'Operation', metadata: { name: id }, spec: plan, status });
}
