import { DrError } from '@kubectl-dr/core/errors';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';

/** A command line that asks the same portal. */
export function throughPortal(line: string, args: Arguments): string {
  return `${line} --portal ${flagText(args, 'portal')!}`;
}

/** An error whose next step is a command: through a portal it is one through the same portal. */
export function withPortal(thrown: unknown, args: Arguments): unknown {
  if (!(thrown instanceof DrError) || !/(^|: )kubectl dr [^;,]*$/.test(thrown.hint ?? '') || thrown.hint!.includes('--portal'))
    return thrown;
  const { name, code, message, hint, cluster, details } = thrown;
  return new DrError(name, code, message, {
    hint: throughPortal(hint!, args),
    cause: thrown,
    ...(cluster !== undefined && { cluster }),
    ...(details && { details }),
  });
}
