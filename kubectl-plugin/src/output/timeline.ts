import type { ApplicationStatus, PointUse } from '@kubectl-dr/core/service/model';
import { padEnd, textWidth } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, paint } from './terminal.ts';

const days = 30;
const day = 24 * 60 * 60 * 1000;

type Mark = 'usable' | 'unknown' | 'unusable' | 'none';

const marks: Record<Mark, [pretty: string, plain: string]> = {
  usable: ['█', '#'],
  unknown: ['▒', '?'],
  unusable: ['×', 'x'],
  none: ['·', '.'],
};
const styles: Record<Mark, Style> = { usable: 'green', unknown: 'yellow', unusable: 'red', none: 'grey' };
const meanings: Record<Mark, string> = { usable: 'usable', unknown: 'not read', unusable: 'only unusable ones', none: 'none' };

/**
 * The points of the last 30 days, a bar for each component and a mark for each day, today at the right: the best of what was
 * captured on it. Beside each how many are usable. By the clock `now`; without components nothing.
 */
export function timeline({ components }: Pick<ApplicationStatus, 'components'>, now: Date, look: Look): string[] {
  if (components.length === 0) return [];
  const width = Math.max(...components.map(({ component }) => textWidth(clean(component.name, 40))));
  const glyph = (mark: Mark): string => marks[mark][look.unicode ? 0 : 1];
  const rows = components.map(({ component, points }) => {
    const bar = barOf(points, now);
    const usable = points.filter(({ usable: each, point }) => each === 'yes' && ageOf(point.capturedAt, now) < days * day);
    const text = bar.map((mark) => paint(look.color, styles[mark], glyph(mark))).join('');
    return `  ${padEnd(clean(component.name, 40), width)}  ${text}  ${usable.length}`;
  });
  const used = (['usable', 'unknown', 'unusable', 'none'] as const).filter((mark) => rows.some((row) => row.includes(glyph(mark))));
  const legend = used.map((mark) => `${glyph(mark)} ${meanings[mark]}`).join('   ');
  return [`Points of the last ${days} days, today at the right:`, ...rows, `  ${' '.repeat(width)}  ${legend}`];
}

function barOf(points: readonly PointUse[], now: Date): Mark[] {
  const best: Mark[] = Array.from({ length: days }, () => 'none');
  const rank: readonly Mark[] = ['none', 'unusable', 'unknown', 'usable'];
  for (const { point, usable } of points) {
    const age = ageOf(point.capturedAt, now);
    if (!(age >= 0 && age < days * day)) continue;
    const index = days - 1 - Math.floor(age / day);
    const mark = usable === 'yes' ? 'usable' : usable === 'no' ? 'unusable' : 'unknown';
    if (rank.indexOf(mark) > rank.indexOf(best[index]!)) best[index] = mark;
  }
  return best;
}

/** Milliseconds; NaN for what was never captured. */
function ageOf(capturedAt: string | undefined, now: Date): number {
  return now.getTime() - Date.parse(capturedAt ?? '');
}
