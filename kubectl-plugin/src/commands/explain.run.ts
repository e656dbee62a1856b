import { reasonCodes } from '@kubectl-dr/core/compliance/reason-codes';
import type { ReasonText } from '@kubectl-dr/core/compliance/reason-codes';
import { NotFoundError } from '@kubectl-dr/core/errors';
import { nearest } from '@kubectl-dr/core/text/nearest';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import type { WireReasonMeaning } from '@kubectl-dr/core/wire/command-line';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { data, list } from '../output/data.ts';
import { table } from '../output/table.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const code = args.positionals.REASON;
  const entries = Object.entries(reasonCodes) as [string, ReasonText][];
  const format = flagText(args, 'output');
  if (code === undefined) {
    context.output.out(
      (await data(format, list('Reason', entries.map(meaning)))) ??
        table(
          entries,
          [
            { header: 'reason', value: ([name]) => name },
            { header: 'meaning', value: ([, text]) => text.title },
          ],
          {},
        ),
    );
    return 0;
  }
  const wanted = code.toUpperCase().replaceAll('-', '_');
  const text = entries.find(([name]) => name === wanted)?.[1];
  if (!text) {
    const guess = nearest(
      wanted,
      entries.map(([name]) => name),
    );
    throw new NotFoundError(`there is no reason "${code}"`, { hint: guess ? `kubectl dr explain ${guess}` : 'kubectl dr explain' });
  }
  context.output.out((await data(format, meaning([wanted, text]))) ?? `${wanted}: ${text.title}\n\n${text.why}\n\nNext: ${text.fix}\n`);
  return 0;
}

function meaning([name, spec]: [string, ReasonText]): WireReasonMeaning {
  return { apiVersion, kind: 'Reason', metadata: { name }, spec };
}
