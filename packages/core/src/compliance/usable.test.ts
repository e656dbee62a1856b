import fc from 'fast-check';
import type { PointContents, RecoveryPoint, VolumeCapture } from '../protection/model.ts';
import { pointTrouble } from './point-health.ts';
import { type ContentsKnown, type UseTarget, pointUse } from './usable.ts';
import { ago, captured, claim, contents, location, locations, now, point, workload } from './points.fixture.ts';

const db: UseTarget = {
  component: 'orders-db',
  namespace: 'shop',
  placement: { labelSelector: 'app=orders-db' },
  workloads: [workload('orders-db')],
  claims: [claim('data-orders-db-0')],
};
const web: UseTarget = {
  ...db,
  component: 'orders',
  placement: { labelSelector: 'app=orders' },
  workloads: [workload('orders', { kind: 'Deployment' })],
  claims: [],
};
const good = point('p', 30);
const fine = locations(location('default'));

function use(
  changes: { point?: RecoveryPoint; target?: UseTarget; contents?: ContentsKnown; evidence?: VolumeCapture[]; at?: typeof fine } = {},
) {
  const subject = changes.point ?? good;
  const { usable, reasons } = pointUse(
    subject,
    changes.target ?? db,
    changes.contents ?? 'unread',
    changes.evidence ?? [],
    pointTrouble(subject, changes.at ?? fine, now),
  );
  return [usable, ...reasons.map(({ code }) => code)].join(' ');
}
const inside = (changes: Partial<PointContents>) => contents(good, changes);

describe('pointUse: the point', () => {
  it.each<[Partial<RecoveryPoint>, string]>([
    [{ phase: 'Running', nativePhase: 'InProgress' }, 'no POINT_UNFINISHED'],
    [{ phase: 'Pending', nativePhase: 'New' }, 'no POINT_UNFINISHED'],
    [{ phase: 'Failed', nativePhase: 'FailedValidation' }, 'no POINT_FAILED'],
    [{ phase: 'Deleting' }, 'no POINT_EXPIRED'],
    [{ phase: 'Unknown', nativePhase: 'Sideways' }, 'no BAD_OBJECT'],
    [{ capturedAt: undefined }, 'no BAD_OBJECT'],
    [{ capturedAt: 'yesterday' }, 'no BAD_OBJECT'],
    [{ capturedAt: '9999-12-31T00:00:00Z' }, 'no BAD_OBJECT'],
    [{ capturedAt: ago(-3) }, 'yes'],
    [{ expiresAt: ago(1) }, 'no POINT_EXPIRED'],
    [{ expiresAt: '9999-12-31T00:00:00Z' }, 'yes'],
    [{ expiresAt: 'never' }, 'yes'],
    [{ expiresAt: undefined }, 'yes'],
    [{ location: 'gone' }, 'no LOCATION_MISSING'],
    [{ location: undefined }, 'yes'],
  ])('%j is %s', (changes, expected) => {
    expect(use({ point: point('p', 30, changes), contents: inside({}) })).toBe(expected);
  });

  it('is lost with its location', () => {
    expect(use({ at: locations(location('default', { phase: 'Unavailable', message: 'no bucket' })), contents: inside({}) })).toBe(
      'no LOCATION_UNAVAILABLE',
    );
    expect(use({ at: locations(location('default', { phase: 'Unknown' })), contents: inside({}) })).toBe('yes');
    expect(use({ at: { byName: new Map(), readable: new Set() }, contents: inside({}) })).toBe('yes');
  });
});

describe('pointUse: volumes', () => {
  it.each<[Partial<PointContents>, VolumeCapture[], string]>([
    [{}, [], 'yes'],
    [{ volumes: [] }, [], 'no VOLUME_NOT_CAPTURED'],
    [{ volumes: [captured('other')] }, [], 'no VOLUME_NOT_CAPTURED'],
    [{ volumes: [captured('data-orders-db-0', { state: 'skipped', message: 'no driver' })] }, [], 'no VOLUME_NOT_CAPTURED'],
    [{ volumes: [captured('data-orders-db-0', { state: 'failed' })] }, [], 'no VOLUME_NOT_CAPTURED'],
    [{ volumes: [captured('data-orders-db-0', { bytes: 0 })] }, [], 'no VOLUME_EMPTY'],
    [{ volumes: [captured('data-orders-db-0', { bytes: undefined })] }, [], 'yes'],
    [{ volumes: [captured('data-orders-db-0', { bytes: 0 })] }, [captured('data-orders-db-0', { bytes: 7 })], 'yes'],
    [{ volumes: [captured('data-orders-db-0', { state: 'skipped' })] }, [captured('data-orders-db-0')], 'yes'],
    [{}, [captured('data-orders-db-0', { state: 'failed' })], 'no VOLUME_NOT_CAPTURED'],
  ])('%j with %j is %s', (changes, evidence, expected) => {
    expect(use({ contents: inside(changes), evidence })).toBe(expected);
  });

  it("believes the engine's own objects before the contents are read", () => {
    expect(use()).toBe('unknown');
    expect(use({ evidence: [captured('data-orders-db-0')] })).toBe('yes');
    expect(use({ evidence: [captured('data-orders-db-0', { bytes: 0 })] })).toBe('no VOLUME_EMPTY');
    expect(use({ evidence: [captured('data-orders-db-0', { state: 'failed' })] })).toBe('no VOLUME_NOT_CAPTURED');
    expect(use({ evidence: [captured('other')] })).toBe('unknown');
    // Made since: anew, by a restore say, or for the first time. Only the contents can tell.
    const since = { ...db, claims: [claim('data-orders-db-0', { createdAt: ago(10) })] };
    expect(use({ target: since })).toBe('unknown');
    expect(use({ target: since, evidence: [captured('data-orders-db-0')] })).toBe('yes');
    expect(use({ target: { ...db, claims: [claim('data-orders-db-0', { phase: 'Pending' })] } })).toBe('yes');
  });

  it('does not ask for what held no data then', () => {
    const with_ = (object: object) => ({ ...db, claims: [claim('data-orders-db-0', object)] });
    const without = inside({ volumes: [], objects: contents(good).objects.slice(0, 2) });
    expect(use({ target: with_({ createdAt: ago(10) }), contents: without })).toBe('yes');
    expect(use({ target: with_({ phase: 'Pending' }), contents: without })).toBe('yes');
    expect(use({ target: { ...db, claims: [{ namespace: 'shop', name: 'missing' }] }, contents: without })).toBe('yes');
    // Created anew, by a restore say: the point knows the name, so the volume existed.
    expect(use({ target: with_({ createdAt: ago(10) }), contents: inside({ volumes: [] }) })).toBe('no VOLUME_NOT_CAPTURED');
  });
});

describe('pointUse: what is gone', () => {
  const lost: UseTarget = { ...db, workloads: [], claims: [] };
  const skipped = inside({ volumes: [captured('data-orders-db-0', { state: 'skipped' })] });

  it.each<[string, Parameters<typeof use>[0], string]>([
    ['is judged by the contents, never by the phase', { target: lost }, 'unknown'],
    ['needs the volume that the point says it had', { target: lost, contents: skipped }, 'no VOLUME_NOT_CAPTURED'],
    ['is usable when it is inside', { target: lost, contents: inside({}) }, 'yes'],
    ['does not need the volumes of another StatefulSet', { target: { ...lost, component: 'orders' }, contents: skipped }, 'yes'],
    [
      'needs a claim whose owner nobody can tell',
      { target: { ...lost, component: 'orders' }, contents: inside({ volumes: [captured('uploads', { state: 'skipped' })] }) },
      'no VOLUME_NOT_CAPTURED',
    ],
    [
      'needs a claim that was deleted while the workload stayed',
      { target: { ...db, claims: [{ namespace: 'shop', name: 'data-orders-db-0' }] }, contents: skipped },
      'no VOLUME_NOT_CAPTURED',
    ],
  ])('%s', (_, of, expected) => expect(use(of)).toBe(expected));

  it.each<[string, UseTarget, string]>([
    [
      'needs no claim that the objects inside tell to be of another',
      { ...lost, component: 'orders', placement: { labelSelector: 'app=orders' } },
      'yes',
    ],
    ['needs those that they tell to be its own', lost, 'no VOLUME_NOT_CAPTURED'],
  ])('%s', (_, target, expected) => {
    const workloads = [workload('orders'), workload('orders-db', { claims: ['uploads'] })];
    const inventory = { namespace: 'shop', observed: true, labels: {}, annotations: {}, workloads, claims: new Map() };
    const within = inside({ volumes: [captured('uploads', { state: 'skipped' })], inventories: new Map([['shop', inventory]]) });
    expect(use({ target, contents: within })).toBe(expected);
  });
});

describe('pointUse: objects', () => {
  it('believes a complete point about what has no volumes', () => {
    expect(use({ target: web })).toBe('yes');
    expect(use({ target: web, point: point('p', 30, { phase: 'Degraded' }) })).toBe('unknown');
    for (const limit of [{ includedResources: ['configmaps'] }, { excludedResources: ['secrets'] }, { labelSelector: 'app=orders' }]) {
      expect(use({ target: web, point: point('p', 30, { scope: { ...good.scope, ...limit } }) })).toBe('unknown');
    }
  });

  it('misses what is not inside', () => {
    expect(use({ target: web, contents: inside({ objects: contents(good).objects.slice(0, 1) }) })).toBe('no ITEMS_FAILED');
    const younger = { ...web, workloads: [workload('orders', { kind: 'Deployment', createdAt: ago(5) })] };
    expect(use({ target: younger, contents: inside({ objects: contents(good).objects.slice(0, 1) }) })).toBe('yes');
  });

  it('takes nothing for something', () => {
    expect(use({ target: web, contents: inside({ objects: [] }), point: point('p', 30, { items: 0 }) })).toBe('no ITEMS_FAILED');
    expect(use({ target: web, contents: inside({ objects: [] }) })).toBe('unknown CONTENTS_UNREADABLE');
  });

  it('says why the contents could not be read', () => {
    const contents_ = { code: 'CONTENTS_UNREADABLE', severity: 'warning', message: 'no answer' } as const;
    expect(use({ contents: contents_ })).toBe('unknown CONTENTS_UNREADABLE');
    expect(use({ contents: contents_, target: web })).toBe('yes');
  });

  it('takes the word of an engine that cannot list', () => {
    expect(use({ contents: 'unlistable' })).toBe('yes');
    expect(use({ contents: 'unlistable', point: point('p', 30, { phase: 'Degraded' }) })).toBe('unknown CONTENTS_UNREADABLE');
  });
});

describe('pointUse: a partly successful point', () => {
  const degraded = point('p', 30, { phase: 'Degraded', nativePhase: 'PartiallyFailed' });
  const failing = (errors: PointContents['errors'], target = db) =>
    use({ point: degraded, target, contents: contents(degraded, { errors }) });

  it('is good for the components whose items all succeeded', () => {
    expect(failing({ shop: ['backing up pod orders-7f9c-x2x: timeout'] })).toBe('yes');
    expect(failing({ shop: ['backing up pod orders-7f9c-x2x: timeout'] }, web)).toBe('no ITEMS_FAILED');
    expect(failing({ shop: ['name: /orders-db-0 message: exec failed'] })).toBe('no ITEMS_FAILED');
    expect(failing({ shop: ['name: /orders-db-0 message: exec failed'] }, web)).toBe('yes');
    expect(failing({ other: ['pod orders-db-0'] })).toBe('yes');
  });

  it('is bad for everybody when an error names nobody', () => {
    expect(failing({ shop: ['timed out'] })).toBe('no ITEMS_FAILED');
    expect(failing({ shop: ['timed out'] }, web)).toBe('no ITEMS_FAILED');
  });

  it('counts errors of the engine only when they name the component', () => {
    expect(failing({ '': ['cannot list nodes'] })).toBe('yes');
    expect(failing({ '': ['volume data-orders-db-0: timeout'] })).toBe('no ITEMS_FAILED');
  });

  it('counts every error of a namespace for a component that is the namespace', () => {
    expect(failing({ shop: ['pod orders-1: x'] }, { ...db, placement: {} })).toBe('no ITEMS_FAILED');
  });
});

it('never throws, and says why whenever it says no', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('2026-02-01T00:00:00Z', '9999-12-31T00:00:00Z', '+275760-09-13T00:00:00Z'));
  const points = fc.record({
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Degraded', 'Failed', 'Deleting', 'Unknown'),
    nativePhase: fc.string(),
    capturedAt: fc.option(text, { nil: undefined }),
    expiresAt: fc.option(text, { nil: undefined }),
    location: fc.option(fc.constantFrom('default', 'x'), { nil: undefined }),
    items: fc.option(fc.nat(), { nil: undefined }),
  });
  fc.assert(
    fc.property(points, fc.dictionary(fc.constantFrom('', 'shop'), fc.array(fc.string())), (changes, errors) => {
      const subject = point('p', 5, changes as Partial<RecoveryPoint>);
      const result = pointUse(subject, db, contents(subject, { errors }), [], pointTrouble(subject, fine, now));
      if (result.usable === 'no') expect(result.reasons.length).toBeGreaterThan(0);
      if (result.usable === 'yes') expect(result.reasons).toEqual([]);
    }),
  );
});
