import { nextRun, timetable } from './schedule.ts';
import type { Schedule } from '../protection/model.ts';

/** When a schedule fires next by its cluster's clock; absent for one that is paused, rejected or never due. RFC 3339. */
export function nextRunOf(schedule: Schedule, now: Date): string | undefined {
  if (schedule.paused || !schedule.valid) return undefined;
  const table = timetable(schedule.expression, schedule.timeZone);
  const anchor = Date.parse(schedule.lastRun ?? schedule.createdAt ?? '');
  return table && nextRun(table, now, Number.isNaN(anchor) ? undefined : new Date(anchor))?.toISOString();
}
