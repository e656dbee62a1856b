import { InputError } from '@kubectl-dr/core/errors';
import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import type { Session } from './session.ts';
import { portalSession } from './session.ts';

type Work = (args: Arguments, context: Context, session: Session) => Promise<number>;

/** Commands that a portal can carry out, loaded on use. */
const works: Readonly<Record<string, () => Promise<Work>>> = {
  status: async () => (await import('./looking.ts')).status,
  get: async () => (await import('./looking.ts')).get,
  describe: async () => (await import('./looking.ts')).describe,
  plan: async () => (await import('./acting.ts')).plan,
  backup: async () => (await import('./acting.ts')).backup,
  restore: async () => (await import('./acting.ts')).restore,
  wait: async () => (await import('./acting.ts')).wait,
  cancel: async () => (await import('./acting.ts')).cancel,
  resume: async () => (await import('./acting.ts')).resume,
  undo: async () => (await import('./acting.ts')).undo,
  confirm: async () => (await import('./acting.ts')).confirm,
  approve: async () => (await import('./acting.ts')).approve,
  reject: async () => (await import('./acting.ts')).reject,
};

/** A command line with `--portal`: the same words through the portal's API, with the user's own rights there. */
export async function carryOutThroughPortal(command: string, args: Arguments, context: Context): Promise<number> {
  const work = Object.hasOwn(works, command) ? works[command] : undefined;
  if (!work)
    throw new InputError(`${command} needs the clusters themselves, and --portal has none`, {
      hint: `through a portal there are: ${Object.keys(works).join(', ')}`,
    });
  return (await work())(args, context, portalSession(args, context));
}
