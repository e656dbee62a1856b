import type { ComponentStatus, PointUse } from '@kubectl-dr/core/service/model';
import { timeline } from './timeline.ts';

const now = new Date('2026-01-31T12:00:00Z');
const point = (days: number | undefined, usable: PointUse['usable']): PointUse =>
  ({
    usable,
    reasons: [],
    point: days === undefined ? {} : { capturedAt: new Date(now.getTime() - days * 86_400_000).toISOString() },
  }) as unknown as PointUse;
const component = (name: string, points: PointUse[]): ComponentStatus => ({ component: { name }, points }) as unknown as ComponentStatus;

it('marks each day by the best that was captured on it', () => {
  const components = [
    component('db', [point(0, 'yes'), point(0.4, 'no'), point(1.2, 'no'), point(2.2, 'unknown'), point(29.9, 'yes'), point(30.1, 'yes')]),
    component('web', [point(undefined, 'yes'), point(-1, 'yes'), point(5, 'unknown')]),
  ];
  expect(timeline({ components }, now, { color: false, unicode: false, width: undefined })).toEqual([
    'Points of the last 30 days, today at the right:',
    '  db   #..........................?x#  2',
    '  web  ........................?.....  1',
    '       # usable   ? not read   x only unusable ones   . none',
  ]);
  expect(timeline({ components }, now, { color: false, unicode: true, width: undefined })[1]).toBe(
    '  db   █··························▒×█  2',
  );
  expect(timeline({ components }, now, { color: true, unicode: true, width: undefined })[2]).toContain('\u001b[33m▒\u001b[0m');
});

it('tells nothing of an application without components', () => {
  expect(timeline({ components: [] }, now, { color: false, unicode: false, width: undefined })).toEqual([]);
});
