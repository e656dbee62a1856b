import type { Context } from './context.ts';

/**
 * The command line as it was typed, with `more` after it, ready to be pasted into a POSIX shell. A token is not repeated:
 * what is printed ends up in logs.
 */
export function repeated({ argv }: Pick<Context, 'argv'>, more: readonly string[]): string {
  const words = argv.map((word, index) => {
    if (argv[index - 1] === '--token') return '"$TOKEN"';
    return word.startsWith('--token=') ? '--token="$TOKEN"' : quoted(word);
  });
  return ['kubectl dr', ...words, ...more.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
