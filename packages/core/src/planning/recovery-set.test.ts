import { describe, expect, it } from 'vitest';
import type { ComponentStatus } from '../service/model.ts';
import { type SetSource, recoverySets, skewOf, skewReasons } from './recovery-set.ts';

const minute = 60_000;
const now = new Date('2026-01-15T12:00:00Z');
const ago = (minutes: number): number => now.getTime() - minutes * minute;
const iso = (time: number): string => new Date(time).toISOString();
const part = (component: string, atLeast: number, atMost = atLeast) => ({ component, atLeast, atMost });
const component = (name: string, consistency?: { volumes?: 'group' | 'single'; skew?: number }) =>
  ({ component: { name }, ...(consistency && { policy: { name: `${name}-policy`, consistency } }) }) as unknown as ComponentStatus;

/** Of backups of these ages, minutes. */
const backups = (name: string, ...ages: number[]): SetSource => {
  const times = ages.map(ago);
  return {
    component: name,
    newest: Math.max(...times),
    moments: times,
    at: (moment) => {
      const found = times.filter((time) => time <= moment);
      return found.length > 0 ? { atLeast: Math.max(...found), atMost: Math.max(...found) } : undefined;
    },
  };
};
/** Kept every so many minutes, for so many. */
const copied = (name: string, every: number, within: number): SetSource => ({
  component: name,
  newest: ago(1),
  moments: [],
  at: (moment) => (moment < ago(within) ? undefined : { atLeast: moment - every * minute, atMost: moment }),
});

describe('the skew of a set', () => {
  it('is from the oldest to the newest that its parts may be of', () => {
    expect(skewOf([part('db', ago(20), ago(15)), part('web', ago(10))])).toBe(600);
    expect(skewOf([part('db', ago(20))])).toBe(0);
    expect(skewOf([part('db', NaN, ago(1)), part('web', ago(10))])).toBe(0);
  });

  it('is held against the strictest policy; a blocker where volumes have to be of one moment', () => {
    const times = [part('db', ago(20)), part('web', ago(10))];
    const of = (...components: ComponentStatus[]) => skewReasons(times, components);
    expect(of(component('db'), component('web', { volumes: 'group' }))).toEqual([]);
    expect(of(component('db', { skew: 10 * minute }))).toEqual([]);
    expect(of(component('db', { skew: 15 * minute }), component('web', { skew: 5 * minute }))).toMatchObject([
      {
        code: 'SKEW_EXCEEDED',
        severity: 'warning',
        component: 'db',
        message: 'the data of db is up to 10 minutes older than that of web: web-policy allows 5 minutes',
      },
    ]);
    expect(of(component('db', { skew: 0, volumes: 'group' }))).toMatchObject([
      { severity: 'blocker', message: expect.stringContaining('allows no difference') },
    ]);
  });
});

describe('older sets', () => {
  it('hold of each component the newest that is not younger than their moment', () => {
    expect(recoverySets([backups('db', 5, 30, 60), backups('web', 10, 40)], now)).toEqual([
      { moment: iso(ago(10)), skewSeconds: 1_200, lossSeconds: 1_800 },
      { moment: iso(ago(30)), skewSeconds: 600, lossSeconds: 2_400 },
      { moment: iso(ago(40)), skewSeconds: 1_200, lossSeconds: 3_600 },
    ]);
  });

  it('are not offered where a component has nothing so old, nor is the newest', () => {
    expect(recoverySets([backups('db', 5), backups('web', 10)], now)).toEqual([]);
    expect(recoverySets([backups('web', 30, 90, 600), copied('db', 5, 120)], now)).toEqual([
      { moment: iso(ago(30)), skewSeconds: 300, lossSeconds: 2_100 },
      { moment: iso(ago(90)), skewSeconds: 300, lossSeconds: 5_700 },
    ]);
    expect(recoverySets([], now)).toEqual([]);
  });

  it('say so where nobody can tell whether a part is kept', () => {
    const unsure: SetSource = { component: 'db', newest: ago(1), moments: [ago(15)], at: (moment) => ({ atLeast: NaN, atMost: moment }) };
    expect(recoverySets([unsure], now)).toEqual([{ moment: iso(ago(15)), skewSeconds: 0, lossSeconds: 900, unknown: true }]);
  });

  it('get fewer the older they are, and are never many', () => {
    const many = recoverySets([backups('db', ...Array.from({ length: 5_000 }, (_, index) => 5 * (index + 1)))], now);
    expect(many.length).toBeLessThanOrEqual(24);
    expect(many.slice(0, 10).map(({ lossSeconds }) => lossSeconds / 60)).toEqual([10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    expect(many.at(-1)!.lossSeconds).toBeGreaterThan(5 * 3_600);
  });
});
