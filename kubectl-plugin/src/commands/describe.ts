import type { Command } from '../definition.ts';
import { kindNames, kindWords, kinds } from '../kinds.ts';

export const describe: Command = {
  name: 'describe',
  looks: true,
  summary: 'Everything known about one of them, with reasons and evidence',
  positionals: [
    { name: 'KIND', required: true, summary: kindNames.map((kind) => kinds[kind].one).join(', '), choices: kindNames, words: kindWords },
    { name: 'NAME', required: true, summary: 'Its name; of a component also APP/NAME' },
  ],
  flags: {},
  examples: [
    ['kubectl dr describe app shop', 'Components, volumes, points, reasons'],
    ['kubectl dr describe point shop-20260101120000', 'What a point covers and for whom it is usable'],
    ['kubectl dr describe operation restore-shop-7f3k2', 'Steps with their times'],
  ],
};
