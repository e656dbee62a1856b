import type { Application } from '../application/model.ts';
import { planHash, sha256 } from './hash.ts';
import type { Plan } from './model.ts';

/** How long a plan may be looked at before it has to be made again, milliseconds. */
export const planLife = 30 * 60_000;

/** A plan while it is made: planners lay it out and add to it, and at the end it is sealed, once. */
export type PlanDraft = Omit<Plan, 'id' | 'hash' | 'createdAt' | 'expiresAt'>;

/** Gives a plan its hash, id and times. The same inputs give the same hash; the id is new each time. `now`: what its figures count to. */
export async function sealPlan(body: PlanDraft, now: Date): Promise<Plan> {
  const createdAt = now.toISOString();
  const draft = { ...body, id: '', createdAt, expiresAt: new Date(now.getTime() + planLife).toISOString() };
  const hash = await planHash(draft);
  const id = `${body.intent.toLowerCase()}-${nameFor(body.application, 40)}-${(await sha256(`${hash}${createdAt}`)).slice(0, 8)}`;
  return { ...draft, id, hash };
}

/** Whose plan it is. */
export function ofApplication({ name, entityRef, owner }: Application): Pick<PlanDraft, 'application' | 'entityRef' | 'owner'> {
  return { application: name, ...(entityRef ? { entityRef } : {}), ...(owner ? { owner } : {}) };
}

/** The second of a moment (RFC 3339, UTC) as names hold it: `20260115120000`. */
export function stampOf(at: string): string {
  return at.replace(/[-:T]/g, '').slice(0, 14);
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
