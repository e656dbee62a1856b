import { nearest } from '@kubectl-dr/core/text/nearest';
import type { Arguments, Command, Flag } from './definition.ts';
import { globalFlags } from './definition.ts';
import { UsageError } from './exit-codes.ts';

/**
 * Parses what follows the command, as kubectl's own parser reads it: `--flag value`, `--flag=value`, `-n value`, `-nvalue`,
 * `-n=value`, switches joined (`-Aw`) or with a value (`--check=false`); `--` ends the flags. UsageError for anything else.
 */
export function parse(argv: readonly string[], command: Command): Arguments {
  const flags = { ...globalFlags, ...command.flags };
  const given: Given = new Map();
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index]!;
    if (arg === '--') {
      words.push(...argv.slice(index + 1));
      break;
    }
    const next = (): string | undefined => argv[(index += 1)];
    if (arg.startsWith('--')) long(arg, flags, given, next, command);
    else if (arg.startsWith('-') && arg !== '-') short(arg, flags, given, next, command);
    else words.push(arg);
  }
  return { positionals: positionalsOf(words, command), flags: valuesOf(given, flags, command) };
}

/** Words by flag name, in the order in which they were given. */
type Given = Map<string, string[]>;

function long(arg: string, flags: Record<string, Flag>, given: Given, next: () => string | undefined, command: Command): void {
  const equals = arg.indexOf('=');
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (!flag) {
    const known = Object.keys(flags).filter((candidate) => !flags[candidate]!.hidden && candidate.length > 1);
    const guess = nearest(name, known);
    throw new UsageError(`unknown flag: --${name}${guess ? `, did you mean --${guess}?` : ''}`, command.name);
  }
  const inline = equals < 0 ? undefined : arg.slice(equals + 1);
  keep(given, name, inline ?? (flag.type === 'boolean' ? 'true' : needed(next(), `--${name}`, command)));
}

function short(arg: string, flags: Record<string, Flag>, given: Given, next: () => string | undefined, command: Command): void {
  for (let at = 1; at < arg.length; at += 1) {
    const letter = arg[at]!;
    const [name, flag] = Object.entries(flags).find(([key, { alias }]) => alias === letter || key === letter) ?? [];
    if (name === undefined || !flag) throw new UsageError(`unknown shorthand flag: '${letter}' in ${arg}`, command.name);
    const rest = arg.slice(at + 1);
    if (flag.type === 'boolean' && !rest.startsWith('=')) {
      keep(given, name, 'true');
      continue;
    }
    keep(given, name, rest === '' ? needed(next(), `-${letter}`, command) : rest.replace(/^=/, ''));
    return;
  }
}

function needed(value: string | undefined, flag: string, command: Command): string {
  if (value === undefined) throw new UsageError(`flag needs an argument: ${flag}`, command.name);
  return value;
}

function keep(given: Given, name: string, value: string): void {
  given.set(name, [...(given.get(name) ?? []), value]);
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

function valuesOf(given: Given, flags: Record<string, Flag>, command: Command): Arguments['flags'] {
  const values: Arguments['flags'] = {};
  for (const [name, words] of given) {
    const flag = flags[name]!;
    if (flag.repeatable) {
      values[name] = words;
      continue;
    }
    const word = words.at(-1)!;
    if (flag.type === 'boolean') {
      values[name] = booleanOf(word, name, command);
      continue;
    }
    if (words.length > 1) throw new UsageError(`--${name} was given ${words.length} times`, command.name);
    if (flag.choices && !flag.choices.includes(word)) {
      const guess = nearest(word, flag.choices);
      const meant = guess ? `; did you mean "${guess}"?` : '';
      throw new UsageError(`--${name} must be one of ${flag.choices.join(', ')}, not "${word}"${meant}`, command.name);
    }
    if (flag.type === 'number') {
      const number = Number(word);
      if (word.trim() === '' || !Number.isFinite(number)) throw new UsageError(`--${name} must be a number, not "${word}"`, command.name);
      values[name] = number;
    } else {
      values[name] = word;
    }
  }
  // Where a command gives `--as` another meaning, only `--as-user` impersonates.
  if (!command.flags.as && values.as !== undefined) values['as-user'] ??= values.as;
  return values;
}

function booleanOf(word: string, name: string, command: Command): boolean {
  if (/^(true|t|1)$/i.test(word)) return true;
  if (/^(false|f|0)$/i.test(word)) return false;
  throw new UsageError(`--${name} is a switch: it takes true or false, not "${word}"`, command.name);
}
