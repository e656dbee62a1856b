import type { Options } from 'yargs';
import { nearest } from '@kubectl-dr/core/text/nearest';
import type { Arguments, Command, Flag } from './definition.ts';
import { globalFlags } from './definition.ts';
import { UsageError } from './exit-codes.ts';

/**
 * Parses what follows the command. yargs does it; every habit of it that would change a value is off: `1e3` stays a name,
 * `--a.b` stays a flag, no camel-case twins. It is loaded when there is a flag to parse: words alone need no parser.
 */
export async function parse(argv: readonly string[], command: Command): Promise<Arguments> {
  if (!argv.some((word) => word.startsWith('-'))) return { positionals: positionalsOf(argv, command), flags: {} };
  const { default: yargs } = await import('yargs');
  const flags = { ...globalFlags, ...command.flags };
  let failure: string | undefined;
  const parsed = yargs([...argv])
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'strip-aliased': true,
    })
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .options(Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, optionOf(flag)])))
    .strictOptions()
    .fail((message: string | null, error: Error | undefined) => {
      failure ??= message ?? error?.message ?? 'the command line is not valid';
    })
    .parseSync();
  if (failure !== undefined) throw new UsageError(sentence(failure), command.name);
  const words = parsed._.map(String);
  return { positionals: positionalsOf(words, command), flags: valuesOf(parsed, flags, command) };
}

function optionOf(flag: Flag): Options {
  return {
    type: flag.type === 'number' ? 'string' : flag.type,
    ...(flag.alias === undefined ? {} : { alias: flag.alias }),
    ...(flag.repeatable ? { array: true } : {}),
    ...(flag.type === 'boolean' ? {} : { requiresArg: true }),
  };
}

function positionalsOf(words: readonly string[], command: Command): Record<string, string | undefined> {
  if (words.length > command.positionals.length) {
    throw new UsageError(`unexpected argument "${words[command.positionals.length]}"`, command.name);
  }
  const result: Record<string, string | undefined> = {};
  for (const [index, positional] of command.positionals.entries()) {
    const { name, required, choices, words: others = {} } = positional;
    const given = words[index];
    if (given === undefined && required)
      throw new UsageError(`${name} is missing${choices ? `: ${choices.join(', ')}` : ''}`, command.name);
    const word = given !== undefined && Object.hasOwn(others, given) ? others[given] : given;
    if (word !== undefined && choices && !choices.includes(word)) {
      const guess = nearest(word, [...choices, ...Object.keys(others)]);
      throw new UsageError(
        `${name} must be one of ${choices.join(', ')}, not "${word}"${guess ? `; did you mean "${guess}"?` : ''}`,
        command.name,
      );
    }
    result[name] = word;
  }
  return result;
}

function valuesOf(parsed: Record<string, unknown>, flags: Record<string, Flag>, command: Command): Arguments['flags'] {
  const values: Arguments['flags'] = {};
  for (const [name, flag] of Object.entries(flags)) {
    const value = parsed[name];
    if (value === undefined) continue;
    if (flag.repeatable) {
      values[name] = (Array.isArray(value) ? value : [value]).map(String);
      continue;
    }
    if (Array.isArray(value)) {
      if (flag.type === 'boolean') {
        values[name] = Boolean(value.at(-1));
        continue;
      }
      throw new UsageError(`--${name} was given ${value.length} times`, command.name);
    }
    if (flag.choices && !flag.choices.includes(String(value))) {
      throw new UsageError(`--${name} must be one of ${flag.choices.join(', ')}, not "${String(value)}"`, command.name);
    }
    if (flag.type === 'number') {
      const number = Number(value);
      if (!Number.isFinite(number)) throw new UsageError(`--${name} must be a number, not "${String(value)}"`, command.name);
      values[name] = number;
    } else {
      values[name] = value as string | boolean;
    }
  }
  // Where a command gives `--as` another meaning, only `--as-user` impersonates.
  if (!command.flags.as && values.as !== undefined) values['as-user'] ??= values.as;
  return values;
}

/** yargs writes "Unknown argument: foo"; kubectl writes "unknown flag: --foo". */
function sentence(message: string): string {
  const unknown = /^Unknown arguments?: (.*)$/m.exec(message);
  if (unknown) {
    const [first] = unknown[1]!.split(', ');
    return `unknown flag: ${first!.length === 1 ? '-' : '--'}${first}`;
  }
  const missing = /^Not enough arguments following: (.*)$/m.exec(message);
  if (missing) return `flag needs an argument: --${missing[1]}`;
  return message.split('\n')[0]!.toLowerCase();
}
