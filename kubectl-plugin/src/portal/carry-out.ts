import { InputError } from '@kubectl-dr/core/errors';
import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { withPortal } from './next-command.ts';
import type { Session } from './session.ts';
import { portalSession } from './session.ts';

type Work = (args: Arguments, context: Context, session: Session) => Promise<number>;

/** Commands that a portal can carry out, loaded on use. */
const works: Readonly<Record<string, () => Promise<Work>>> = {
  status: async () => (await import('./looking.ts')).status,
  get: async () => (await import('./looking.ts')).get,
  describe: async () => (await import('./looking.ts')).describe,
  diff: async () => (await import('./evidence.ts')).diff,
  doctor: async () => (await import('./evidence.ts')).doctor,
  report: async () => (await import('./evidence.ts')).report,
  policy: async () => (await import('./evidence.ts')).policy,
  plan: async () => (await import('./planning.ts')).plan,
  backup: async () => (await import('./planning.ts')).backup,
  restore: async () => (await import('./planning.ts')).restore,
  drill: async () => (await import('./planning.ts')).drill,
  failover: async () => (await import('./planning.ts')).failover,
  relocate: async () => (await import('./planning.ts')).relocate,
  failback: async () => (await import('./planning.ts')).failback,
  apply: async () => (await import('./planning.ts')).apply,
  logs: async () => (await import('./steering.ts')).logs,
  wait: async () => (await import('./steering.ts')).wait,
  cancel: async () => (await import('./steering.ts')).cancel,
  resume: async () => (await import('./steering.ts')).resume,
  undo: async () => (await import('./steering.ts')).undo,
  confirm: async () => (await import('./steering.ts')).confirm,
  approve: async () => (await import('./steering.ts')).approve,
  reject: async () => (await import('./steering.ts')).reject,
};

/** A command line with `--portal`: the same words through the portal's API, with the user's own rights there. */
export async function carryOutThroughPortal(command: string, args: Arguments, context: Context): Promise<number> {
  const work = Object.hasOwn(works, command) ? works[command] : undefined;
  if (!work)
    throw new InputError(`${command} is nothing that a portal does`, {
      hint: `leave --portal out; through a portal there are: ${Object.keys(works).join(', ')}`,
    });
  try {
    return await (
      await work()
    )(args, context, portalSession(args, context));
  } catch (thrown) {
    throw withPortal(thrown, args);
  }
}
