import { at, isRaw, numberAt, textAt } from '../../application/raw.ts';
import { InputError } from '../../errors.ts';
import { formatDuration } from '../../policy/duration.ts';
import { nextRun, timetable, worstGap } from '../../policy/schedule.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';

const minute = 60_000;
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** How many points Stork keeps where a policy does not say (`schedulepolicy.go`). */
const usualRetain = { interval: 10, daily: 30, weekly: 7, monthly: 12 } as const;
type Part = keyof typeof usualRetain;

export interface PolicyTimetable {
  /** As cron, or `@every 15m`; of a policy with several parts the most frequent one. Empty: it has none. */
  expression: string;
  /** Milliseconds: points kept times the time between them. */
  keepFor?: number;
  /** Why Stork refuses it; one wrong part stops all of them. */
  message?: string;
}

/**
 * What a SchedulePolicy means. Times of day are the local time of Stork's own pod, which nothing in the cluster tells. A date that a month
 * does not have is left out in that month: it is looked for in the month that it is now, whatever the field's comment says.
 */
export function policyTimetable(policy: KubeObject): PolicyTimetable {
  const parts: { expression: string; retain: number; gap: number }[] = [];
  for (const part of Object.keys(usualRetain) as Part[]) {
    const value = at(policy, 'policy', part);
    if (!isRaw(value)) continue;
    const expression = expressionOf(part, value);
    if ('wrong' in expression) return { expression: '', message: expression.wrong };
    const table = timetable(expression.text);
    const gap = table && worstGap(table);
    if (gap === undefined) return { expression: '', message: `${part}: ${expression.text} never comes` };
    const retain = numberAt(value, 'retain');
    parts.push({ expression: expression.text, retain: retain !== undefined && retain > 0 ? retain : usualRetain[part], gap });
  }
  const [often] = parts.toSorted((a, b) => a.gap - b.gap);
  if (!often) return { expression: '', message: 'it has neither interval, daily, weekly nor monthly' };
  return { expression: often.expression, keepFor: Math.max(...parts.map(({ retain, gap }) => retain * gap)) };
}

function expressionOf(part: Part, value: unknown): { text: string } | { wrong: string } {
  if (part === 'interval') {
    const minutes = numberAt(value, 'intervalMinutes') ?? 0;
    return minutes >= 1 ? { text: `@every ${Math.floor(minutes)}m` } : { wrong: `Invalid intervalMinutes (${minutes}) in Interval policy` };
  }
  const time = kitchen(textAt(value, 'time') ?? '');
  if (!time)
    return { wrong: `Invalid time (${(textAt(value, 'time') ?? '').slice(0, 40)}) in ${part} policy, which is written as 12:04PM` };
  const at = `${time.minute} ${time.hour}`;
  if (part === 'daily') return { text: `${at} * * *` };
  if (part === 'weekly') {
    const day = weekday(textAt(value, 'day') ?? '');
    return day < 0
      ? { wrong: `Invalid day of the week (${(textAt(value, 'day') ?? '').slice(0, 40)}) in weekly policy` }
      : { text: `${at} * * ${day}` };
  }
  const date = numberAt(value, 'date') ?? 0;
  return Number.isInteger(date) && date >= 1 && date <= 31
    ? { text: `${at} ${date} * *` }
    : { wrong: `Invalid date of the month (${date}) in monthly policy` };
}

/** `Monday`, `mon`: the first letter large or small, nothing else. */
function weekday(text: string): number {
  const lower = text.charAt(0).toLowerCase() + text.slice(1);
  return days.findIndex((day) => day === lower || day.slice(0, 3) === lower || (['thur', 'thurs'].includes(lower) && day === 'thursday'));
}

/** Go's `time.Kitchen`: `3:04PM`, or all of it in small letters. */
function kitchen(text: string): { hour: number; minute: number } | undefined {
  const found = /^(\d{1,2}):(\d\d)(AM|PM|am|pm)$/.exec(text);
  const [hour, past] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || hour < 1 || hour > 12 || past > 59) return undefined;
  return { hour: (hour % 12) + (found[3]!.toLowerCase() === 'pm' ? 12 : 0), minute: past };
}

/** The policy of a timetable: Stork knows intervals of minutes and one time of a day, week or month. InputError for any other. */
export function policyOf(schedule: { cron?: string; timeZone?: string; every?: number; keepFor: number }): Record<string, unknown> {
  const { cron, timeZone = 'Etc/UTC', every, keepFor } = schedule;
  if (every !== undefined) {
    if (every < minute) throw new InputError(`Stork cannot run every ${formatDuration(every)}: its intervals are whole minutes`);
    const intervalMinutes = Math.floor(every / minute);
    return { interval: { intervalMinutes, retain: Math.ceil(keepFor / (intervalMinutes * minute)) } };
  }
  const table = timetable(cron ?? '', timeZone);
  if (!table) throw new InputError(`the schedule "${cron}" cannot be read`);
  if ('every' in table) return policyOf({ every: table.every, keepFor });
  const retain = Math.ceil(keepFor / (worstGap(table) ?? keepFor));
  const even = evenly(table.fields);
  if (even !== undefined) return { interval: { intervalMinutes: even, retain } };
  const [past, hour, date, month, day] = table.fields;
  if (!/^\d+$/.test(past) || !/^\d+$/.test(hour) || month !== '*') throw tooFine(cron);
  if (!/^(?:Etc\/)?(?:UTC|GMT|Z)$/i.test(timeZone))
    throw new InputError(`Stork runs by the clock of its own pod, which is UTC: it cannot keep ${cron} in ${timeZone}`, {
      hint: 'write the schedule in UTC, or as an interval',
    });
  const time = writeKitchen(Number(hour), Number(past));
  if (date === '*' && day === '*') return { daily: { time, retain } };
  if (date === '*') {
    const [monday] = [nextRun(table, new Date(Date.UTC(2024, 0, 1)))];
    if (!monday || !/^(?:[0-7]|[a-z]{3})$/i.test(day)) throw tooFine(cron);
    const name = days[monday.getUTCDay()]!;
    return { weekly: { day: name.charAt(0).toUpperCase() + name.slice(1), time, retain } };
  }
  if (day !== '*' || !/^\d+$/.test(date)) throw tooFine(cron);
  return { monthly: { date: Number(date), time, retain } };
}

/** Every so many minutes or hours, at whatever minute it begins: Stork counts an interval from the last run. */
function evenly([past, hour, ...rest]: readonly string[]): number | undefined {
  if (rest.some((field) => field !== '*')) return undefined;
  const minutes = /^(?:\*|\d+)\/(\d+)$/.exec(past!);
  if (hour === '*') return past === '*' ? 1 : minutes ? Number(minutes[1]) : /^\d+$/.test(past!) ? 60 : undefined;
  const hours = /^(?:\*|\d+)\/(\d+)$/.exec(hour!);
  return hours && /^\d+$/.test(past!) ? Number(hours[1]) * 60 : undefined;
}

function tooFine(cron: string | undefined): InputError {
  return new InputError(`Stork cannot keep the schedule ${cron}: it knows intervals, and one time of a day, of a week or of a month`, {
    hint: 'simplify the schedule, or name another engine first in the policy',
  });
}

function writeKitchen(hour: number, past: number): string {
  return `${hour % 12 === 0 ? 12 : hour % 12}:${String(past).padStart(2, '0')}${hour < 12 ? 'AM' : 'PM'}`;
}
