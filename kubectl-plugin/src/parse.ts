import { nearest } from '@kubectl-dr/core/text/nearest';
import type { Arguments, Command, Flag } from './definition.ts';
import { globalFlags } from './definition.ts';
import { UsageError } from './exit-codes.ts';

type Flags = Readonly<Record<string, Flag>>;

/** Habits of yargs that are not kubectl's: what was typed is kept as it is, under the name that was declared. */
const configuration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'nargs-eats-options': true,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
};

/**
 * Parses what follows the command: `--flag value`, `--flag=value`, `-n value`, `-nvalue`, `-n=value`, switches joined (`-Aw`)
 * or with a value (`--check=false`); `--` ends the flags. UsageError for anything else.
 */
export async function parse(argv: readonly string[], command: Command): Promise<Arguments> {
  const flags = { ...globalFlags, ...command.flags };
  const { words, given } = await read(argv, flags, command.name);
  // A flag that took the next one for its value is told as that, not by the word that is left over then.
  const values = valuesOf(given, flags, command);
  return { positionals: positionalsOf(words, command), flags: values };
}

/** What can be read of a line that is still being typed; never throws. `words`: the positionals, named and unnamed. */
export async function readLeniently(argv: readonly string[], command: Command | undefined): Promise<Arguments & { words: string[] }> {
  const flags: Flags = { ...globalFlags, ...command?.flags };
  const { words, given } = await read(argv, flags, undefined, { 'halt-at-non-option': false }, true);
  const values: Arguments['flags'] = {};
  for (const [name, value] of Object.entries(given)) {
    const words = [value].flat();
    if (Object.hasOwn(flags, name)) values[name] = flags[name]!.repeatable ? words.map(String) : words.at(-1);
  }
  if (!command?.flags.as && values.as !== undefined) values['as-user'] ??= values.as;
  return { words, positionals: Object.fromEntries((command?.positionals ?? []).map(({ name }, at) => [name, words[at]])), flags: values };
}

/** Where the command stands among the words: the first that is neither a flag nor the value of one, of whatever command. */
export async function commandIndex(argv: readonly string[], commands: readonly Command[]): Promise<number | undefined> {
  if (argv[0] === undefined || !argv[0].startsWith('-')) return argv.length === 0 ? undefined : 0;
  if (argv.length === 1) return undefined;
  const flags: Flags = Object.assign({}, ...commands.map((command) => command.flags), globalFlags);
  const { words } = await read(argv, flags, undefined, { 'halt-at-non-option': true }, true);
  return words.length === 0 ? undefined : argv.length - words.length;
}

type Given = Readonly<Record<string, string | boolean | (string | boolean)[]>>;

async function read(
  argv: readonly string[],
  flags: Flags,
  command: string | undefined,
  more: Partial<typeof configuration & { 'halt-at-non-option': boolean }> = {},
  lenient = false,
): Promise<{ words: string[]; given: Given }> {
  // A line without any flag is a list of words, for which the parser is not even loaded: that is a tenth of a short command.
  if (!argv.some((arg) => arg.startsWith('-'))) return { words: [...argv], given: {} };
  const { Parser } = await import('yargs/helpers');
  const switches = Object.keys(flags).filter((name) => flags[name]!.type === 'boolean');
  const valued = Object.keys(flags).filter((name) => flags[name]!.type !== 'boolean');
  const { argv: parsed, error } = Parser.detailed(apart(argv, flags, command, lenient), {
    configuration: { ...configuration, ...more },
    boolean: switches,
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    alias: Object.fromEntries(Object.entries(flags).flatMap(([name, { alias }]) => (alias === undefined ? [] : [[name, alias]]))),
  });
  const short = /: (\S+)$/.exec(error?.message ?? '')?.[1];
  if (short !== undefined && !lenient) throw new UsageError(`flag needs an argument: ${dashed(short)}`, command);
  const { _: words, ...given } = parsed;
  return { words: words.map(String), given };
}

/**
 * Two spellings that pflag takes and yargs reads otherwise: a letter joined with its value (`-nshop`, `-Aoyaml`), and
 * `--check=t`. They are taken apart, up to `--`.
 */
function apart(argv: readonly string[], flags: Flags, command: string | undefined, lenient: boolean): string[] {
  const letter = (name: string): string => flags[name]!.alias ?? (name.length === 1 ? name : '');
  const letters = (isSwitch: boolean): string =>
    Object.keys(flags)
      .filter((name) => (flags[name]!.type === 'boolean') === isSwitch)
      .map(letter)
      .join('');
  const joined = new RegExp(`^-([${letters(true)}]*)([${letters(false)}])([^=][^]*)$`);
  const end = argv.indexOf('--');
  return argv.map((arg, index) => {
    if (end >= 0 && index > end) return arg;
    const [, before, name, value] = joined.exec(arg) ?? [];
    if (name !== undefined) return `-${before}${name}=${value}`;
    const [, key = '', word = ''] = /^--?([^=]+)=([^]*)$/.exec(arg) ?? [];
    if (lenient || flags[key]?.type !== 'boolean') return arg;
    if (/^(true|t|1)$/i.test(word)) return `--${key}=true`;
    if (/^(false|f|0)$/i.test(word)) return `--${key}=false`;
    throw new UsageError(`--${key} is a switch: it takes true or false, not "${word}"`, command);
  });
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
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

function valuesOf(given: Given, flags: Flags, command: Command): Arguments['flags'] {
  const values: Arguments['flags'] = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(flags, name)) throw unknown(name, flags, command);
    const flag = flags[name]!;
    if (flag.type === 'boolean') {
      values[name] = value === true;
      continue;
    }
    const words = [value].flat().map(String);
    if (flag.repeatable) values[name] = words;
    else if (words.length > 1) throw new UsageError(`--${name} was given ${words.length} times`, command.name);
    else values[name] = valueOf(words[0]!, name, flag, command);
  }
  if (command.withoutData && values.output !== undefined)
    throw new UsageError(`${command.name} prints no data: --output means nothing to it`, command.name);
  // Where a command gives `--as` another meaning, only `--as-user` impersonates.
  if (!command.flags.as && values.as !== undefined) values['as-user'] ??= values.as;
  return values;
}

function valueOf(word: string, name: string, { type, choices }: Flag, command: Command): string | number {
  if (choices && !choices.some((choice) => (choice.endsWith('=') ? word.startsWith(choice) : word === choice))) {
    const guess = nearest(word, choices);
    const meant = guess ? `; did you mean "${guess}"?` : '';
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}, not "${word}"${meant}`, command.name);
  }
  if (type !== 'number') return word;
  const number = Number(word);
  if (word.trim() === '' || !Number.isFinite(number)) throw new UsageError(`--${name} must be a number, not "${word}"`, command.name);
  return number;
}

function unknown(name: string, flags: Flags, command: Command): UsageError {
  if (name.length === 1) return new UsageError(`unknown shorthand flag: '${name}'`, command.name);
  const known = Object.keys(flags).filter((candidate) => !flags[candidate]!.hidden && candidate.length > 1);
  const guess = nearest(name, known);
  return new UsageError(`unknown flag: --${name}${guess ? `, did you mean --${guess}?` : ''}`, command.name);
}
