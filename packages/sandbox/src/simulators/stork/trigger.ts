import { at, isRecord, numberAt, textAt } from '../../api/json.ts';

export const policyTypes = ['Interval', 'Daily', 'Weekly', 'Monthly'] as const;

export type PolicyType = (typeof policyTypes)[number];

const minute = 60_000;
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const usual: Record<PolicyType, number> = { Interval: 10, Daily: 30, Weekly: 7, Monthly: 12 };

/** Stork's own arithmetic (`schedule.go`, TriggerRequired) by a pod whose local time is UTC. */
export function triggered(policy: unknown, type: PolicyType, last: Date, now: Date): boolean {
  const part = at(policy, type.toLowerCase());
  if (!isRecord(part)) return false;
  if (type === 'Interval') return last.getTime() + numberAt(part, 'intervalMinutes') * minute < now.getTime();
  const time = /^(\d{1,2}):(\d\d)(am|pm)$/i.exec(textAt(part, 'time'));
  if (!time) return false;
  const hour = (Number(time[1]) % 12) + (time[3]!.toLowerCase() === 'pm' ? 12 : 0);
  const date = type === 'Monthly' ? numberAt(part, 'date') : now.getUTCDate();
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), date, hour, Number(time[2])));
  if (type === 'Weekly') {
    const ahead = (days.indexOf(textAt(part, 'day').slice(0, 3).toLowerCase()) - now.getUTCDay() + 7) % 7;
    next.setUTCDate(next.getUTCDate() + ahead);
  }
  if (last >= next) return false;
  // Whoever was not there within the hour has missed it.
  const late = now.getTime() - next.getTime();
  return late >= 0 && late < 60 * minute;
}

export function retained(policy: unknown, type: PolicyType): number {
  return numberAt(policy, type.toLowerCase(), 'retain') || usual[type];
}
