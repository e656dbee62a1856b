import { describe, expect, it } from 'vitest';
import { timetable, worstGap } from '../../policy/schedule.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { checkup } from './checkup.ts';
import { interpret } from './interpret.ts';
import { kinds } from './kinds.ts';
import { troubleOf } from './location.ts';
import { restorePhase } from './phases.ts';
import { renderPolicy, renderSchedule } from './schedule.ts';
import { signedLink } from './signed-link.ts';
import { policyOf, policyTimetable } from './timetable.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function readingOf(...given: [ResourceType, Record<string, unknown>][]): ClusterReading {
  const objects = new Map<string, KubeObject[]>();
  for (const [type, object] of given) {
    const metadata = { name: 'one', namespace: 'kube-system', ...(object.metadata as object | undefined) };
    // Lists leave the kind out.
    objects.set(resourceKey(type), [...(objects.get(resourceKey(type)) ?? []), { ...object, metadata } as unknown as KubeObject]);
  }
  return { cluster: 'east', now: new Date('2026-01-15T12:00:00Z'), age: 0, objects, failures: new Map() };
}
const told = (...given: [ResourceType, Record<string, unknown>][]) => interpret(readingOf(...given));
const backup = (status: unknown, spec: object = { namespaces: ['shop'] }, metadata = {}) =>
  told([kinds.backups, { metadata, spec, status }]).points[0]!;
const volume = (status: string, more = {}) => ({
  persistentVolumeClaim: 'data',
  namespace: 'shop',
  driverName: 'pxd',
  status,
  Options: {},
  ...more,
});

describe('what Stork says of a backup', () => {
  it.each([
    ['nothing was written yet', undefined, 'Pending', ''],
    ['it has a stage and no status', { stage: 'PreExecRule', status: '' }, 'Running', 'PreExecRule'],
    ['it moves volumes', { stage: 'Volumes', status: 'InProgress' }, 'Running', 'InProgress (Volumes)'],
    ['it ended', { stage: 'Final', status: 'Successful' }, 'Succeeded', 'Successful'],
    ['it lacks something', { stage: 'Final', status: 'PartialSuccess' }, 'Degraded', 'PartialSuccess'],
    ['a stage that is newer than us', { stage: 'Scanning', status: 'InProgress' }, 'Running', 'InProgress (Scanning)'],
    ['a status that is newer than us', { stage: 'Final', status: 'Quarantined' }, 'Unknown', 'Quarantined'],
    ['a status that is no text', { stage: 'Final', status: 7 }, 'Unknown', 'Final'],
  ] as const)('%s', (_, status, phase, nativePhase) => {
    expect(backup(status)).toMatchObject({ phase, nativePhase });
  });

  it('is no success when a volume in it is none, whatever its own status says', () => {
    const final = { stage: 'Final', status: 'Successful' };
    expect(backup({ ...final, volumes: [volume('Successful'), volume('Failed')] }).phase).toBe('Degraded');
    expect(backup({ ...final, failedVolCount: 1 }).phase).toBe('Degraded');
    expect(backup({ ...final, resources: [{ kind: 'Secret', name: 'db', status: 'Failed' }] }).phase).toBe('Degraded');
    expect(backup({ ...final, volumes: [volume('Successful')] }).phase).toBe('Succeeded');
  });

  it('counts the age of the data from its start; a time that is zero comes as null', () => {
    const times = { triggerTimestamp: '2026-01-15T11:00:00Z', finishTimestamp: '2026-01-15T11:05:00Z' };
    expect(backup({ stage: 'Final', status: 'Successful', ...times })).toMatchObject({
      capturedAt: '2026-01-15T11:00:00Z',
      completedAt: '2026-01-15T11:05:00Z',
    });
    const none = backup({ stage: 'Final', status: 'Failed', triggerTimestamp: null, finishTimestamp: '0001-01-01T00:00:00Z' });
    expect([none.capturedAt, none.completedAt]).toEqual([undefined, undefined]);
  });

  it('tells of each volume that ended, by the field that a broken tag calls Options or without', () => {
    const status = {
      stage: 'Final',
      status: 'PartialSuccess',
      volumes: [volume('Successful', { actualSize: 7 }), volume('Failed', { persistentVolumeClaim: 'log', reason: 'gone' })],
    };
    const { volumeEvidence } = told([kinds.backups, { spec: { namespaces: ['shop'] }, status }]);
    expect(volumeEvidence['east/stork/kube-system/one']).toEqual(
      [
        { namespace: 'shop', claim: 'data', method: 'data-mover', state: 'captured', bytes: 7, message: undefined },
        { namespace: 'shop', claim: 'log', method: 'data-mover', state: 'failed', message: 'gone' },
      ].map((one) => JSON.parse(JSON.stringify(one)) as object),
    );
    const running = told([
      kinds.backups,
      { spec: { namespaces: ['shop'] }, status: { stage: 'Volumes', status: 'InProgress', volumes: [volume('Successful')] } },
    ]);
    expect(running.volumeEvidence).toEqual({});
  });

  it("stays in the storage where its driver takes snapshots, and goes with an application's own namespace", () => {
    const final = { stage: 'Final', status: 'Successful' };
    expect(backup({ ...final, volumes: [volume('Successful', { driverName: 'csi' })] }).keptIn).toBe('storage');
    expect(backup(final).goesWithNamespace).toBeUndefined();
    expect(backup(final, { namespaces: ['shop'], reclaimPolicy: 'Delete' }, { namespace: 'shop' }).goesWithNamespace).toBe(true);
    expect(backup(final, { namespaces: ['shop'], reclaimPolicy: 'Retain' }, { namespace: 'shop' }).goesWithNamespace).toBeUndefined();
  });
});

it("an object outside of kube-system is believed about its own namespace alone, its status is anybody's to write", () => {
  const forged = { stage: 'Final', status: 'Successful', volumes: [volume('Successful')] };
  const { points, volumeEvidence } = told([
    kinds.backups,
    { metadata: { namespace: 'mine' }, spec: { namespaces: ['shop'] }, status: forged },
  ]);
  expect(points[0]!.scope.namespaces).toEqual(['mine']);
  expect(volumeEvidence).toEqual({});
});

it('PartialSuccess of a restore that only retained what was there is a success, and of any other is none', () => {
  const restore = (...statuses: string[]) =>
    restorePhase({
      metadata: { name: 'r' },
      status: { stage: 'Final', status: 'PartialSuccess', resources: statuses.map((status) => ({ status })) },
    } as unknown as KubeObject);
  expect(restore('Successful', 'Retained')).toBe('Succeeded');
  expect(restore('Successful', 'Failed')).toBe('Degraded');
  expect(restore()).toBe('Degraded');
});

describe('a BackupLocation', () => {
  const location = {
    type: 's3',
    path: 'backups',
    encryptionV2Key: 'SECRET-1',
    repositoryPassword: 'SECRET-2',
    s3Config: { endpoint: 'https://user:SECRET-3@s3.example.com', accessKeyID: 'SECRET-4', secretAccessKey: 'SECRET-5' },
  };

  it('tells type, bucket and address, and nothing that opens it', () => {
    const state = told([kinds.locations, { location, cluster: { awsClusterConfig: { secretAccessKey: 'SECRET-6' } } }]);
    expect(state.locations[0]).toMatchObject({ name: 'one', provider: 's3', target: 'backups', phase: 'Unknown' });
    expect(JSON.stringify(state)).not.toContain('SECRET');
    // Of another namespace it is called by both, so that nobody's shadows the operator's.
    expect(told([kinds.locations, { metadata: { namespace: 'mine' }, location }]).locations[0]!.name).toBe('mine/one');
  });

  it.each([
    [undefined, 'has no location'],
    [{ type: 'S3' }, 'has the type "S3", not s3, azure, google or nfs'],
    [{ type: 's3', path: 'b', s3config: {} }, 'has neither s3Config nor secretConfig'],
    [{ type: 's3', s3Config: {} }, 'has no path'],
    [{ type: 's3', secretConfig: 'keys' }, undefined],
    [location, undefined],
  ])('is checked here, for its schema lets everything through: %o', (given, trouble) => {
    expect(troubleOf({ metadata: { name: 'x' }, location: given } as unknown as KubeObject)).toBe(trouble);
  });
});

describe('a SchedulePolicy', () => {
  const of = (policy: unknown) => policyTimetable({ metadata: { name: 'p' }, policy } as unknown as KubeObject);

  it.each([
    [{ interval: { intervalMinutes: 15 } }, '@every 15m', 10 * 15 * minute],
    [{ interval: { intervalMinutes: 60, retain: 3 } }, '@every 60m', 3 * hour],
    [{ daily: { time: '12:04PM' } }, '4 12 * * *', 30 * day],
    [{ daily: { time: '12:04am', retain: 2 } }, '4 0 * * *', 2 * day],
    [{ weekly: { day: 'Thurs', time: '1:05PM' } }, '5 13 * * 4', 7 * 7 * day],
    [{ monthly: { date: 31, time: '11:59PM', retain: 1 } }, '59 23 31 * *', undefined],
  ] as const)('%o', (policy, expression, keepFor) => {
    expect(of(policy).expression).toBe(expression);
    if (keepFor !== undefined) expect(of(policy).keepFor).toBe(keepFor);
  });

  it('with several parts runs as often as the most frequent and keeps as long as the longest', () => {
    expect(of({ interval: { intervalMinutes: 60, retain: 24 }, daily: { time: '1:00AM', retain: 30 } })).toEqual({
      expression: '@every 60m',
      keepFor: 30 * day,
    });
  });

  it.each([
    [{ interval: { intervalMinutes: 0 } }, /intervalMinutes/],
    [{ daily: { time: '13:00' } }, /12:04PM/],
    [{ daily: { time: '12:04 PM' } }, /time/],
    [{ weekly: { day: 'MONDAY', time: '1:00AM' } }, /day of the week/],
    [{ interval: { intervalMinutes: 5 }, monthly: { date: 0, time: '1:00AM' } }, /date/],
    [{}, /neither/],
    [undefined, /neither/],
  ])('one wrong part stops all of it: %o', (policy, why) => {
    expect(of(policy)).toMatchObject({ expression: '', message: expect.stringMatching(why) });
  });

  it('of the namespace goes before one of the cluster; one that is missing makes the schedule invalid', () => {
    const schedule = { spec: { schedulePolicyName: 'p', suspend: true, template: { spec: { namespaces: ['shop'] } } } };
    const cluster: [ResourceType, Record<string, unknown>] = [
      kinds.policies,
      { metadata: { name: 'p', namespace: undefined }, policy: { interval: { intervalMinutes: 30 } } },
    ];
    const own: [ResourceType, Record<string, unknown>] = [
      kinds.ownPolicies,
      { metadata: { name: 'p' }, policy: { interval: { intervalMinutes: 5 } } },
    ];
    expect(told([kinds.backupSchedules, schedule], cluster).schedules[0]).toMatchObject({
      expression: '@every 30m',
      valid: true,
      paused: true,
    });
    expect(told([kinds.backupSchedules, schedule], cluster, own).schedules[0]!.expression).toBe('@every 5m');
    expect(told([kinds.backupSchedules, schedule]).schedules[0]).toMatchObject({
      valid: false,
      message: 'the SchedulePolicy p does not exist',
    });
  });

  it.each([
    [{ every: 15 * minute, keepFor: day }, { interval: { intervalMinutes: 15, retain: 96 } }],
    [{ cron: '*/15 * * * *', keepFor: day }, { interval: { intervalMinutes: 15, retain: 96 } }],
    [{ cron: '7 * * * *', keepFor: day }, { interval: { intervalMinutes: 60, retain: 24 } }],
    [{ cron: '30 */6 * * *', keepFor: 3 * day }, { interval: { intervalMinutes: 360, retain: 12 } }],
    [{ cron: '5 0 * * *', timeZone: 'UTC', keepFor: 7 * day }, { daily: { time: '12:05AM', retain: 7 } }],
    [{ cron: '0 13 * * SUN', keepFor: 28 * day }, { weekly: { day: 'Sunday', time: '1:00PM', retain: 4 } }],
    [{ cron: '0 12 1 * *', keepFor: 31 * day }, { monthly: { date: 1, time: '12:00PM', retain: 1 } }],
  ])('is made of a timetable that Stork can keep: %o', (schedule, policy) => {
    expect(policyOf(schedule)).toEqual(policy);
    const { expression } = of(policy);
    const asked = 'cron' in schedule ? timetable(schedule.cron!)! : { every: schedule.every! };
    expect(worstGap(timetable(expression)!)).toBe(worstGap(asked));
  });

  it.each([
    { cron: '0 8,20 * * *', keepFor: day },
    { cron: '0 3 * * 1-5', keepFor: day },
    { cron: '0 3 * 1 *', keepFor: day },
    { cron: '0 3 * * *', timeZone: 'Europe/Berlin', keepFor: day },
    { every: 30_000, keepFor: day },
    { cron: 'soon', keepFor: day },
  ])('is refused where Stork could not keep it: %o', (schedule) => {
    expect(() => policyOf(schedule)).toThrow(/Stork|read/);
  });
});

it('what a policy renders is read back as it was asked for', () => {
  const request = {
    name: 'dr-shop',
    namespaces: ['shop'],
    labelSelector: 'app=db',
    every: 15 * minute,
    keepFor: day,
    location: 'store',
    labels: { a: 'b' },
    annotations: {},
  };
  const state = told(
    [kinds.backupSchedules, { ...renderSchedule(request, 'kube-system') }],
    [kinds.ownPolicies, { ...renderPolicy(request, 'kube-system') }],
  );
  expect(state.schedules[0]).toMatchObject({
    name: 'dr-shop',
    expression: '@every 15m',
    keepFor: day,
    valid: true,
    paused: false,
    location: 'store',
    scope: { namespaces: ['shop'], labelSelector: 'app=db' },
  });
  expect(() => renderSchedule({ ...request, location: undefined } as never, 'kube-system')).toThrow(/no default/);
  expect(() => renderSchedule({ ...request, labelSelector: 'app in (a,b)' }, 'kube-system')).toThrow(/one value each/);
});

it('a rule that is run before a capture is a hook, and a clone is told with the restores', () => {
  const final = { stage: 'Final', status: 'Successful' };
  expect(backup(final, { namespaces: ['shop'], preExecRule: 'freeze' }).hooks).toBe(true);
  expect(backup(final).hooks).toBeUndefined();
  const clone = {
    spec: { sourceNamespace: 'shop', destinationNamespace: 'copy' },
    status: { ...final, finishTimestamp: '2026-01-15T11:00:00Z' },
  };
  expect(told([kinds.clones, clone]).restores).toMatchObject([
    { phase: 'Succeeded', namespaces: ['shop'], namespaceMapping: { shop: 'copy' } },
  ]);
});

it('what goes wrong with Stork itself is told by its objects', async () => {
  const find = (...given: [ResourceType, Record<string, unknown>][]) => {
    const seen = readingOf(...given);
    return checkup.checks
      .flatMap((check) => check.find({ reading: seen, state: interpret(seen) }))
      .map(({ code, message }) => [code, message]);
  };
  const schedule = { metadata: { name: 'shop' }, spec: { template: { spec: { clusterPair: 'west' } } } };
  expect(find([kinds.migrationSchedules, schedule])).toEqual([
    ['REPLICATION_FAILED', 'shop on east copies nothing: the ClusterPair west does not exist'],
  ]);
  const half = { metadata: { name: 'west' }, status: { schedulerStatus: 'Ready', storageStatus: 'Pending' } };
  expect(find([kinds.migrationSchedules, schedule], [kinds.pairs, half])).toMatchObject([
    ['REPLICATION_FAILED', expect.stringContaining('storageStatus Pending')],
  ]);
  const ready = { ...half, status: { schedulerStatus: 'Ready', storageStatus: 'Ready' } };
  expect(find([kinds.migrationSchedules, schedule], [kinds.pairs, ready])).toEqual([]);
  expect(find([kinds.locations, { location: { type: 'S3' } }])).toMatchObject([['LOCATION_UNAVAILABLE', expect.stringContaining('"S3"')]]);
  const waiting = (creationTimestamp: string) => find([kinds.backups, { metadata: { creationTimestamp }, spec: {} }]);
  expect(waiting('2026-01-15T11:30:00Z')).toMatchObject([['ENGINE_DOWN', expect.stringContaining('for 30m')]]);
  expect(waiting('2026-01-15T11:55:00Z')).toEqual([]);
  expect(
    find(
      [kinds.backups, { metadata: 5 as never, status: 'x' }],
      [kinds.pairs, { metadata: undefined }],
      [kinds.migrationSchedules, { spec: 7 }],
    ),
  ).toHaveLength(1);
});

it('a link is signed as the example of AWS is', async () => {
  const signer = {
    address: 'https://examplebucket.s3.amazonaws.com',
    region: 'us-east-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const link = new URL(await signedLink(signer, 'test.txt', new Date('2013-05-24T00:00:00Z'), 86_400));
  expect(link.pathname).toBe('/test.txt');
  expect(link.searchParams.get('X-Amz-Signature')).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  expect(await signedLink(signer, 'a b/(c)', new Date())).toContain('/a%20b/%28c%29?');
});
