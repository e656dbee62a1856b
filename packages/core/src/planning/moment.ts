import { InputError } from '../errors.ts';
import { parseDuration } from '../policy/duration.ts';

/** What a user means by `--to`: the newest usable point, the newest at or before an instant, or one by name. */
export type Choice = { kind: 'latest' } | { kind: 'before'; instant: Date; text: string } | { kind: 'named'; name: string };

/**
 * `latest`, `14:05` (today, or yesterday when that is still to come; UTC, for clusters have no other zone in common),
 * `2h ago`, RFC 3339; anything else is a point's id or name.
 */
export function choiceOf(text: string | undefined, now: Date): Choice {
  if (text === undefined || text === '' || text === 'latest') return { kind: 'latest' };
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (clock) {
    const instant = new Date(now);
    instant.setUTCHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    if (instant.getTime() > now.getTime()) instant.setUTCDate(instant.getUTCDate() - 1);
    return { kind: 'before', instant, text };
  }
  const ago = /^(\S+)\s+ago$/.exec(text);
  if (ago) return { kind: 'before', instant: new Date(now.getTime() - parseDuration(ago[1], '--to')), text };
  if (/^\d{4}-\d{2}-\d{2}([T ]|$)/.test(text)) {
    const instant = new Date(text.includes('T') || text.includes(' ') ? text.replace(' ', 'T') : `${text}T00:00:00Z`);
    if (Number.isNaN(instant.getTime()))
      throw new InputError(`"${text}" is not an instant`, { hint: 'write it as 14:05, "2h ago" or 2026-01-31T14:05:00Z' });
    return { kind: 'before', instant, text };
  }
  return { kind: 'named', name: text };
}
