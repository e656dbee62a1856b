import type { Operation } from './model.ts';

export function secondsBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 1000);
}

/** What was given up by going back: the most of any component. */
export function lossOf({ plan, steps, requestedAt }: Operation): { lossSeconds?: number } {
  // What a continuous copy really held may be newer than when the plan was made.
  const copied = new Set(plan.copies?.map(({ component }) => component));
  const promised = plan.dataLoss.filter(({ component }) => !copied.has(component)).map(({ seconds }) => seconds);
  const found = steps.flatMap(({ capturedAt }) => (capturedAt === undefined ? [] : [secondsBetween(capturedAt, requestedAt)]));
  const lossSeconds = Math.max(0, ...promised, ...found);
  return lossSeconds > 0 ? { lossSeconds } : {};
}
