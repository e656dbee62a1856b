import { InputError } from '../errors.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const shortUnits: Record<string, number> = {
  w: 7 * day,
  d: day,
  h: hour,
  m: minute,
  s: second,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};
const shortForm = /^(?:\d+(?:\.\d+)?(?:ms|us|µs|μs|ns|w|d|h|m|s))+$/;
const shortPart = /(\d+(?:\.\d+)?)(ms|us|µs|μs|ns|w|d|h|m|s)/g;
const isoForm =
  /^P(?!$)(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?!$)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

function refuse(field: string, value: unknown, why: string): InputError {
  return new InputError(`${field}: ${JSON.stringify(value) ?? String(value)} ${why}`, {
    hint: 'Write a duration as 15m, 1h30m or 30d; Go (720h0m0s) and ISO 8601 (PT15M, P30D) are read as well.',
    details: { field },
  });
}

function readShort(text: string): number | undefined {
  if (!shortForm.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(shortPart)) sum += Number(amount) * shortUnits[unit!]!;
  return sum;
}

function readIso(text: string): number | undefined {
  const match = isoForm.exec(text);
  if (!match) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return weeks! * 7 * day + days! * day + hours! * hour + minutes! * minute + seconds! * second;
}

/**
 * Milliseconds of a duration written in short form (`15m`, `30d`, `1h30m`), as Go writes it (`720h0m0s`) or as
 * ISO 8601 (`PT15M`, `P30D`). Years and months of ISO 8601 are refused: they have no fixed length. Whole milliseconds;
 * smaller parts are rounded. Throws InputError naming `field` for anything else, and for negative durations.
 */
export function parseDuration(value: unknown, field: string): number {
  if (typeof value === 'number') throw refuse(field, value, 'has no unit');
  if (typeof value !== 'string' || value.trim() === '') throw refuse(field, value, 'is not a duration');
  const text = value.trim();
  if (text === '0') return 0;
  if (/^[-+]/.test(text)) throw refuse(field, value, 'must not carry a sign');
  if (/^P[^T]*[YM]/.test(text)) throw refuse(field, value, 'uses years or months, which have no fixed length; use days');
  const milliseconds = readShort(text) ?? readIso(text);
  if (milliseconds === undefined) throw refuse(field, value, 'is not a duration');
  const whole = Math.round(milliseconds);
  if (!Number.isSafeInteger(whole)) throw refuse(field, value, 'is too long');
  return whole;
}

/** The short form: `15m`, `30d`, `1h30m`; `0s` for nothing. `parseDuration` reads it back to the same value. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '<unknown>';
  let rest = Math.round(Math.abs(milliseconds));
  let text = milliseconds < 0 ? '-' : '';
  for (const [unit, size] of [
    ['d', day],
    ['h', hour],
    ['m', minute],
    ['s', second],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' || text === '-' ? '0s' : text;
}
