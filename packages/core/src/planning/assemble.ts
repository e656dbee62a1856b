import { planHash, sha256 } from './hash.ts';
import type { Plan } from './model.ts';

/** How long a plan may be looked at before it has to be made again, milliseconds. */
export const planLife = 30 * 60_000;

/** Gives a plan its hash, id and times. The same inputs give the same hash; the id is new each time. */
export async function sealPlan(body: Omit<Plan, 'id' | 'hash' | 'createdAt' | 'expiresAt'>, now: Date): Promise<Plan> {
  const createdAt = now.toISOString();
  const draft = { ...body, id: '', createdAt, expiresAt: new Date(now.getTime() + planLife).toISOString() };
  const hash = await planHash(draft);
  const id = `${body.intent.toLowerCase()}-${nameFor(body.application, 40)}-${(await sha256(`${hash}${createdAt}`)).slice(0, 8)}`;
  return { ...draft, id, hash };
}

/** A plan of which something is told otherwise: with a hash, id and times of its own. */
export async function resealed(plan: Plan, changes: Partial<Plan>, now: Date): Promise<Plan> {
  const { id: _, hash: __, createdAt: ___, expiresAt: ____, ...body } = { ...plan, ...changes };
  return sealPlan(body, now);
}

/** Any text as a DNS label, cut to so many characters. */
export function nameFor(text: string, length = 63): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, length)
    .replace(/-+$/, '');
  return name || 'x';
}
