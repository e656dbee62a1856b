import { asDrError, DrError } from '@kubectl-dr/core/errors';
import type { Command } from './definition.ts';
import { globalFlags } from './definition.ts';
import { commands } from './commands/index.ts';
import { createContext } from './context.ts';
import type { Host } from './context.ts';
import { exit, exitCodeOf, UsageError } from './exit-codes.ts';
import { commandHelp, optionsHelp, rootHelp } from './help.ts';
import { parse } from './parse.ts';
import { clean } from './output/terminal.ts';

/**
 * One command line, from words to exit code, in this process. The only place that catches; nothing below prints an
 * error or ends the process.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    return await dispatch(argv, host);
  } catch (thrown) {
    return report(thrown, argv, host);
  }
}

async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const index = commandIndex(argv);
  const word = index === undefined ? undefined : argv[index];
  const wantsHelp = argv.some((arg) => arg === '--help' || arg === '-h');
  if (word === undefined || word === 'help') {
    const topic = word === 'help' ? argv.slice(index! + 1).find((arg) => !arg.startsWith('-')) : undefined;
    const command = topic === undefined ? undefined : find(topic);
    host.output.out(command ? commandHelp(command) : rootHelp(commands));
    return word === undefined && !wantsHelp && argv.length > 0 ? exit.usage : exit.done;
  }
  if (word === 'options') {
    host.output.out(optionsHelp());
    return exit.done;
  }
  const command = find(word);
  if (!command) {
    const { nearest } = await import('@kubectl-dr/core/text/nearest');
    const guess = nearest(word, [...commands.map((candidate) => candidate.name), 'options', 'help']);
    throw new UsageError(`unknown command "${word}"${guess ? `, did you mean "${guess}"?` : ''}`);
  }
  if (wantsHelp) {
    host.output.out(commandHelp(command));
    return exit.done;
  }
  const args = await parse([...argv.slice(0, index), ...argv.slice(index! + 1)], command);
  const context = createContext(args, argv, host);
  try {
    return await (await command.load()).run(args, context);
  } finally {
    await context.close();
  }
}

function find(word: string): Command | undefined {
  return commands.find((command) => command.name === word);
}

/** Global flags may stand before the command: skip them together with their values. */
const valueless = new Set(
  Object.entries(globalFlags)
    .filter(([, flag]) => flag.type === 'boolean')
    .flatMap(([name, { alias }]) => (alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`])),
);
function commandIndex(argv: readonly string[]): number | undefined {
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index]!;
    if (!arg.startsWith('-')) return index;
    if (!arg.includes('=') && !valueless.has(arg)) index += 1;
  }
  return undefined;
}

function report(thrown: unknown, argv: readonly string[], host: Host): number {
  const { output } = host;
  if (thrown instanceof UsageError) {
    output.err(`error: ${clean(thrown.message)}\nSee "kubectl dr${thrown.command ? ` ${thrown.command}` : ''} --help"\n`);
    return exit.usage;
  }
  if (host.signal.aborted && !(thrown instanceof DrError && thrown.code !== 'INTERRUPTED')) return exit.interrupted;
  const error = asDrError(thrown);
  if (argv.some((arg, index) => arg === '--error-format=json' || (arg === '--error-format' && argv[index + 1] === 'json'))) {
    const { code, name: reason, message, hint, cluster, details } = error;
    output.err(`${JSON.stringify({ code, reason, message, hint, cluster, details })}\n`);
  } else {
    output.err(`error: ${clean(error.message, 1000)}\n`);
    if (error.hint) output.err(`next: ${clean(error.hint, 1000)}\n`);
    if (verbosity(argv) >= 6 && error.stack) output.err(`${error.stack}\n`);
    else if (error.code === 'INTERNAL') output.err('This should not happen. Repeat with -v=6 to see where it came from.\n');
  }
  return exitCodeOf(error);
}

function verbosity(argv: readonly string[]): number {
  for (const [index, arg] of argv.entries()) {
    const inline = /^-{1,2}v=(\d+)$/.exec(arg);
    if (inline) return Number(inline[1]);
    if (/^-{1,2}v$/.test(arg)) return Number(argv[index + 1] ?? 0);
  }
  return 0;
}
