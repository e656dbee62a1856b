import type { NativeProgress } from '../../ports/engine.ts';
import type { ActionContext } from './context.ts';

/** Waits for the end of what an engine does, as long as it takes, and tells how far it is (`say`). */
export async function untilEnded<Progress extends NativeProgress>(
  look: () => Promise<Progress>,
  context: ActionContext,
  say: (progress: Progress, context: ActionContext) => Promise<void> = tell,
): Promise<Progress> {
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 3_000)) {
    const progress = await look();
    if (hasEnded(progress)) return progress;
    await say(progress, context);
    await context.clock.sleep(wait, context.signal);
  }
}

export function hasEnded({ phase }: NativeProgress): boolean {
  return phase !== 'Pending' && phase !== 'Running';
}

export function tell({ nativePhase, done, total }: NativeProgress, context: ActionContext): Promise<void> {
  const share = total ? Math.min((done ?? 0) / total, 1) : undefined;
  return context.report({
    nativePhase,
    message: `${nativePhase || 'waiting for the engine'}${total ? `, ${done ?? 0} of ${total} items` : ''}`,
    ...(share === undefined ? {} : { progress: share }),
  });
}
