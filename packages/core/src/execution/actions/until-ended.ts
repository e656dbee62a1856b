import type { NativeProgress } from '../../ports/engine-context.ts';
import { type ActionContext, type News, until } from './context.ts';

/** Waits for the end of what an engine does, as long as it takes, and tells how far it is (`say`). */
export function untilEnded<Progress extends NativeProgress>(
  look: () => Promise<Progress>,
  context: ActionContext,
  say: (progress: Progress) => News = newsOf,
): Promise<Progress> {
  return until(context, 'endless', async (tell) => {
    const progress = await look();
    if (hasEnded(progress)) return progress;
    tell(say(progress));
    return undefined;
  });
}

export function hasEnded({ phase }: NativeProgress): boolean {
  return phase !== 'Pending' && phase !== 'Running';
}

export function newsOf({ nativePhase, done, total }: NativeProgress): News {
  const share = total ? Math.min((done ?? 0) / total, 1) : undefined;
  return {
    nativePhase,
    message: `${nativePhase || 'waiting for the engine'}${total ? `, ${done ?? 0} of ${total} items` : ''}`,
    ...(share === undefined ? {} : { progress: share }),
  };
}
