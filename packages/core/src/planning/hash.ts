import type { Plan } from './model.ts';

/** Keys sorted, undefined left out: two equal values give one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * SHA-256 over what would be done and what it was computed from: everything but identity, times and figures that move
 * with the clock (age of the data, estimate).
 */
export function planHash(plan: Omit<Plan, 'hash'>): Promise<string> {
  const {
    intent,
    request,
    application,
    components,
    points,
    target,
    mode,
    waves,
    changes,
    blockers,
    basis,
    home,
    undo,
    cleanUp,
    objectives,
  } = plan;
  const codes = blockers.map(({ code, component, cluster }) => ({ code, component, cluster }));
  const { waves: undoing, release } = undo;
  return sha256(
    canonicalJson({
      intent,
      request,
      application,
      components,
      points,
      target,
      mode,
      waves,
      changes,
      blockers: codes,
      basis,
      home,
      undoing,
      release,
      cleanUp,
      objectives,
    }),
  );
}
