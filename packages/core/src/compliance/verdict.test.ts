import { ServiceUnavailableError, NotAllowedError } from '../errors.ts';
import type { Policy } from '../policy/model.ts';
import type { Schedule } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { PointUse, Verdict } from '../service/model.ts';
import type { Facts, ScheduleFacts } from './facts.ts';
import { ago, claim, location, now, point, workload } from './points.fixture.ts';
import { type ReasonCode, reasonCodes } from './reason-codes.ts';
import { combine, judge, rules } from './verdict.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const policy = (changes: Partial<Policy> = {}): Policy => ({
  name: 'gold',
  objectives: { rpo: hour, rto: hour },
  retention: { keepFor: 30 * day, keepAtLeast: 1 },
  engines: [],
  locations: [],
  consistency: {},
  selfService: { backup: 'owner', clone: 'owner', restore: 'owner', restoreInPlace: 'approval', failover: 'operator' },
  revision: '1',
  ...changes,
});

const schedule = (changes: Partial<Schedule> = {}, facts: Partial<ScheduleFacts> = {}): ScheduleFacts => ({
  schedule: {
    id: 'east/fake/backups/nightly',
    name: 'nightly',
    namespace: 'backups',
    engine: 'fake',
    cluster: 'east',
    expression: '*/30 * * * *',
    paused: false,
    valid: true,
    scope: { namespaces: ['shop'], excludedNamespaces: [] },
    keepFor: 30 * day,
    lastRun: ago(30),
    createdAt: ago(9999),
    ...changes,
  },
  nextRun: new Date(now.getTime() + 20 * minute),
  worstGap: 30 * minute,
  location: location('default'),
  ...facts,
});

const used = (
  usable: PointUse['usable'],
  name: string,
  minutes: number,
  changes: Parameters<typeof point>[2] = {},
  reasons: Reason[] = [],
): PointUse => ({
  point: point(name, minutes, { schedule: 'nightly', ...changes }),
  usable,
  reasons,
});
const why = (code: ReasonCode): Reason => ({ code, severity: 'warning', message: `because of ${code}` });

/** A component that lacks nothing: every case below spoils one thing. */
const good: Facts = {
  application: 'shop',
  component: {
    name: 'orders-db',
    entityRef: 'resource:default/orders-db',
    owner: 'group:default/team',
    dependsOn: [],
    external: [],
    placements: [],
  },
  placement: { cluster: 'east', namespace: 'shop', labelSelector: 'app=orders-db', claim: 'claimed' },
  policy: policy(),
  now,
  cluster: { name: 'east', known: true, namespaceExists: true, failures: [], fleet: ['east', 'west'] },
  engines: { installed: ['fake'], failures: [], hookAnnotations: ['pre.hook/command'] },
  workloads: [workload('orders-db')],
  claims: [claim('data-orders-db-0')],
  points: [used('yes', 'p2', 10), used('yes', 'p1', 40)],
  captureMethods: ['csi-snapshot'],
  schedules: [schedule()],
  replications: [],
  drills: [],
};

const down = new ServiceUnavailableError('connection refused', { hint: 'check the network' });
const refused = new NotAllowedError('backups is forbidden');
const database = { workloads: [workload('orders-db', { images: ['docker.io/library/postgres:16@sha256:0'] })] };
const replication = {
  id: 'r',
  name: 'copy',
  namespace: 'shop',
  engine: 'fake',
  cluster: 'east',
  role: 'source' as const,
  claims: [],
  interval: 5 * minute,
  paused: false,
  phase: 'Succeeded' as const,
  nativePhase: 'x',
};
const failed = { phase: 'Failed' as const, nativePhase: 'Failed', message: 'disk full' };
const degraded = { phase: 'Degraded' as const, nativePhase: 'PartiallyFailed' };

/** Rule by rule: what spoils it, which verdict follows, which code, and words that have to be in the message. */
const cases: [rule: string, changes: Partial<Facts>, verdict: Verdict, code: ReasonCode, words: string][] = [
  ['noPlacement', { placement: undefined }, 'Unknown', 'NO_PLACEMENT', 'in which namespace orders-db runs'],
  [
    'noPlacement',
    { placement: undefined, component: { ...good.component, lookup: { clusters: [], labelSelector: 'a=b' } } },
    'Unknown',
    'NO_PLACEMENT',
    'a=b',
  ],
  [
    'unknownCluster',
    { cluster: { ...good.cluster, name: 'eats', known: false, namespaceExists: false } },
    'Unknown',
    'UNKNOWN_CLUSTER',
    'did you mean east?',
  ],
  [
    'clusterUnreachable',
    { cluster: { ...good.cluster, unreachable: down, namespaceExists: false } },
    'Unknown',
    'CLUSTER_UNREACHABLE',
    'connection refused',
  ],
  [
    'placementUnclaimed',
    { placement: { ...good.placement!, claim: 'unclaimed' } },
    'Unknown',
    'PLACEMENT_UNCLAIMED',
    'shop on east does not say that it belongs to group:default/team',
  ],
  ['namespaceMissing', { cluster: { ...good.cluster, namespaceExists: false } }, 'Unknown', 'NAMESPACE_MISSING', 'p2 could bring it back'],
  [
    'readingFailed',
    { cluster: { ...good.cluster, failures: [{ type: 'pods', error: refused }] } },
    'Unknown',
    'READING_FORBIDDEN',
    'pods on east',
  ],
  [
    'readingFailed',
    { points: [], engines: { ...good.engines, installed: [], failures: [{ type: 'backups', error: down }] } },
    'Unknown',
    'CLUSTER_UNREACHABLE',
    'backups on east',
  ],
  ['nothingSelected', { workloads: [], claims: [] }, 'Unknown', 'NOTHING_SELECTED', 'app=orders-db'],
  ['contentsUnread', { points: [used('unknown', 'p2', 10)] }, 'Unknown', 'CONTENTS_UNREADABLE', 'p2 holds of orders-db has not been read'],
  [
    'contentsUnread',
    { points: [used('unknown', 'p2', 10, {}, [why('CONTENTS_UNREADABLE')]), used('yes', 'p1', 120)] },
    'Unknown',
    'CONTENTS_UNREADABLE',
    'is not known: because of',
  ],
  [
    'noEngine',
    { engines: { installed: [], failures: [], hookAnnotations: [] }, points: [], schedules: [] },
    'Unprotected',
    'NO_ENGINE',
    'on east',
  ],
  ['neverBackedUp', { points: [] }, 'Unprotected', 'NEVER_BACKED_UP', 'nightly runs next at 2026-03-01T12:20:00.000Z'],
  [
    'noUsablePoint',
    { points: [used('no', 'p2', 10, {}, [why('VOLUME_NOT_CAPTURED')]), used('no', 'p1', 50, failed, [why('POINT_FAILED')])] },
    'Unprotected',
    'NO_USABLE_POINT',
    'None of 2 points brings orders-db back',
  ],
  [
    'schedulesPaused',
    { schedules: [schedule({ paused: true })] },
    'Unprotected',
    'SCHEDULE_PAUSED',
    'nightly, the schedule of orders-db, is paused',
  ],
  ['schedulesInvalid', { schedules: [schedule({ valid: false, message: 'bad cron' })] }, 'Unprotected', 'SCHEDULE_INVALID', 'bad cron'],
  [
    'rpoBreached',
    { points: [used('yes', 'p1', 192)], policy: policy({ objectives: { rpo: 15 * minute } }) },
    'Breached',
    'RPO_BREACHED',
    'newest usable data of orders-db is 3h12m old, RPO is 15m',
  ],
  [
    'replicationStopped',
    { replications: [{ ...replication, lastSync: ago(15) }], policy: policy({ objectives: {} }) },
    'Breached',
    'REPLICATION_LAGS',
    '15m behind, its interval is 5m',
  ],
  [
    'lastRunFailed',
    { points: [used('no', 'p3', 5, failed, [why('POINT_FAILED')]), ...good.points] },
    'AtRisk',
    'LAST_RUN_FAILED',
    'The last run of nightly failed (p3, Failed): disk full',
  ],
  [
    'lastRunFailed',
    { points: [used('yes', 'hand', 5, { schedule: undefined }), used('no', 'p3', 9, failed, [why('POINT_FAILED')]), ...good.points] },
    'AtRisk',
    'LAST_RUN_FAILED',
    'p3',
  ],
  [
    'lastRunDegraded',
    { points: [used('no', 'p3', 5, degraded, [why('ITEMS_FAILED')]), ...good.points] },
    'AtRisk',
    'LAST_RUN_DEGRADED',
    'partly successful',
  ],
  [
    'newestIncomplete',
    { points: [used('no', 'p3', 5, {}, [why('VOLUME_NOT_CAPTURED')]), ...good.points] },
    'AtRisk',
    'VOLUME_NOT_CAPTURED',
    'because of',
  ],
  [
    'newestIncomplete',
    { points: [used('no', 'p3', 5, {}, [why('VOLUME_EMPTY')]), ...good.points] },
    'AtRisk',
    'VOLUME_EMPTY',
    'because of',
  ],
  [
    'newestIncomplete',
    { points: [used('no', 'p3', 5, {}, [why('ITEMS_FAILED')]), ...good.points] },
    'AtRisk',
    'ITEMS_FAILED',
    'because of',
  ],
  [
    'locationUnavailable',
    { schedules: [schedule({}, { location: location('default', { phase: 'Unavailable', message: 'no such bucket' }) })] },
    'AtRisk',
    'LOCATION_UNAVAILABLE',
    'no such bucket',
  ],
  [
    'locationUnavailable',
    { points: [used('no', 'p3', 5, {}, [why('LOCATION_UNAVAILABLE')]), ...good.points] },
    'AtRisk',
    'LOCATION_UNAVAILABLE',
    'because of',
  ],
  [
    'locationMissing',
    { schedules: [schedule({ location: 'gone' }, { location: 'missing' })] },
    'AtRisk',
    'LOCATION_MISSING',
    'gone, which does not exist on east',
  ],
  [
    'locationMissing',
    { points: [used('no', 'p3', 5, {}, [why('LOCATION_MISSING')]), ...good.points] },
    'AtRisk',
    'LOCATION_MISSING',
    'because of',
  ],
  [
    'locationReadOnly',
    { schedules: [schedule({}, { location: location('dr', { accessMode: 'ReadOnly' }) })] },
    'AtRisk',
    'LOCATION_READ_ONLY',
    'dr on east, which is read-only',
  ],
  [
    'scheduleTooSlow',
    { schedules: [schedule({}, { worstGap: 6 * hour })] },
    'AtRisk',
    'SCHEDULE_TOO_SLOW',
    'up to 6h pass between two runs, RPO of orders-db is 1h',
  ],
  [
    'scheduleOverdue',
    { schedules: [schedule({ lastRun: ago(61) })], points: [used('yes', 'p1', 45, { schedule: undefined })] },
    'AtRisk',
    'SCHEDULE_OVERDUE',
    'did not for 61m',
  ],
  [
    'pointExpiresFirst',
    { points: [used('yes', 'p2', 10, { expiresAt: ago(-5) })] },
    'AtRisk',
    'POINT_EXPIRES_FIRST',
    'expires in 5m, the next run is in 20m',
  ],
  [
    'retentionTooShort',
    { schedules: [schedule({ keepFor: day })] },
    'AtRisk',
    'RETENTION_TOO_SHORT',
    'kept for 1d, the policy gold promises 30d',
  ],
  ['noSchedule', { schedules: [] }, 'AtRisk', 'NO_SCHEDULE', 'No schedule covers orders-db (shop on east)'],
  ['someScheduleInvalid', { schedules: [schedule(), schedule({ name: 'weekly', valid: false })] }, 'AtRisk', 'SCHEDULE_INVALID', 'weekly'],
  [
    'replicationLags',
    { replications: [{ ...replication, lastSync: ago(11) }], policy: policy({ objectives: {} }) },
    'AtRisk',
    'REPLICATION_LAGS',
    '11m behind',
  ],
  [
    'replicationLags',
    {
      replications: [
        { ...replication, lastSync: ago(1) },
        { ...replication, role: 'target', cluster: 'west', lastSync: ago(1), capturedAt: ago(12) },
      ],
      policy: policy({ objectives: {} }),
    },
    'AtRisk',
    'REPLICATION_LAGS',
    'the copy of orders-db on west is 12m behind',
  ],
  [
    'replicationFailed',
    { replications: [{ ...replication, lastSync: ago(1), phase: 'Failed', message: 'disk full' }] },
    'AtRisk',
    'REPLICATION_FAILED',
    'The last synchronisation of orders-db failed (copy on east): disk full',
  ],
  [
    'replicationEmpty',
    { replications: [{ ...replication, role: 'target', cluster: 'west', lastSync: ago(1), holds: false }] },
    'AtRisk',
    'REPLICATION_EMPTY',
    'on west holds nothing',
  ],
  [
    'databaseWithoutHook',
    { ...database, captureMethods: ['file-system'] },
    'AtRisk',
    'DATABASE_WITHOUT_HOOK',
    'StatefulSet shop/orders-db looks like a database',
  ],
  [
    'databaseWithoutHook',
    { ...database, policy: policy({ consistency: { hooks: 'required' } }) },
    'AtRisk',
    'DATABASE_WITHOUT_HOOK',
    'without a hook',
  ],
  [
    'snapshotsOnly',
    { points: [used('yes', 's1', 10, { keptIn: 'storage', goesWithNamespace: true })] },
    'AtRisk',
    'SNAPSHOTS_ONLY',
    'is deleted with its namespace',
  ],
  [
    'configurationNotCaptured',
    { points: [used('yes', 's1', 10, { holds: 'data' })] },
    'AtRisk',
    'CONFIGURATION_NOT_CAPTURED',
    'data alone',
  ],
  ['policyProblem', { policy: undefined, policyProblem: why('UNKNOWN_POLICY') }, 'AtRisk', 'UNKNOWN_POLICY', 'because of'],
  [
    'moveUnfinished',
    {
      unfinishedMoves: [
        { operation: 'failover-1', components: ['orders-db'], clusters: ['east'], open: ['nobody has seen it'], fix: 'look' },
      ],
    },
    'AtRisk',
    'MOVE_UNFINISHED',
    'failover-1 is not finished on east: nobody has seen it',
  ],
  [
    'neverDrilled',
    { policy: policy({ drills: { every: 30 * day } }) },
    'Unproven',
    'NEVER_DRILLED',
    'never restored as a test, gold asks for it every 30d',
  ],
  [
    'neverDrilled',
    {
      policy: policy({ drills: { every: 30 * day } }),
      drills: [{ operation: 'drill-1', application: 'shop', at: ago(9), succeeded: false }],
    },
    'Unproven',
    'NEVER_DRILLED',
    'never successfully',
  ],
  [
    'drillOverdue',
    {
      policy: policy({ drills: { every: day } }),
      drills: [{ operation: 'drill-1', application: 'shop', at: ago(3 * 24 * 60), succeeded: true }],
    },
    'Unproven',
    'DRILL_OVERDUE',
    'test 3d ago',
  ],
  [
    'rtoExceeded',
    { drills: [{ operation: 'drill-1', application: 'shop', at: ago(60), succeeded: true, rtoSeconds: 5400 }] },
    'Unproven',
    'RTO_EXCEEDED',
    'took 1h30m the last time (drill-1), RTO is 1h',
  ],
  ['noPolicy', { policy: undefined }, 'Protected', 'NO_POLICY', 'No policy applies to orders-db'],
  [
    'lastRunDegradedElsewhere',
    { points: [used('yes', 'p3', 5, degraded), ...good.points] },
    'Protected',
    'LAST_RUN_DEGRADED',
    'everything of orders-db is in it',
  ],
  [
    'workloadNotReady',
    { workloads: [workload('orders-db', { ready: false, message: '0 of 1 ready' })] },
    'Protected',
    'WORKLOAD_NOT_READY',
    'orders-db (shop on east) is not ready: 0 of 1 ready',
  ],
  [
    'engineHidden',
    { engines: { ...good.engines, failures: [{ type: 'locations', error: refused }] } },
    'Protected',
    'READING_FORBIDDEN',
    'locations on east',
  ],
];

describe('judge', () => {
  it('finds nothing wrong with what is good', () => {
    expect(judge(good)).toEqual({ verdict: 'Protected', reasons: [] });
  });

  it.each(cases)('%s: %o', (name, changes, verdict, code, words) => {
    const facts = { ...good, ...changes };
    const judgement = judge(facts);
    expect(judgement.verdict).toBe(verdict);
    const reason = judgement.reasons.find((one) => one.code === code)!;
    expect(reason?.message).toContain(words);
    const own = rules.find((rule) => rule.name === name)!(facts);
    expect(own).toMatchObject({ code });
    if (name !== 'policyProblem') expect(own).toMatchObject({ component: 'orders-db', fix: expect.stringMatching(/./) as string });
  });

  it('has a case for every rule', () => {
    expect(rules.map((rule) => rule.name).filter((name) => !cases.some(([rule]) => rule === name))).toEqual([]);
  });

  it('is quiet about failures that were made up for, and about points that are older', () => {
    const quiet: Partial<Facts>[] = [
      { points: [...good.points, used('no', 'old', 90, failed, [why('POINT_FAILED')])] },
      { points: [used('no', 'now', 0, { phase: 'Running' }, [why('POINT_UNFINISHED')]), ...good.points] },
      { points: [used('unknown', 'p3', 2), ...good.points] },
      { points: [used('yes', 'p1', 10, { expiresAt: undefined })] },
      {
        drills: [{ operation: 'drill-1', application: 'shop', at: ago(60), succeeded: true, rtoSeconds: 60 }],
        policy: policy({ drills: { every: day } }),
      },
      {
        workloads: [workload('orders-db', { images: ['postgres:16'], podAnnotations: { 'pre.hook/command': 'x' } })],
        captureMethods: ['file-system'],
      },
      { ...database },
      { ...database, captureMethods: ['file-system'], policy: policy({ consistency: { hooks: 'optional' } }) },
      { ...database, captureMethods: ['file-system'], points: [used('yes', 'p1', 10, { hooks: true })] },
      { workloads: [], claims: [], placement: { cluster: 'east', namespace: 'shop', claim: 'claimed' } },
      { schedules: [schedule(), schedule({ name: 'second', paused: true })] },
      { placement: { ...good.placement!, claim: 'unknown' } },
    ];
    for (const changes of quiet) expect(judge({ ...good, ...changes })).toEqual({ verdict: 'Protected', reasons: [] });
  });

  it('says one thing about a cluster that does not answer, not what would follow from it', () => {
    const lost: Facts = {
      ...good,
      points: [],
      schedules: [],
      workloads: [],
      claims: [],
      engines: { installed: [], failures: [], hookAnnotations: [] },
      cluster: { ...good.cluster, unreachable: down, namespaceExists: false },
    };
    expect(judge(lost).reasons.map(({ code }) => code)).toEqual(['CLUSTER_UNREACHABLE']);
  });

  it('has the reasons of the verdict first', () => {
    const { verdict, reasons } = judge({
      ...good,
      schedules: [],
      points: [used('yes', 'p1', 192)],
      policy: policy({ drills: { every: day } }),
    });
    expect(verdict).toBe('Breached');
    expect(reasons.map(({ code }) => code)).toEqual(['RPO_BREACHED', 'NO_SCHEDULE', 'NEVER_DRILLED']);
  });

  it('combines places: the worst counts, and nothing is told twice', () => {
    const a = judge({ ...good, schedules: [] });
    const b = judge({ ...good, points: [], cluster: { ...good.cluster, name: 'west' } });
    const both = combine([a, b, a]);
    expect(both.verdict).toBe('Unprotected');
    expect(both.reasons.map(({ code, cluster }) => `${code} ${cluster}`)).toEqual(['NEVER_BACKED_UP west', 'NO_SCHEDULE east']);
    expect(combine([]).verdict).toBe('Unknown');
  });
});

/** Codes that other parts give: the catalog and policy readers, `usable.ts` about single points, and plans. */
const elsewhere: ReasonCode[] = [
  'DEPENDENCY_CYCLE',
  'FORMER_COPY',
  'DANGLING_REFERENCE',
  'BAD_POLICY',
  'BAD_CATALOG',
  'BAD_OBJECT',
  'POINT_FAILED',
  'POINT_UNFINISHED',
  'POINT_EXPIRED',
];

it("uses every code of the table before the plans'", () => {
  const codes = Object.keys(reasonCodes) as ReasonCode[];
  const judged = codes.slice(0, codes.indexOf('POINT_UNUSABLE'));
  const given = new Set([...cases.map(([, , , code]) => code), ...elsewhere]);
  expect(judged.filter((code) => !given.has(code))).toEqual([]);
});
