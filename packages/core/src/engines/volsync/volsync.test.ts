import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { timetable, worstGap } from '../../policy/schedule.ts';
import { interpret } from './interpret.ts';
import { kinds } from './kinds.ts';
import { cronOf, render } from './render.ts';

const minute = 60_000;
const claim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop', labels: { app: 'db' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'fast' },
};
const request = {
  name: 'dr-shop',
  source: { cluster: 'East.Cluster', namespace: 'shop' },
  target: { cluster: 'west', namespace: 'shop' },
  claims: [claim],
  every: 5 * minute,
  labels: {},
  annotations: {},
};

function told(role: 'source' | 'target', spec: unknown, status: unknown, metadata = {}) {
  const type = role === 'source' ? kinds.sources : kinds.destinations;
  // Lists leave the kind out.
  const object = { metadata: { name: 'copy', namespace: 'shop', ...metadata }, spec, status } as unknown as KubeObject;
  const objects = new Map([[resourceKey(type), [object]]]);
  return interpret({ cluster: 'east', now: new Date(), age: 0, objects, failures: new Map() }).replications[0]!;
}
const condition = (reason: string, message = '') => ({ conditions: [{ type: 'Synchronizing', reason, message, status: 'True' }] });
const synced = { lastSyncTime: '2026-01-15T12:00:30Z', lastSyncDuration: '30.5s' };

describe('VolSync has no phase, so it is derived', () => {
  it.each([
    ['nothing was written yet', 'source', { restic: {} }, undefined, 'Pending'],
    ['the first one runs', 'source', { restic: {} }, condition('SyncInProgress'), 'Running'],
    ['it waits after one that ended', 'source', { restic: {} }, { ...synced, ...condition('WaitingForSchedule') }, 'Succeeded'],
    ['it waits and never synchronised', 'source', { restic: {} }, condition('WaitingForManual'), 'Pending'],
    ['it cleans up', 'source', { restic: {} }, { ...synced, ...condition('CleaningUp') }, 'Succeeded'],
    ['it cannot begin', 'source', { restic: {} }, { ...synced, ...condition('Error', 'no Secret') }, 'Failed'],
    [
      'its mover failed and is tried again',
      'source',
      { restic: {} },
      { ...synced, ...condition('SyncInProgress'), latestMoverStatus: { result: 'Failed', logs: 'a\nfull' } },
      'Failed',
    ],
    ['it listens, as rsync always does', 'target', { rsyncTLS: {} }, { ...synced, ...condition('SyncInProgress') }, 'Succeeded'],
    ['a word that is newer than us', 'source', { restic: {} }, { ...synced, ...condition('Quiescing') }, 'Unknown'],
    ['two movers are named, which VolSync refuses', 'source', { restic: {}, rsyncTLS: {} }, condition('Error', 'only one'), 'Failed'],
    ['a mover that is newer than us', 'source', { teleport: {} }, { ...synced, ...condition('WaitingForSchedule') }, 'Succeeded'],
    ['something outside moves it', 'source', { external: { provider: 'x' } }, {}, 'Unknown'],
  ] as const)('%s', (_, role, spec, status, phase) => {
    expect(told(role, spec, status).phase).toBe(phase);
  });

  it('and what it says is kept', () => {
    expect(told('source', { restic: {} }, { ...synced, ...condition('Quiescing') }).nativePhase).toBe('Quiescing');
    expect(told('source', { restic: {} }, { latestMoverStatus: { result: 'Failed', logs: 'a\nfull\n' } }).message).toBe('full');
  });
});

describe('how old the data is', () => {
  it('counts from the start of the sync that ended, not of one that runs', () => {
    expect(told('source', { restic: {} }, { ...synced, lastSyncStartTime: '2026-01-15T12:05:00Z' }).capturedAt).toBe(
      '2026-01-15T11:59:59.500Z',
    );
    expect(told('source', { restic: {} }, { lastSyncTime: synced.lastSyncTime }).capturedAt).toBeUndefined();
    expect(told('source', { restic: {} }, { ...synced, lastSyncDuration: 'soon' }).capturedAt).toBeUndefined();
  });

  it.each([
    ['restoring snapshot 63e8f4e8 of [/data] at 2026-01-15 11:58:03.123456789 +0000 UTC by root@volsync to .', '2026-01-15T11:58:03.000Z'],
    ['restoring <Snapshot 63e8f4e8 of [/data] at 2026-01-15 12:58:03.5 +0100 CET by root@volsync> to .', '2026-01-15T11:58:03.000Z'],
    ['nothing of the kind', undefined],
    ['restoring snapshot x at 2026-99-99 11:58:03 +0000', undefined],
    ['No eligible snapshots found\nrestoring x at 2026-01-15 11:58:03 +0000', undefined],
  ])('of a target that pulls it is in the log: %s', (logs, expected) => {
    expect(told('target', { restic: {} }, { ...synced, latestMoverStatus: { result: 'Successful', logs } }).capturedAt).toBe(expected);
  });
});

describe('what is rendered', () => {
  const [source, target] = render(request).map(({ object }) => object);

  it('gives each direction a repository of its own, of the same name on both clusters', () => {
    expect(source).toMatchObject({ spec: { sourcePVC: 'data', restic: { repository: 'volsync-data-from-east-cluster' } } });
    expect(target).toMatchObject({ spec: { restic: { repository: 'volsync-data-from-east-cluster' } } });
  });

  it('keeps more than the newest snapshot, and lets deleted files stay deleted', () => {
    expect(source).toMatchObject({ spec: { restic: { retain: { within: '1d' }, copyMethod: 'Snapshot' } } });
    expect(target).toMatchObject({ spec: { restic: { enableFileDeletion: true, capacity: '1Gi', storageClassName: 'fast' } } });
  });

  it('is read back as it was asked for', () => {
    expect(told('target', target!.spec, {}, target!.metadata)).toMatchObject({
      claims: ['data'],
      from: 'East.Cluster',
      interval: 5 * minute,
      holds: false,
    });
    expect(told('source', source!.spec, {}, source!.metadata)).toMatchObject({ claims: ['data'], to: 'west', interval: 5 * minute });
  });

  it('says at both ends what the namespace of the other is called, where that is another', () => {
    const [from, into] = render({ ...request, target: { ...request.target, namespace: 'shop-dr' } }).map(({ object }) => object);
    expect(told('source', from!.spec, {}, from!.metadata)).toMatchObject({ namespace: 'shop', peerNamespace: 'shop-dr' });
    expect(told('target', into!.spec, {}, into!.metadata)).toMatchObject({ namespace: 'shop-dr', peerNamespace: 'shop', claims: ['data'] });
    expect(told('source', source!.spec, {}, source!.metadata)).not.toHaveProperty('peerNamespace');
  });

  it.each([1, 2, 5, 7, 15, 45, 60, 61, 90, 120, 360, 700, 1440, 10_000])(
    'never slower than %i minutes, in the words that VolSync takes',
    (every) => {
      const cron = cronOf(every * minute);
      expect(cron).toMatch(/^(((\d+,)*\d+|(\d+(\/|-)\d+)|\*(\/\d+)?)\s?){5}$/);
      expect(worstGap(timetable(cron)!)).toBeLessThanOrEqual(every * minute);
    },
  );

  it.each([
    [1, '* * * * *', '* * * * *'],
    [2, '*/2 * * * *', '1/2 * * * *'],
    [5, '*/5 * * * *', '2/5 * * * *'],
    [7, '*/6 * * * *', '3/6 * * * *'],
    [30, '*/30 * * * *', '10/30 * * * *'],
    [60, '0 * * * *', '10 * * * *'],
    [360, '0 */6 * * *', '10 */6 * * *'],
    [1440, '0 0 * * *', '10 0 * * *'],
  ])('of every %i minutes the target pulls when the source has sent, not at the same moment', (every, sends, pulls) => {
    const schedules = render({ ...request, every: every * minute }).map(
      ({ object }) => (object.spec as { trigger: { schedule: string } }).trigger.schedule,
    );
    expect(schedules).toEqual([sends, pulls]);
    for (const schedule of schedules) {
      expect(schedule).toMatch(/^(((\d+,)*\d+|(\d+(\/|-)\d+)|\*(\/\d+)?)\s?){5}$/);
      expect(worstGap(timetable(schedule)!)).toBeLessThanOrEqual(every * minute);
    }
  });

  it('is called otherwise for another claim, however long the names', () => {
    const long = (name: string) => ({ ...claim, metadata: { name, namespace: 'shop' } });
    const names = render({ ...request, claims: [long(`${'a'.repeat(80)}-0`), long(`${'a'.repeat(80)}-1`)] }).map(
      ({ object }) => object.metadata.name,
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(52);
  });
});

it('a note on a destination counts for its own namespace alone', () => {
  const annotations = { 'kubectl-dr.dev/claim': JSON.stringify({ ...claim, metadata: { name: 'data', namespace: 'kube-system' } }) };
  expect(told('target', { restic: {} }, {}, { annotations })).toMatchObject({ claims: ['data'], namespace: 'shop' });
  expect(told('target', { restic: { destinationPVC: 'own' } }, {}, { annotations: { 'kubectl-dr.dev/claim': '{' } }).claims).toEqual([
    'own',
  ]);
});

describe('what a repository keeps of earlier moments', () => {
  const hour = 60 * minute;
  const trigger = { schedule: '*/5 * * * *' };
  const keeps = (retain?: unknown, schedule: unknown = trigger) => told('source', { trigger: schedule, restic: { retain } }, {}).keeps;

  it.each([
    ['nothing is said: the newest alone', undefined, []],
    ['the newest alone is said', { last: '1' }, []],
    ['a count of the last', { last: '12' }, [{ within: hour, every: 5 * minute }]],
    ['a time, as restic writes it', { within: '1d2h' }, [{ within: 26 * hour, every: 5 * minute }]],
    ['a time that restic does not read', { within: '90 minutes' }, []],
    [
      'hours and days, the closest first',
      { daily: 2, hourly: 3 },
      [
        { within: 3 * hour, every: hour },
        { within: 48 * hour, every: 24 * hour },
      ],
    ],
    ['what is no number', { hourly: 'many', daily: -1, weekly: null }, []],
  ])('%s', (_, retain, expected) => {
    expect(keeps(retain)).toEqual(expected);
  });

  it('of one that is synchronised by hand nobody knows how many there are of a time', () => {
    expect(keeps({ within: '1d', last: '9', hourly: 1 }, { manual: 'now' })).toEqual([{ within: hour, every: hour }]);
  });

  it('is noted on the destination, for who has lost the source; without the note nobody can tell', () => {
    const [source, target] = render(request).map(({ object }) => object);
    const ofSource = told('source', source!.spec, {}).keeps;
    expect(ofSource).toHaveLength(3);
    expect(told('target', target!.spec, {}, target!.metadata).keeps).toEqual(ofSource);
    expect(told('target', { restic: {} }, {}).keeps).toBeUndefined();
    expect(told('target', { restic: {} }, {}, { annotations: { 'kubectl-dr.dev/retain': '{"within":' } }).keeps).toBeUndefined();
    expect(told('source', { rsyncTLS: {} }, {}).keeps).toBeUndefined();
  });
});
