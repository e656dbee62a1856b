import { asDrError, DrError } from '@kubectl-dr/core/errors';
import type { Host } from './context.ts';
import { exit, exitCodeOf, UsageError } from './exit-codes.ts';
import { clean, nextStep } from './output/terminal.ts';

/** Whatever was thrown as text on stderr, and its exit code. */
export function report(thrown: unknown, argv: readonly string[], host: Host): number {
  const { output } = host;
  if (thrown instanceof UsageError) {
    output.err(`error: ${clean(thrown.message)}\nSee "kubectl dr${thrown.command ? ` ${thrown.command}` : ''} --help"\n`);
    return exit.usage;
  }
  if (thrown instanceof DrError ? thrown.code === 'INTERRUPTED' : host.signal.aborted) return exit.interrupted;
  const error = asDrError(thrown);
  if (argv.some((arg, index) => arg === '--error-format=json' || (arg === '--error-format' && argv[index + 1] === 'json'))) {
    const { code, name: reason, message, hint, cluster, details } = error;
    output.err(`${JSON.stringify({ code, reason, message, hint, cluster, details })}\n`);
  } else {
    output.err(`error: ${clean(error.message, 1000)}\n`);
    if (error.hint) output.err(`next: ${nextStep(error.hint)}\n`);
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
