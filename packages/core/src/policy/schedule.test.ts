import fc from 'fast-check';
import { nextRun, previousRun, timetable, worstGap } from './schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = (text: string) => new Date(text);
const read = (expression: string, zone?: string) => {
  const table = timetable(expression, zone);
  if (!table) throw new Error(`not read: ${expression}`);
  return table;
};

describe('schedules', () => {
  it.each([
    ['*/15 * * * *', '2026-01-01T10:15:00.000Z', '2026-01-01T10:00:00.000Z'],
    ['5/15 * * * *', '2026-01-01T10:05:00.000Z', '2026-01-01T09:50:00.000Z'],
    ['@daily', '2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['0 2 ? * MON', '2026-01-05T02:00:00.000Z', '2025-12-29T02:00:00.000Z'],
    ['CRON_TZ=Europe/Paris 0 2 * * *', '2026-01-02T01:00:00.000Z', '2026-01-01T01:00:00.000Z'],
    ['TZ=America/New_York 30 6 * * *', '2026-01-01T11:30:00.000Z', '2025-12-31T11:30:00.000Z'],
  ])('%s', (expression, next, previous) => {
    const now = at('2026-01-01T10:03:00Z');
    expect(nextRun(read(expression), now)?.toISOString()).toBe(next);
    expect(previousRun(read(expression), now)?.toISOString()).toBe(previous);
  });

  it('takes a run at this very second as the previous one', () => {
    expect(previousRun(read('@hourly'), at('2026-01-01T10:00:00Z'))?.toISOString()).toBe('2026-01-01T10:00:00.000Z');
    expect(nextRun(read('@hourly'), at('2026-01-01T10:00:00Z'))?.toISOString()).toBe('2026-01-01T11:00:00.000Z');
  });

  it('uses the time zone given beside the expression', () => {
    expect(nextRun(read('0 2 * * *', 'Europe/Paris'), at('2026-07-01T12:00:00Z'))?.toISOString()).toBe('2026-07-02T00:00:00.000Z');
  });

  it('counts intervals from the last run', () => {
    const table = read('@every 6h');
    const last = at('2026-01-01T01:00:00Z');
    expect(nextRun(table, at('2026-01-01T10:00:00Z'), last)?.toISOString()).toBe('2026-01-01T13:00:00.000Z');
    expect(previousRun(table, at('2026-01-01T10:00:00Z'), last)?.toISOString()).toBe('2026-01-01T07:00:00.000Z');
    expect(previousRun(table, at('2026-01-01T00:00:00Z'), last)).toBeUndefined();
    expect(nextRun(table, at('2026-01-01T00:00:00Z'), last)?.toISOString()).toBe('2026-01-01T07:00:00.000Z');
  });

  it.each([
    ['*/15 * * * *', 15 * minute],
    ['5/20 * * * *', 20 * minute],
    ['@every 90m', 90 * minute],
    ['0 */6 * * *', 6 * hour],
    ['0 */5 * * *', 5 * hour],
    ['@daily', 24 * hour],
    ['0 9 * * 1-5', 72 * hour],
    ['*/5 9-17 * * 1-5', 48 * hour + 15 * hour + 5 * minute],
    ['0 0 1 * *', 31 * 24 * hour],
    ['@weekly', 7 * 24 * hour],
    ['0 0 1 1 *', 366 * 24 * hour],
    ['0 0 31 2 *', undefined],
  ])('worst gap of %s', (expression, gap) => {
    const table = read(expression);
    expect(worstGap(table)).toBe(gap);
  });

  it.each(['', '* * * *', '61 * * * *', '* * * * * *', 'hello', '@every', '@every 0s', '@every soon', 'CRON_TZ=Mars/Base 0 0 * * *'])(
    'does not read %j',
    (expression) => expect(timetable(expression)).toBeUndefined(),
  );

  it('never finds a gap shorter than one that really occurs', () => {
    const step = fc.constantFrom('*', '*/2', '*/5', '*/7', '0', '3,40', '10-20', '10-50/9');
    const hours = fc.constantFrom('*', '*/3', '2', '9-17', '1,23');
    const days = fc.constantFrom('*', '1-5', '0', 'MON,THU');
    fc.assert(
      fc.property(step, hours, days, fc.integer({ min: 0, max: 400 * 24 }), (minutes, hour_, weekday, offset) => {
        const table = read(`${minutes} ${hour_} * * ${weekday}`);
        const first = nextRun(table, new Date(Date.UTC(2025, 0, 1) + offset * hour))!;
        const second = nextRun(table, first)!;
        expect(second.getTime() - first.getTime()).toBeLessThanOrEqual(worstGap(table)!);
      }),
    );
  });

  it('never throws on foreign text', () => {
    fc.assert(fc.property(fc.string(), (text) => void timetable(text)));
  });
});
