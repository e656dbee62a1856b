import fc from 'fast-check';
import { InputError } from '../errors.ts';
import { formatDuration, parseDuration } from './duration.ts';

const m = 60_000;
const h = 60 * m;
const d = 24 * h;

describe('durations', () => {
  it.each([
    ['15m', 15 * m, '15m'],
    ['30d', 30 * d, '30d'],
    ['1h30m', 90 * m, '1h30m'],
    ['720h0m0s', 30 * d, '30d'],
    ['1.5h', 90 * m, '1h30m'],
    ['2w', 14 * d, '14d'],
    ['PT15M', 15 * m, '15m'],
    ['P30D', 30 * d, '30d'],
    ['P1W', 7 * d, '7d'],
    ['P1DT2H30M', d + 2 * h + 30 * m, '1d2h30m'],
    ['PT0.5S', 500, '500ms'],
    ['1500us', 2, '2ms'],
    ['0', 0, '0s'],
    [' 5m ', 5 * m, '5m'],
  ])('reads %s and prints the short form', (text, milliseconds, printed) => {
    expect(parseDuration(text, 'x')).toBe(milliseconds);
    expect(formatDuration(milliseconds)).toBe(printed);
  });

  it.each([15, '', '15', 'soon', '-5m', '15 m', 'P1M', 'P1Y', 'P', 'PT', '5m!', null, undefined, {}, ['15m'], '9'.repeat(40) + 'd'])(
    'refuses %j naming the field',
    (value) => {
      expect(() => parseDuration(value, 'spec.objectives.rpo')).toThrow(InputError);
      expect(() => parseDuration(value, 'spec.objectives.rpo')).toThrow(/^spec\.objectives\.rpo: /);
    },
  );

  it('prints what it reads and reads what it prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 * d }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds), 'x')).toBe(milliseconds);
      }),
    );
  });

  it('throws nothing but InputError', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          expect(parseDuration(value, 'f')).toBeGreaterThanOrEqual(0);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
    );
  });
});
