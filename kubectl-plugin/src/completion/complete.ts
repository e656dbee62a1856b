import { keepCodeOf } from '../code-cache.ts';
import type { Host } from '../context.ts';
import type { Arguments, Command, Flag } from '../definition.ts';
import { globalFlags } from '../definition.ts';
import { commandIndex, readLeniently } from '../parse.ts';
import type { Candidate } from './candidate.ts';
import type { Named } from './named.ts';
import { namedBy } from './named.ts';

/** Bits of kubectl's protocol: what the shell does besides with the candidates. */
const noFiles = 4;
const keepOrder = 32;

/** What may stand at the end of a command line: words that the definitions know, or names that a cluster knows. */
export type Completion =
  | { candidates: Candidate[]; files?: boolean }
  | { live: Exclude<Named, 'files'>; args: Arguments; candidates: Candidate[] };

/**
 * The lines that kubectl asks for by `kubectl_complete-dr WORDS`, the last of which is being typed: a candidate each, with a tab
 * and what it is; then `:` and what the shell is to do. Never fails: who presses a key wants no error.
 */
export async function complete(words: readonly string[], commands: readonly Command[], host: Host): Promise<string> {
  const found = await completionOf(words, commands);
  const typed = valueTyped(words.at(-1) ?? '');
  let { candidates } = found;
  if ('live' in found) {
    keepCodeOf('complete');
    const { liveNames } = await import('../looking.ts');
    candidates = [...candidates, ...(await liveNames(found.live, found.args, words, host))];
  }
  const lines = candidates
    .filter(({ word }) => word.startsWith(typed))
    .map(({ word, summary }) => (summary === undefined ? `${word}\n` : `${word}\t${summary}\n`));
  const files = 'files' in found && found.files === true;
  return `${lines.join('')}:${files ? 0 : noFiles + ('live' in found ? keepOrder : 0)}\n`;
}

/** Of `--flag=value` the value: shells keep what stands before it. */
function valueTyped(word: string): string {
  return /^--[^=]+=([^]*)$/.exec(word)?.[1] ?? word;
}

export async function completionOf(words: readonly string[], commands: readonly Command[]): Promise<Completion> {
  const before = words.slice(0, -1);
  const typed = words.at(-1) ?? '';
  const verbs = { candidates: commands.map(({ name, summary }) => ({ word: name, summary })) };
  const index = await commandIndex(before, commands);
  const command = index === undefined ? undefined : commands.find(({ name }) => name === before[index]);
  const flags: Record<string, Flag> = { ...globalFlags, ...command?.flags };
  const ended = before.includes('--');
  const inline = /^--([^=]+)=/.exec(typed)?.[1];
  const awaiting = ended ? undefined : (inline ?? awaitingValue(before.at(-1), flags));
  const rest = index === undefined ? before : [...before.slice(0, index), ...before.slice(index + 1)];
  const args = await readLeniently(rest, command);
  if (awaiting !== undefined && Object.hasOwn(flags, awaiting)) return ofWord(flags[awaiting]!, args);
  if (typed.startsWith('-') && !ended) return { candidates: flagsOf(command, args) };
  if (index === undefined || (before[index] === 'help' && args.words.length === 0)) return verbs;
  const positional = command?.positionals[args.words.length];
  return positional ? ofWord({ value: positional.name, choices: positional.choices }, args) : { candidates: [] };
}

/** The flag whose value comes next. */
function awaitingValue(previous: string | undefined, flags: Record<string, Flag>): string | undefined {
  const [, long, short] = /^(?:--([^=]+)|-([^-=]+))$/.exec(previous ?? '') ?? [];
  const letter = short?.at(-1);
  const [name, flag] = Object.entries(flags).find(([key, { alias }]) => key === long || (letter && (alias ?? key) === letter)) ?? [];
  return flag && flag.type !== 'boolean' ? name : undefined;
}

function ofWord(
  { value = '', choices, type }: { value?: string | undefined; choices?: readonly string[] | undefined; type?: Flag['type'] },
  args: Arguments,
): Completion {
  if (choices) return { candidates: choices.map((word) => ({ word })) };
  if (type === 'boolean') return { candidates: [{ word: 'true' }, { word: 'false' }] };
  const named = namedBy(value, args);
  if (named === 'files') return { candidates: [], files: true };
  if (named === undefined) return { candidates: [] };
  return { live: named, args, candidates: value.startsWith('POINT') ? [{ word: 'latest', summary: 'the newest usable point' }] : [] };
}

function flagsOf(command: Command | undefined, args: Arguments): Candidate[] {
  return [...Object.entries(command?.flags ?? {}), ...Object.entries(globalFlags)]
    .filter(([name, { hidden, repeatable }], at, all) => {
      const first = all.findIndex(([other]) => other === name) === at;
      return first && !hidden && name.length > 1 && (repeatable || args.flags[name] === undefined);
    })
    .map(([name, { summary }]) => ({ word: `--${name}`, summary }));
}
