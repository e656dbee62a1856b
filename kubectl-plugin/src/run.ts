import type { Command } from './definition.ts';
import { commands } from './commands/index.ts';
import { keepCodeOf } from './code-cache.ts';
import type { Host } from './context.ts';
import { exit, UsageError } from './exit-codes.ts';
import { commandHelp, optionsHelp, rootHelp } from './help.ts';
import { commandIndex, parse } from './parse.ts';
import { report } from './report.ts';
import { versionLine } from './version.ts';

/** One command line, from words to exit code, in this process. Nothing below prints an error or ends the process. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    return await dispatch(argv, host);
  } catch (thrown) {
    return report(thrown, argv, host);
  }
}

async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const index = await commandIndex(argv, commands);
  const word = index === undefined ? undefined : argv[index];
  if (word === '__complete') {
    const { complete } = await import('./completion/complete.ts');
    host.output.out(await complete(argv.slice(index! + 1), commands, host));
    return exit.done;
  }
  const wantsHelp = argv.some((arg) => arg === '--help' || arg === '-h');
  if (word === undefined || word === 'help') {
    const topic = word === 'help' ? argv.slice(index! + 1).find((arg) => !arg.startsWith('-')) : undefined;
    if (topic === 'options') {
      host.output.out(optionsHelp());
      return exit.done;
    }
    host.output.out(topic === undefined ? rootHelp(commands) : commandHelp(await find(topic)));
    return word === undefined && !wantsHelp && argv.length > 0 ? exit.usage : exit.done;
  }
  if (word === 'options') {
    host.output.out(optionsHelp());
    return exit.done;
  }
  const command = await find(word);
  if (wantsHelp) {
    host.output.out(commandHelp(command));
    return exit.done;
  }
  const args = await parse([...argv.slice(0, index), ...argv.slice(index! + 1)], command);
  if (command.name === 'version' && args.flags.output === undefined) {
    host.output.out(versionLine());
    return exit.done;
  }
  // Compiled once, it is read from V8's cache; what is loaded before is too small to gain by it.
  if (command.looks) keepCodeOf(command.name);
  else await cacheCompiled(command.name);
  const { carryOut, handlers } = await (command.looks ? import('./looking.ts') : import('./acting.ts'));
  return carryOut(handlers, command, args, argv, host);
}

/** What is acted with does not run on a Node without such a cache either: that is said before anything is begun. */
async function cacheCompiled(command: string): Promise<void> {
  const { enableCompileCache } = process.getBuiltinModule('node:module') as Partial<typeof import('node:module')>;
  if (enableCompileCache) return void enableCompileCache();
  const { InputError } = await import('@kubectl-dr/core/errors');
  throw new InputError(`${command} needs Node 22.19 or newer, and this is ${process.versions.node}`, {
    hint: 'install it; in a clone, call kubectl-plugin/bin/kubectl-dr.mjs, which has a Node of its own',
  });
}

/** UsageError with the nearest name, which is not run. */
async function find(word: string): Promise<Command> {
  const command = commands.find(({ name }) => name === word);
  if (command) return command;
  const { nearest } = await import('@kubectl-dr/core/text/nearest');
  const guess = nearest(word, [...commands.map(({ name }) => name), 'options', 'help']);
  throw new UsageError(`unknown command "${word}"${guess ? `, did you mean "${guess}"?` : ''}`);
}
