import { reachesNamespace } from '@kubectl-dr/core/compliance/coverage';
import { nextRunOf } from '@kubectl-dr/core/policy/next-run';
import { engines } from '@kubectl-dr/core/engines/registry.generated';
import type { DrError } from '@kubectl-dr/core/errors';
import { NotFoundError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Fleet } from '@kubectl-dr/core/service/model';
import { restoresOf } from '@kubectl-dr/core/service/restores';
import { nearest } from '@kubectl-dr/core/text/nearest';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import {
  applicationToWire,
  clusterToWire,
  enginesToWire,
  operationToWire,
  policyToWire,
  recoveryPointToWire,
  restoreToWire,
  scheduleToWire,
  storageLocationToWire,
} from '@kubectl-dr/core/wire/encode';
import type { WireComponent } from '@kubectl-dr/core/wire/command-line';
import { replicationsToWire } from '@kubectl-dr/core/wire/encode-replication';
import type { WireDrill } from '@kubectl-dr/core/wire/drill';
import { drillToWire } from '@kubectl-dr/core/wire/encode-drill';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { setsOf } from '@kubectl-dr/core/wire/sets-of';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type {
  WireCluster,
  WireEngine,
  WirePolicy,
  WireRecoveryPoint,
  WireReplication,
  WireRestore,
  WireSchedule,
  WireStorageLocation,
} from '@kubectl-dr/core/wire/protection';
import { nowOf } from './cluster-clock.ts';
import { note } from './cluster-notes.ts';
import { componentRows } from './component-rows.ts';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import type { Kind } from './kinds.ts';
import { kinds } from './kinds.ts';
import { inNamespace, pointsOf } from './selection.ts';

/** What each kind is listed as. */
export interface Items {
  apps: WireApplication;
  components: WireComponent;
  points: WireRecoveryPoint;
  sets: WireListedSet;
  restores: WireRestore;
  schedules: WireSchedule;
  replications: WireReplication;
  policies: WirePolicy;
  locations: WireStorageLocation;
  operations: WireOperation;
  drills: WireDrill;
  clusters: WireCluster;
  engines: WireEngine;
}

export interface Listing<K extends Kind> {
  items: Items[K][];
  /** Absent for operations and drills, which are read from journals alone. */
  fleet?: Fleet;
}

/** Kinds that say something about applications: the others are read without looking at one. */
const aboutApplications: readonly Kind[] = ['apps', 'components', 'policies', 'sets'];

/** All of a kind, as `-n` and `--application` limit it. */
export async function listing<K extends Kind>(kind: K, args: Arguments, context: Context): Promise<Listing<K>> {
  const { service } = await context.fleet();
  const { signal } = context;
  const application = flagText(args, 'application');
  if (kind === 'operations' || kind === 'drills') {
    const operations = await operationsOf(application, context);
    if (kind === 'operations') return { items: operations.map(operationToWire) as Items[K][] };
    const drills = operations.filter(({ plan }) => plan.intent === 'Drill');
    return { items: (await Promise.all(drills.map(drillToWire))) as Items[K][] };
  }
  if (kind === 'restores') {
    const [fleet, operations] = await Promise.all([
      service.fleet({ applications: [], only: 'restores', signal }),
      operationsOf(application, context),
    ]);
    return { items: restoresIn(fleet, operations, args, nowOf(fleet, context.clock)) as Items[K][], fleet };
  }
  const fleet = await service.fleet({
    contents: kind === 'apps' || kind === 'components' || kind === 'sets' || application !== undefined,
    ...(application !== undefined ? { applications: [application] } : aboutApplications.includes(kind) ? {} : { applications: [] }),
    ...(kind === 'points' ? { only: 'points' as const } : {}),
    signal,
  });
  return { items: itemsOf(kind, fleet, args, nowOf(fleet, context.clock)) as Items[K][], fleet };
}

/** The list stands without a cluster that cannot be read; that it is one short is said. */
async function operationsOf(application: string | undefined, context: Context): Promise<Operation[]> {
  const { service } = await context.fleet();
  const onUnread = (error: DrError): void => note('warning', error.message, error.hint, context.output);
  return service.operations({ ...(application === undefined ? {} : { application }), onUnread, signal: context.signal });
}

function restoresIn(fleet: Fleet, operations: readonly Operation[], args: Arguments, now: Date): WireRestore[] {
  const namespace = flagText(args, 'namespace');
  const application = flagText(args, 'application');
  const clocks = new Map(fleet.clusters.map((cluster) => [cluster.name, new Date(cluster.now)]));
  return restoresOf(fleet.restores ?? [], operations)
    .filter((restore) => application === undefined || restore.application === application)
    .filter(
      ({ namespaces }) =>
        namespace === undefined || namespaces.some(({ from, to }) => [from, to].some((name) => ['*', namespace].includes(name))),
    )
    .map((restore) => restoreToWire(restore, clocks.get(restore.cluster) ?? now));
}

function itemsOf(kind: Exclude<Kind, 'operations' | 'drills' | 'restores'>, fleet: Fleet, args: Arguments, now: Date): Items[Kind][] {
  const clocks = new Map(fleet.clusters.map((cluster) => [cluster.name, new Date(cluster.now)]));
  const clockOf = (cluster: string): Date => clocks.get(cluster) ?? now;
  const namespace = flagText(args, 'namespace');
  switch (kind) {
    case 'apps':
      return inNamespace(fleet.applications, namespace).map(applicationToWire);
    case 'components':
      return componentRows(inNamespace(fleet.applications, namespace).map(applicationToWire), namespace);
    case 'points':
      return pointsOf(fleet, { namespace, application: flagText(args, 'application') }).map(({ point, use }) =>
        recoveryPointToWire(point, clockOf(point.cluster), use),
      );
    case 'sets':
      return setsIn(fleet, namespace, now);
    case 'schedules':
      return fleet.schedules
        .filter(({ scope }) => namespace === undefined || reachesNamespace(scope, namespace))
        .map((schedule) => scheduleToWire(schedule, nextRunOf(schedule, clockOf(schedule.cluster))));
    case 'replications':
      return replicationsIn(fleet, flagText(args, 'application'), namespace);
    case 'policies':
      return fleet.policies.map((policy) => policyToWire(policy, fleet));
    case 'locations':
      return fleet.locations.map(storageLocationToWire);
    case 'clusters':
      return fleet.clusters.map(clusterToWire);
    case 'engines':
      return enginesToWire(engines, fleet);
  }
}

/** Of every application, each with its own points. */
export function setsIn(fleet: Fleet, namespace: string | undefined, now: Date): WireListedSet[] {
  return inNamespace(fleet.applications, namespace).flatMap((status) => {
    const points = pointsOf({ points: [], applications: [status] }, { namespace: undefined, application: status.application.name });
    return setsOf(
      applicationToWire(status),
      points.map(({ point, use }) => recoveryPointToWire(point, now, use)),
      now,
    );
  });
}

/** Of an application: what bears its name, and copies of claims that lie where it runs. */
function replicationsIn(fleet: Fleet, application: string | undefined, namespace: string | undefined): WireReplication[] {
  const claims = new Set(
    fleet.applications
      .filter((status) => status.application.name === application)
      .flatMap(({ components }) => components.flatMap(({ volumes }) => volumes.map((volume) => `${volume.namespace}/${volume.claim}`))),
  );
  return replicationsToWire(fleet).filter(
    ({ metadata, spec }) =>
      (namespace === undefined || metadata.namespace === namespace) &&
      (application === undefined || spec.application === application || claims.has(`${metadata.namespace}/${spec.claim}`)),
  );
}

/** Those of a name, or the one of an id (`idOf`). NotFoundError with the nearest name. */
export function named<T extends Items[Kind]>(kind: Kind, items: readonly T[], name: string): T[] {
  const found = items.filter((item) => namesOf(item).includes(name));
  if (found.length > 0) return found;
  const guess = nearest(
    name,
    items.map((item) => item.metadata.name),
  );
  throw new NotFoundError(`there is no ${kinds[kind].one} "${name}"`, {
    code: kind === 'points' || kind === 'sets' ? 'NO_POINT' : kind === 'clusters' ? 'UNKNOWN_CLUSTER' : 'NOT_FOUND',
    hint: guess === undefined ? `list them with: kubectl dr get ${kind}` : `did you mean "${guess}"?`,
  });
}

function namesOf(item: Items[Kind]): string[] {
  const { name } = item.metadata;
  if (item.kind === 'Application' && item.spec.entityRef !== undefined) return [name, item.spec.entityRef];
  return [name, idOf(item)];
}

/** What names an item alone: its own id, a component as `app/component`, what else is a cluster's as `cluster/name`. */
export function idOf(item: Items[Kind]): string {
  const { name, cluster, application } = item.metadata as { name: string; cluster?: string; application?: string };
  if (item.kind === 'Component' || item.kind === 'RecoverySet') return `${application}/${name}`;
  if ('id' in item.spec && typeof item.spec.id === 'string') return item.spec.id;
  return cluster === undefined ? name : `${cluster}/${name}`;
}
