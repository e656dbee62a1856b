import { describe, expect, it } from 'vitest';
import type { Replication } from './model.ts';
import { copiesOf, lagOf, lossOf, reachBack } from './replication.ts';

const end = (changes: Partial<Replication>): Replication => ({
  id: Math.random().toString(),
  name: 'copy',
  namespace: 'shop',
  engine: 'fake',
  cluster: 'east',
  role: 'source',
  claims: ['data'],
  paused: false,
  phase: 'Succeeded',
  nativePhase: '',
  ...changes,
});
const source = (changes: Partial<Replication> = {}) => end({ role: 'source', cluster: 'east', to: 'west', ...changes });
const target = (changes: Partial<Replication> = {}) => end({ role: 'target', cluster: 'west', from: 'east', holds: true, ...changes });
const now = new Map([
  ['east', new Date('2026-01-15T12:00:00Z')],
  ['west', new Date('2026-01-15T12:01:00Z')],
]);

describe('the two ends of a copy', () => {
  it('belong together when each is where the other looks', () => {
    const [a, b, c] = [source(), target(), target({ cluster: 'north', from: 'east' })];
    expect(copiesOf([c, a, b])).toEqual([
      { claim: 'data', engine: 'fake', source: a, target: b },
      { claim: 'data', engine: 'fake', target: c },
    ]);
  });

  it('may be found without names, as long as only one fits', () => {
    const [a, b, c] = [source({ to: undefined! }), target({ from: undefined! }), target({ cluster: 'north', from: undefined! })];
    expect(copiesOf([a, b])).toEqual([{ claim: 'data', engine: 'fake', source: a, target: b }]);
    expect(copiesOf([a, b, c])[0]).toEqual({ claim: 'data', engine: 'fake', source: a });
  });

  it('lie in namespaces of other names where both say so, and not on the word of one', () => {
    const [a, b] = [source({ peerNamespace: 'shop-dr' }), target({ namespace: 'shop-dr', peerNamespace: 'shop' })];
    expect(copiesOf([a, b])).toEqual([{ claim: 'data', engine: 'fake', source: a, target: b }]);
    const { peerNamespace: _, ...untold } = b;
    const { peerNamespace: __, ...plain } = a;
    for (const ends of [
      [a, untold],
      [plain, b],
      [a, target()],
      [plain, { ...b, namespace: 'evil' }],
    ])
      expect(copiesOf(ends).some((copy) => copy.source && copy.target)).toBe(false);
  });

  it.each([
    ['another namespace', { namespace: 'other' }],
    ['another claim', { claims: ['wal'] }],
    ['another engine', { engine: 'other' }],
    ['its own cluster', { cluster: 'east' }],
    ['somebody else as its source', { from: 'north' }],
  ])('do not with %s', (_, changes) => {
    expect(copiesOf([source(), target(changes)]).every((copy) => !(copy.source && copy.target))).toBe(true);
  });
});

describe('what a failover would lose now', () => {
  const loss = (ends: { source?: Replication; target?: Replication }, clocks = now) =>
    lossOf({ claim: 'data', engine: 'fake', ...ends }, clocks);

  it('is told by the target, by the clock of where the data was written', () => {
    const held = target({ capturedAt: '2026-01-15T11:58:00Z' });
    expect(loss({ source: source(), target: held })).toMatchObject({ seconds: 120 });
    expect(loss({ target: held })).toMatchObject({ seconds: 180 });
    expect(loss({ source: source(), target: held }, new Map([['west', now.get('west')!]]))).toMatchObject({ seconds: 180 });
  });

  it('is told by the source where the target cannot, once it received that', () => {
    const sent = source({ capturedAt: '2026-01-15T11:55:00Z', lastSync: '2026-01-15T11:55:30Z' });
    expect(loss({ source: sent, target: target({ lastSync: '2026-01-15T11:56:00Z' }) })).toMatchObject({ seconds: 300 });
    expect(loss({ source: sent, target: target({ lastSync: '2026-01-15T11:50:00Z' }) })).toEqual({ claim: 'data' });
  });

  it('counts from the start of the sync at its source, where both tell of the same one', () => {
    const sent = source({ capturedAt: '2026-01-15T11:55:00Z', lastSync: '2026-01-15T11:55:30Z' });
    expect(loss({ source: sent, target: target({ capturedAt: '2026-01-15T11:55:20Z' }) })).toMatchObject({ seconds: 300 });
    expect(loss({ source: sent, target: target({ capturedAt: '2026-01-15T11:50:20Z' }) })).toMatchObject({ seconds: 580 });
  });

  it('is not known where nobody tells, or nothing was received', () => {
    expect(loss({ source: source() })).toEqual({ claim: 'data' });
    expect(loss({ target: target() })).toEqual({ claim: 'data' });
    expect(loss({ target: target({ holds: false, capturedAt: '2026-01-15T11:58:00Z' }) })).toEqual({ claim: 'data' });
    expect(loss({ target: target({ capturedAt: 'yesterday' }) })).toEqual({ claim: 'data' });
  });
});

it('lags by the age of its data, in intervals; when a target pulled says nothing about that', () => {
  const at = now.get('east')!;
  expect(lagOf(source({ capturedAt: '2026-01-15T11:50:00Z', interval: 300_000 }), at)).toEqual({ lag: 600_000, intervals: 2 });
  expect(lagOf(source({ lastSync: '2026-01-15T11:50:00Z' }), at)).toEqual({ lag: 600_000 });
  expect(lagOf(target({ lastSync: '2026-01-15T11:59:00Z' }), at)).toBeUndefined();
  expect(lagOf(source({ capturedAt: '2027-01-01T00:00:00Z' }), at)).toEqual({ lag: 0 });
});

describe('an earlier moment', () => {
  const [minute, hour] = [60_000, 3_600_000];
  const today = new Date('2026-01-15T12:00:00Z');
  const ago = (milliseconds: number) => new Date(today.getTime() - milliseconds);
  const keeps = [
    { within: 2 * hour, every: 5 * minute },
    { within: 24 * hour, every: hour },
  ];
  const since = ago(240 * hour).toISOString();
  const copy = (changes: Partial<Replication> = {}) => ({
    claim: 'data',
    engine: 'fake',
    source: source({ since, keeps, duration: minute, ...changes }),
    target: target({ since: ago(10 * hour).toISOString() }),
  });

  it('is reached as closely as is kept of it, by one interval and one sync', () => {
    expect(reachBack(copy(), ago(hour), today)).toEqual({ kept: 'yes', older: 6 * minute });
    expect(reachBack(copy(), ago(20 * hour), today)).toEqual({ kept: 'yes', older: hour + minute });
  });

  it('is not reached before what is kept, nor before the copy began', () => {
    expect(reachBack(copy(), ago(30 * hour), today)).toEqual({ kept: 'no', since: ago(24 * hour) });
    expect(reachBack(copy({ since: ago(12 * hour).toISOString() }), ago(13 * hour), today)).toEqual({ kept: 'no', since: ago(12 * hour) });
    const newest = ago(3 * minute).toISOString();
    expect(reachBack(copy({ keeps: [], capturedAt: newest }), ago(hour), today)).toEqual({ kept: 'no', since: ago(3 * minute) });
  });

  it('of the newest that there is is reached, however old that is', () => {
    const newest = ago(50 * hour).toISOString();
    expect(reachBack(copy({ capturedAt: newest }), ago(40 * hour), today)).toEqual({ kept: 'yes', older: 10 * hour });
  });

  it('is uncertain where neither end tells', () => {
    expect(reachBack({ ...copy(), source: source({}) }, ago(hour), today)).toEqual({ kept: 'unknown' });
    const { target: alone } = copy();
    expect(reachBack({ claim: 'data', engine: 'fake', target: { ...alone, keeps } }, ago(hour), today)).toEqual({
      kept: 'yes',
      older: 5 * minute,
    });
  });
});
