import { Cron } from 'croner';
import { parseDuration } from './duration.ts';

const day = 24 * 60 * 60_000;
/** Gaps are a property of the expression, so they are measured from one fixed day, in a leap year. */
const origin = Date.UTC(2024, 0, 1);

const nicknames: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** An expression understood: an interval, or five fields in a time zone. */
export type Timetable = { every: number } | { fields: [string, string, string, string, string]; timeZone: string; cron: Cron };

/**
 * Reads what the engines write: five fields (`N/step` included), `@daily` and its kin, `@every 6h`, each optionally
 * after `CRON_TZ=Europe/Paris ` or `TZ=...`, which beats `timeZone`. Default zone: `Etc/UTC`.
 * Undefined when it is not an expression that can ever be evaluated.
 */
export function timetable(expression: string, timeZone?: string): Timetable | undefined {
  const prefix = /^\s*(?:CRON_TZ|TZ)=(\S+)\s+/.exec(expression);
  const zone = prefix?.[1] ?? timeZone ?? 'Etc/UTC';
  const text = (prefix ? expression.slice(prefix[0].length) : expression).trim();
  try {
    if (text.startsWith('@every ')) {
      const every = parseDuration(text.slice('@every '.length), 'schedule');
      return every > 0 ? { every } : undefined;
    }
    const fields = (nicknames[text.toLowerCase()] ?? text).replaceAll('?', '*').split(/\s+/);
    if (fields.length !== 5) return undefined;
    const cron = new Cron(fields.join(' '), { paused: true, timezone: zone, mode: '5-part', sloppyRanges: true });
    // A wrong time zone is only noticed when a date is computed.
    cron.nextRun(new Date(origin));
    return { fields: fields as [string, string, string, string, string], timeZone: zone, cron };
  } catch {
    return undefined;
  }
}

/**
 * First run strictly after `after`. For intervals, runs are counted from `anchor` (the last run, or the schedule's
 * creation); without one, from `after`. Undefined when there is none, ever.
 */
export function nextRun(table: Timetable, after: Date, anchor?: Date): Date | undefined {
  if ('every' in table) {
    const start = anchor?.getTime() ?? after.getTime();
    const count = Math.max(1, Math.floor((after.getTime() - start) / table.every) + 1);
    return date(start + count * table.every);
  }
  try {
    return table.cron.nextRun(after) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Last run at or before `before`; for intervals undefined without an `anchor` that is not later. */
export function previousRun(table: Timetable, before: Date, anchor?: Date): Date | undefined {
  if ('every' in table) {
    if (!anchor || anchor.getTime() > before.getTime()) return undefined;
    return date(anchor.getTime() + Math.floor((before.getTime() - anchor.getTime()) / table.every) * table.every);
  }
  try {
    // croner looks strictly before, so a run exactly now needs the next moment as its reference.
    return table.cron.previousRuns(1, new Date(before.getTime() + 1000))[0] ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * The longest time, in milliseconds, that can pass between two runs: what an RPO is compared with. `0 9 * * 1-5` has a
 * worst gap of three days. Changes of daylight saving time are not counted. Undefined when it never runs twice.
 */
export function worstGap(table: Timetable): number | undefined {
  if ('every' in table) return table.every;
  const minutes = values(table.fields[0], 0, 59);
  const hours = values(table.fields[1], 0, 23);
  const times = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * 60_000));
  const days = worstDays(table.fields.slice(2));
  if (times.length === 0 || days === undefined) return undefined;
  let worst = days * day - times.at(-1)! + times[0]!;
  for (let i = 1; i < times.length; i++) worst = Math.max(worst, times[i]! - times[i - 1]!);
  return worst;
}

/** Longest distance between two matching days, by walking through them. */
function worstDays([dayOfMonth, month, dayOfWeek]: string[]): number | undefined {
  if (dayOfMonth === '*' && month === '*' && dayOfWeek === '*') return 1;
  const cron = new Cron(`0 0 ${dayOfMonth} ${month} ${dayOfWeek}`, {
    paused: true,
    timezone: 'Etc/UTC',
    mode: '5-part',
    sloppyRanges: true,
  });
  const weekly = dayOfMonth === '*' && month === '*';
  const until = origin + (weekly ? 15 : 800) * day;
  let last: Date | null = cron.nextRun(new Date(origin - 1000));
  let worst: number | undefined;
  for (let runs = 0; last !== null && runs < 800; runs++) {
    const next: Date | null = cron.nextRun(last);
    if (next === null) break;
    worst = Math.max(worst ?? 0, Math.round((next.getTime() - last.getTime()) / day));
    if (next.getTime() > until) break;
    last = next;
  }
  return worst;
}

/** The numbers a minute or hour field stands for, ascending. The expression as a whole was accepted before. */
function values(field: string, low: number, high: number): number[] {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range, stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    const [from, to] = range === '*' ? [low, high] : range!.split('-').map(Number);
    const end = to ?? (stepText === undefined ? from! : high);
    for (let value = from!; value <= end; value += step) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function date(time: number): Date | undefined {
  const value = new Date(time);
  return Number.isNaN(value.getTime()) ? undefined : value;
}
