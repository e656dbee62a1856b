import { reasonCodes } from '@kubectl-dr/core/compliance/reason-codes';
import type { ReasonText } from '@kubectl-dr/core/compliance/reason-text';
import { checklistEntries } from '@kubectl-dr/core/doctor/checklist';
import { NotFoundError } from '@kubectl-dr/core/errors';
import { glossary } from '@kubectl-dr/core/text/glossary';
import { nearest } from '@kubectl-dr/core/text/nearest';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import type { WireReasonMeaning, WireWord } from '@kubectl-dr/core/wire/command-line';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { data, list } from '../output/data.ts';
import { table } from '../output/table.ts';
import { lookOf } from '../output/terminal.ts';
import { wrap } from '../output/text-width.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const code = args.positionals.REASON;
  const entries = Object.entries(reasonCodes) as [string, ReasonText][];
  const format = flagText(args, 'output');
  const { width } = lookOf(context.output, 'out');
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
    const word = wordOf(code);
    if (!word) throw unknown(code, wanted, entries);
    const { meaning: told, reasons } = word.spec;
    const lines = [`${word.metadata.name}: ${told}`, ...(reasons ? ['', `Reasons: ${reasons.join(', ')}`] : [])];
    context.output.out((await data(format, word)) ?? `${lines.flatMap((line) => wrap(line, width, '')).join('\n')}\n`);
    return 0;
  }
  const lines = [`${wanted}: ${text.title}`, '', text.why, '', `Next: ${text.fix}`].flatMap((line) => wrap(line, width, ''));
  context.output.out((await data(format, meaning([wanted, text]))) ?? `${lines.join('\n')}\n`);
  return 0;
}

/** A word of the product, or a number of the checklist of `doctor`. */
function wordOf(asked: string): WireWord | undefined {
  const known = glossary[asked.toLowerCase().replaceAll(/[\s_-]/g, '')];
  if (known) return { apiVersion, kind: 'Word', metadata: { name: known.word }, spec: { meaning: known.meaning } };
  const check = checklistEntries.find(([number]) => number.toLowerCase() === asked.toLowerCase());
  if (!check) return undefined;
  const [name, { title, codes }] = check;
  return { apiVersion, kind: 'Word', metadata: { name }, spec: { meaning: `${title}.`, reasons: [...codes] } };
}

function unknown(asked: string, wanted: string, entries: readonly [string, ReasonText][]): NotFoundError {
  const guess = nearest(
    wanted,
    entries.map(([name]) => name),
  );
  const word = nearest(asked.toLowerCase(), Object.keys(glossary));
  const hint = guess ?? (word && glossary[word]!.word);
  return new NotFoundError(`there is no reason or word "${asked}"`, { hint: `kubectl dr explain${hint ? ` ${hint}` : ''}` });
}

function meaning([name, spec]: [string, ReasonText]): WireReasonMeaning {
  return { apiVersion, kind: 'Reason', metadata: { name }, spec };
}
