import type { WireComponent } from '@kubectl-dr/core/wire/command-line';
import type { WireDrill } from '@kubectl-dr/core/wire/drill';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type {
  WireCluster,
  WireEngine,
  WirePolicy,
  WireRecoveryPoint,
  WireRestore,
  WireReplication,
  WireSchedule,
  WireStorageLocation,
} from '@kubectl-dr/core/wire/protection';
import type { Items } from '../listing.ts';
import type { Kind } from '../kinds.ts';
import { setColumns } from './sets.ts';
import { age, duration, since, until } from '../view.ts';
import { ageOfRpo, applicationColumns, firstReason } from './status.ts';
import type { Column } from './table.ts';
import type { Style } from './terminal.ts';
import { stateStyle, verdictStyle } from './terminal.ts';

const phaseStyle: Record<string, Style> = { Succeeded: 'green', Degraded: 'yellow', Failed: 'red', Running: 'blue', Unknown: 'grey' };

/** `use`: whether an application was asked about, so that each point says for how much of it it is good. */
export function pointColumns(now: Date, use: boolean): Column<WireRecoveryPoint>[] {
  return [
    { header: 'cluster', value: (point) => point.metadata.cluster },
    { header: 'name', value: (point) => point.metadata.name },
    {
      header: 'status',
      value: (point) => point.status.nativePhase || point.status.phase,
      style: (point) => phaseStyle[point.status.phase],
    },
    { header: 'age', value: (point) => age(point.status.ageSeconds) },
    { header: 'expires', spare: true, value: (point) => until(point.status.expiresAt, now) },
    { header: 'location', spare: true, value: (point) => point.spec.location },
    ...(use ? [{ header: 'usable for', value: usableFor }] : []),
    { header: 'schedule', wide: true, value: (point) => point.spec.schedule },
    {
      header: 'namespaces',
      wide: true,
      value: (point) => (point.spec.scope.namespaces === '*' ? '*' : point.spec.scope.namespaces.join(',')),
    },
    { header: 'engine', wide: true, value: (point) => point.spec.engine },
    { header: 'message', wide: true, value: (point) => point.status.message },
  ];
}

/** `3/4`: components of the application that it brings back, of those that it covers. */
function usableFor(point: WireRecoveryPoint): string | undefined {
  const { use } = point.status;
  if (!use || use.length === 0) return undefined;
  const usable = use.filter((entry) => entry.usable === 'yes').length;
  const unknown = use.filter((entry) => entry.usable === 'unknown').length;
  if (unknown === use.length) return 'not read';
  return `${usable}/${use.length}${unknown > 0 ? ` (${unknown} not read)` : ''}`;
}

export function componentColumns(now: Date): Column<WireComponent>[] {
  return [
    { header: 'application', value: (row) => row.metadata.application },
    { header: 'component', value: (row) => row.metadata.name },
    { header: 'verdict', value: (row) => row.status.verdict, style: (row) => verdictStyle[row.status.verdict] },
    { header: 'data age', value: (row) => ageOfRpo(row.status.rpo) },
    { header: 'next run', spare: true, value: (row) => until(row.status.nextRun, now) },
    {
      header: 'volumes',
      spare: true,
      value: (row) => `${row.status.volumes.filter((volume) => volume.state === 'captured').length}/${row.status.volumes.length}`,
    },
    {
      header: 'placement',
      spare: true,
      value: (row) => row.spec.placements.map((place) => `${place.cluster ?? '*'}/${place.namespace}`).join(','),
    },
    { header: 'owner', wide: true, value: (row) => row.spec.owner },
    { header: 'policy', wide: true, value: (row) => row.status.policy },
    { header: 'reason', value: (row) => firstReason(row.status.reasons, false) },
  ];
}

export function restoreColumns(): Column<WireRestore>[] {
  return [
    { header: 'cluster', spare: true, value: (row) => row.metadata.cluster },
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'application', value: (row) => row.spec.application },
    { header: 'point', value: ({ spec: { points } }) => (points.length > 1 ? `${points[0]} and ${points.length - 1} more` : points[0]) },
    {
      header: 'state',
      value: (row) => row.status.nativePhase || row.status.state,
      style: (row) => stateStyle[row.status.state] ?? phaseStyle[row.status.state],
    },
    { header: 'age', value: (row) => age(row.status.ageSeconds) },
    { header: 'into', spare: true, value: intoOf },
    { header: 'engine', wide: true, value: (row) => row.spec.engine },
    { header: 'mode', wide: true, value: (row) => row.spec.mode },
    { header: 'by', wide: true, value: (row) => row.status.requestedBy },
    { header: 'message', wide: true, value: (row) => row.status.message },
  ];
}

/** `shop->shop-copy`, or where it went back to. */
export function intoOf({ spec }: WireRestore): string {
  return spec.namespaces.map(({ from, to }) => (from === to ? to : `${from}->${to}`)).join(',');
}

export function scheduleColumns(now: Date): Column<WireSchedule>[] {
  return [
    { header: 'cluster', value: (row) => row.metadata.cluster },
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'schedule', value: (row) => row.spec.expression },
    { header: 'paused', value: (row) => String(row.spec.paused), style: (row) => (row.spec.paused ? 'yellow' : undefined) },
    { header: 'last run', spare: true, value: (row) => since(row.status.lastRun, now) },
    { header: 'next run', value: (row) => until(row.status.nextRun, now) },
    { header: 'keeps', spare: true, value: (row) => duration(row.spec.keepForSeconds) },
    { header: 'namespaces', value: (row) => (row.spec.scope.namespaces === '*' ? '*' : row.spec.scope.namespaces.join(',')) },
    { header: 'location', wide: true, value: (row) => row.spec.location },
    { header: 'message', wide: true, value: (row) => row.status.message },
  ];
}

export function replicationColumns(now: Date): Column<WireReplication>[] {
  return [
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'claim', value: (row) => `${row.metadata.namespace}/${row.spec.claim}` },
    { header: 'from', value: (row) => row.spec.from },
    { header: 'to', value: (row) => row.spec.to },
    {
      header: 'state',
      value: (row) => row.status.phase,
      style: (row) => (row.status.phase === 'Paused' ? 'yellow' : phaseStyle[row.status.phase]),
    },
    { header: 'behind', value: behindOf, style: (row) => lagStyle(row) },
    { header: 'would lose', value: (row) => age(row.status.wouldLoseSeconds) ?? '<unknown>' },
    { header: 'last sync', spare: true, value: (row) => since(row.status.lastSync, now) },
    { header: 'next sync', spare: true, value: (row) => until(row.status.nextSync, now) },
    { header: 'engine', wide: true, value: (row) => row.spec.engine },
    { header: 'application', wide: true, value: (row) => row.spec.application },
    { header: 'message', wide: true, value: (row) => row.status.message },
  ];
}

/** `7m of 5m`: the lag, and the interval that it is measured by. */
export function behindOf({ spec, status }: WireReplication): string | undefined {
  return heldAgainst(status.lagSeconds, spec.intervalSeconds);
}

/** More than two intervals behind is too far, three are lost: as the verdict has it. */
function lagStyle({ spec, status }: WireReplication): Style | undefined {
  if (status.lagSeconds === undefined || !spec.intervalSeconds) return undefined;
  const intervals = status.lagSeconds / spec.intervalSeconds;
  return intervals >= 3 ? 'red' : intervals > 2 ? 'yellow' : undefined;
}

export function locationColumns(now: Date): Column<WireStorageLocation>[] {
  return [
    { header: 'cluster', value: (row) => row.metadata.cluster },
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'phase', value: (row) => row.status.phase, style: (row) => (row.status.phase === 'Available' ? 'green' : 'red') },
    { header: 'access', spare: true, value: (row) => row.spec.accessMode },
    { header: 'default', spare: true, value: (row) => String(row.spec.default) },
    { header: 'target', value: (row) => row.spec.target },
    { header: 'validated', spare: true, value: (row) => since(row.status.lastValidated, now) },
    { header: 'message', value: (row) => row.status.message },
  ];
}

export function policyColumns(): Column<WirePolicy>[] {
  return [
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'rpo', value: (row) => duration(row.spec.objectives.rpoSeconds) },
    { header: 'rto', value: (row) => duration(row.spec.objectives.rtoSeconds) },
    { header: 'schedule', value: (row) => row.spec.schedule },
    { header: 'keeps', value: (row) => duration(row.spec.keepForSeconds) },
    { header: 'owner', value: (row) => row.spec.owner },
    { header: 'applications', value: (row) => String(row.status.applications.length) },
  ];
}

export function clusterColumns(): Column<WireCluster>[] {
  return [
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'reachable', value: (row) => String(row.status.reachable), style: (row) => (row.status.reachable ? 'green' : 'red') },
    {
      header: 'engines',
      value: (row) =>
        row.status.engines
          .filter((engine) => engine.installed)
          .map((engine) => `${engine.engine}${engine.version ? ` ${engine.version}` : ''}`)
          .join(', '),
    },
    { header: 'identity', wide: true, value: (row) => row.spec.identity },
    { header: 'message', value: (row) => row.status.message },
  ];
}

export function engineColumns(): Column<WireEngine>[] {
  return [
    { header: 'name', value: (row) => row.metadata.name },
    { header: 'title', value: (row) => row.spec.title },
    { header: 'installed on', value: (row) => row.status.clusters.join(', ') },
    {
      header: 'can',
      value: (row) => capable(row, true),
    },
  ];
}

/** Of what is carried out, or of its way back when that was asked for. */
function stepsDone({ status: { steps, undo } }: WireOperation): string {
  const all = undo?.steps ?? steps;
  return `${all.filter(({ state }) => state === 'Succeeded').length}/${all.length}${undo ? ' undone' : ''}`;
}

export function operationColumns(now: Date): Column<WireOperation>[] {
  return [
    { header: 'operation', value: (row) => row.metadata.name },
    { header: 'intent', value: (row) => `${row.spec.intent}${row.spec.mode ? ` (${row.spec.mode})` : ''}` },
    { header: 'application', value: (row) => row.spec.application },
    { header: 'state', value: (row) => row.status.state, style: (row) => stateStyle[row.status.state] },
    {
      header: 'steps',
      spare: true,
      value: stepsDone,
    },
    { header: 'by', spare: true, value: (row) => row.status.requestedBy },
    { header: 'age', value: (row) => since(row.status.requestedAt, now) },
    { header: 'undo ends', spare: true, value: (row) => until(row.status.undoUntil, now) },
    {
      header: 'target',
      wide: true,
      value: (row) => row.spec.target.map((target) => `${target.cluster}/${target.namespaces.join(',')}`).join(' '),
    },
    { header: 'message', wide: true, value: (row) => row.status.message },
  ];
}

export function drillColumns(now: Date): Column<WireDrill>[] {
  return [
    { header: 'drill', value: (row) => row.metadata.name },
    { header: 'application', value: (row) => row.spec.application },
    { header: 'state', value: (row) => row.status.state, style: (row) => stateStyle[row.status.state] },
    {
      header: 'rto',
      value: (row) => heldAgainst(row.status.measured.rtoSeconds, least(row, 'rtoSeconds')),
      style: (row) => metStyle(row.status.met.rto),
    },
    {
      header: 'loss',
      value: (row) => heldAgainst(row.status.measured.lossSeconds, least(row, 'rpoSeconds')),
      style: (row) => metStyle(row.status.met.rpo),
    },
    { header: 'checks', spare: true, value: checksOf },
    {
      header: 'cleaned up',
      spare: true,
      value: (row) => row.status.cleanUp.state,
      style: (row) => (row.status.cleanUp.state === 'Failed' ? 'red' : undefined),
    },
    { header: 'age', value: (row) => since(row.spec.requestedAt, now) },
    { header: 'on', spare: true, value: clustersOf },
    { header: 'evidence', spare: true, value: evidenceOf, style: (row) => (row.status.evidence?.intact === false ? 'red' : undefined) },
    { header: 'by', wide: true, value: (row) => row.spec.requestedBy },
    { header: 'message', wide: true, value: (row) => row.status.message },
  ];
}

/** Where it was tried. */
export function clustersOf({ spec }: WireDrill): string {
  return [...new Set(spec.target.map(({ cluster }) => cluster))].join(', ');
}

/** `3m of 1h`: measured, and the strictest objective. */
export function heldAgainst(seconds: number | undefined, objective: number | undefined): string | undefined {
  const took = age(seconds);
  return took === undefined || objective === undefined ? took : `${took} of ${duration(objective)}`;
}

export function least({ spec }: WireDrill, which: 'rtoSeconds' | 'rpoSeconds'): number | undefined {
  const known = spec.objectives.flatMap((objective) => objective[which] ?? []);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function metStyle(met: boolean | undefined): Style | undefined {
  return met === undefined ? undefined : met ? 'green' : 'red';
}

/** `2/2`: declared checks that passed; those that could not be made are no pass. */
export function checksOf({ status: { checks, unchecked } }: WireDrill): string | undefined {
  const all = checks.length + unchecked.length;
  return all === 0 ? undefined : `${checks.filter(({ state }) => state === 'Succeeded').length}/${all}`;
}

/** Twelve characters tell two apart; what does not fit its hash any more says so. */
export function evidenceOf({ status: { evidence } }: WireDrill): string | undefined {
  if (!evidence) return undefined;
  return evidence.intact ? evidence.hash.slice(0, 12) : 'CHANGED';
}

/** What an engine can do, or cannot. */
export function capable({ spec }: WireEngine, wanted: boolean): string {
  return Object.entries(spec.capabilities)
    .flatMap(([name, able]) => (able === wanted ? [name] : []))
    .join(', ');
}

/** The table of a kind. `use`: see `pointColumns`. */
export function columnsOf<K extends Kind>(kind: K, now: Date, use: boolean): Column<Items[K]>[] {
  const all: { [Each in Kind]: () => Column<Items[Each]>[] } = {
    apps: () => applicationColumns(now),
    components: () => componentColumns(now),
    points: () => pointColumns(now, use),
    sets: () => setColumns(use),
    restores: restoreColumns,
    schedules: () => scheduleColumns(now),
    replications: () => replicationColumns(now),
    policies: policyColumns,
    locations: () => locationColumns(now),
    operations: () => operationColumns(now),
    drills: () => drillColumns(now),
    clusters: clusterColumns,
    engines: engineColumns,
  };
  return all[kind]();
}
