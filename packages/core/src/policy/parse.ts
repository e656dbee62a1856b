import { formatRef, ownerRef, parseRef } from '../application/entity-ref.ts';
import type { CatalogEntity } from '../ports/catalog.ts';
import type { Reason } from '../reason.ts';
import type { Policy, SelfService } from './model.ts';
import type { Mapping } from '../planning/model.ts';
import { type FieldProblem, FieldReader } from './fields.ts';
import { revisionOf } from './revision.ts';
import { timetable } from './schedule.ts';
import { defaultSelfService } from './self-service.ts';
import { isNamespaceName } from '../application/namespace-name.ts';

const day = 24 * 60 * 60_000;
const selfService: readonly SelfService[] = ['owner', 'approval', 'operator'];

export interface ReadPolicy {
  /** Absent when a field is wrong: half a policy would promise what nobody wrote. */
  policy?: Policy;
  /** Fields that are wrong. */
  problems: FieldProblem[];
  /** Fields that are not known; the policy is used without them. */
  unknown: FieldProblem[];
}

/** Is it meant to be a policy? (`kind: DRPolicy` of our group, in any version.) */
export function isPolicy(entity: CatalogEntity): boolean {
  return entity.kind?.toLowerCase() === 'drpolicy';
}

/** Reads a DRPolicy with every problem it has. For linting and for the catalog's validation; see `parsePolicy`. */
export function readPolicy(entity: CatalogEntity): ReadPolicy {
  const spec = new FieldReader(entity.spec, 'spec');
  const objectives = spec.object('objectives');
  const retention = spec.object('retention');
  const consistency = spec.object('consistency');
  const rights = spec.object('selfService');
  const schedule = readSchedule(spec);
  const replication = spec.has('replication') ? readReplication(spec.object('replication')) : undefined;
  const drills = spec.has('drills') ? readDrills(spec.object('drills')) : undefined;
  const namespace = entity.metadata?.namespace ?? 'default';
  const ownerText = spec.string('owner');
  const owner =
    ownerText === undefined ? undefined : (ownerRef(ownerText, namespace) ?? spec.refuse('owner', 'is not an entity reference'));
  const rpo = objectives.duration('rpo');
  const rto = objectives.duration('rto');
  const ref = parseRef(entity.metadata?.name, { kind: 'drpolicy', namespace });

  const policy: Policy = {
    name: String(entity.metadata?.name ?? ''),
    ...(ref && { entityRef: formatRef(ref) }),
    ...(owner !== undefined && { owner }),
    objectives: { ...(rpo !== undefined && { rpo }), ...(rto !== undefined && { rto }) },
    ...(schedule && { schedule }),
    retention: { keepFor: retention.duration('keepFor') ?? 30 * day, keepAtLeast: retention.count('keepAtLeast') ?? 1 },
    engines: spec.strings('engines'),
    locations: spec.list('locations').map(readLocation),
    ...(replication && { replication }),
    ...(spec.has('mapping') && { mapping: readMapping(spec) }),
    consistency: withoutAbsent({
      volumes: consistency.oneOf('volumes', ['group', 'single'] as const),
      hooks: consistency.oneOf('hooks', ['required', 'optional'] as const),
      skew: consistency.duration('skew'),
    }),
    ...(drills && { drills }),
    selfService: {
      backup: rights.oneOf('backup', selfService) ?? defaultSelfService.backup,
      clone: rights.oneOf('clone', selfService) ?? defaultSelfService.clone,
      restore: rights.oneOf('restore', selfService) ?? defaultSelfService.restore,
      restoreInPlace: rights.oneOf('restoreInPlace', selfService) ?? defaultSelfService.restoreInPlace,
      failover: rights.oneOf('failover', selfService) ?? defaultSelfService.failover,
    },
    revision: revisionOf(entity.spec ?? {}),
  };
  if (policy.name === '') spec.problems.push({ field: 'metadata.name', message: 'is missing' });
  for (const reader of [spec, objectives, retention, consistency, rights]) reader.end();
  return { ...(spec.problems.length === 0 && { policy }), problems: spec.problems, unknown: spec.unknown };
}

/**
 * The policy, or why there is none: a Reason BAD_POLICY that names every wrong field. `warnings` are about fields that
 * were ignored.
 */
export function parsePolicy(entity: CatalogEntity): { policy: Policy; warnings: Reason[] } | { policy?: undefined; problem: Reason } {
  const { policy, problems, unknown } = readPolicy(entity);
  const name = String(entity.metadata?.name ?? '(without a name)');
  const told = (list: FieldProblem[]) => list.map(({ field, message }) => `${field} ${message}`).join('; ');
  if (!policy) return { problem: badPolicy(name, told(problems), problems) };
  if (unknown.length === 0) return { policy, warnings: [] };
  return { policy, warnings: [{ ...badPolicy(name, `${told(unknown)} (ignored)`, unknown), severity: 'info' }] };
}

function badPolicy(name: string, what: string, problems: FieldProblem[]): Reason {
  return {
    code: 'BAD_POLICY',
    severity: 'warning',
    message: `DRPolicy ${name}: ${what}`,
    evidence: [`DRPolicy ${name}`, ...problems.map(({ field }) => `field: ${field}`)],
    fix: `Correct ${problems[0]?.field ?? 'the field'} of the DRPolicy ${name}.`,
  };
}

function readSchedule(spec: FieldReader): Policy['schedule'] {
  if (!spec.has('schedule')) return undefined;
  const schedule = spec.object('schedule');
  const cron = schedule.string('cron');
  const every = schedule.duration('every');
  const timeZone = schedule.string('timeZone');
  schedule.end();
  if (cron !== undefined && schedule.has('every')) return spec.refuse('schedule', 'has both cron and every; keep one');
  if (every !== undefined) return { every };
  if (cron === undefined) return schedule.has('every') || schedule.has('cron') ? undefined : spec.refuse('schedule', 'needs cron or every');
  if (!timetable(cron, 'Etc/UTC')) return schedule.refuse('cron', `is not a cron expression of five fields: ${JSON.stringify(cron)}`);
  if (!timetable(cron, timeZone)) return schedule.refuse('timeZone', `is not a time zone: ${JSON.stringify(timeZone)}`);
  return { cron, timeZone: timeZone ?? 'Etc/UTC' };
}

function readLocation(location: FieldReader): Policy['locations'][number] {
  if (!location.has('name')) location.refuse('name', 'is missing');
  const read = {
    name: location.string('name') ?? '',
    offsite: location.boolean('offsite') ?? false,
    immutable: location.boolean('immutable') ?? false,
  };
  location.end();
  return read;
}

function readReplication(replication: FieldReader): Policy['replication'] {
  for (const name of ['to', 'every']) if (!replication.has(name)) replication.refuse(name, 'is missing');
  const to = replication.string('to');
  const every = replication.duration('every');
  replication.end();
  return to === undefined || every === undefined ? undefined : { to, every };
}

function readMapping(spec: FieldReader): Record<string, Mapping> {
  const clusters = spec.object('mapping');
  const mapping = Object.fromEntries(
    clusters.names().map((cluster): [string, Mapping] => {
      const of = clusters.object(cluster);
      const read = withoutAbsent({
        namespaces: readNamespaces(of),
        storageClasses: of.texts('storageClasses'),
        hosts: of.texts('hosts'),
        nodeLabels: of.texts('nodeLabels'),
      });
      of.end();
      return [cluster, read as Mapping];
    }),
  );
  clusters.end();
  return mapping;
}

/** Two that became one could not be told apart on the way back. */
function readNamespaces(of: FieldReader): Mapping['namespaces'] {
  const namespaces = of.texts('namespaces');
  const within = of.object('namespaces');
  const taken = new Map<string, string>();
  for (const [from, to] of Object.entries(namespaces ?? {})) {
    const other = taken.get(to);
    taken.set(to, from);
    if (!isNamespaceName(from)) within.refuse(from, 'is not the name of a namespace');
    else if (!isNamespaceName(to)) within.refuse(from, `must be the name of a namespace, not ${JSON.stringify(to)}`);
    else if (other !== undefined) within.refuse(from, `becomes ${to}, as ${other} does: two namespaces cannot become one`);
  }
  return namespaces;
}

function readDrills(drills: FieldReader): Policy['drills'] {
  if (!drills.has('every')) drills.refuse('every', 'is missing');
  const every = drills.duration('every');
  const keepFor = drills.duration('keepFor');
  const on = drills.string('on');
  drills.end();
  return every === undefined ? undefined : { every, ...(keepFor !== undefined && { keepFor }), ...(on !== undefined && { on }) };
}

function withoutAbsent<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
