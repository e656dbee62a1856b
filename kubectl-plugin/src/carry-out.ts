import type { Context, Host } from './context.ts';
import { createContext } from './create-context.ts';
import { flagText } from './flags.ts';
import type { Arguments, Command } from './definition.ts';
import { exit } from './exit-codes.ts';
import { leftBehind, untouched } from './interrupted.ts';
import { report } from './report.ts';

export interface Handler {
  /** Gives the exit code. */
  run(args: Arguments, context: Context): Promise<number>;
}

/** What carries out each command, loaded on use. */
export type Handlers = Readonly<Record<string, () => Promise<Handler>>>;

/** The work of a command. It tells its errors itself: what is loaded only now must not throw into what was there before. */
export async function carryOut(
  handlers: Handlers,
  { name }: Command,
  args: Arguments,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  const context = createContext(args, argv, host);
  context.leaving.says = untouched(name, args);
  const code = await Promise.race([leftBehind(host.signal), ended()]).catch((thrown: unknown) => report(thrown, argv, host));
  if (code === exit.interrupted && context.leaving.says !== undefined) host.output.err(context.leaving.says);
  return code;

  async function ended(): Promise<number> {
    try {
      const format = flagText(args, 'output');
      const order = flagText(args, 'sort-by');
      if (format?.includes('=') || order !== undefined) {
        const { assertReadable } = await import('./output/data.ts');
        await assertReadable({ output: format?.includes('=') ? format : undefined, 'sort-by': order }, name);
      }
      const work = await workOf(handlers, name, args);
      return args.flags.watch === true ? await (await import('./watch.ts')).watch(work, args, context) : await work(context);
    } finally {
      await context.close();
    }
  }
}

/** Through a portal, or by the clusters themselves. */
async function workOf(handlers: Handlers, name: string, args: Arguments): Promise<(context: Context) => Promise<number>> {
  if (flagText(args, 'portal') !== undefined) {
    const { carryOutThroughPortal } = await import('./portal/carry-out.ts');
    return (context) => carryOutThroughPortal(name, args, context);
  }
  const handler = await handlers[name]!();
  return (context) => handler.run(args, context);
}
