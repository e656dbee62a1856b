import type { Command } from '../definition.ts';
import { kindNames, kindWords } from '../kinds.ts';

export const get: Command = {
  name: 'get',
  looks: true,
  summary: 'List applications, points, schedules, operations and the like',
  positionals: [
    { name: 'KIND', required: true, summary: kindNames.join(', '), choices: kindNames, words: kindWords },
    { name: 'NAME', required: false, summary: 'Only this one' },
  ],
  flags: {
    'sort-by': { type: 'string', value: '.PATH', summary: 'Order by a field of -o json, such as .status.ageSeconds' },
    watch: { type: 'boolean', alias: 'w', summary: 'Go on and show what changes, until Ctrl-C' },
    selector: { type: 'string', alias: 'l', value: 'SELECTOR', summary: 'Points, schedules and restores with these labels' },
    application: { type: 'string', value: 'APP', summary: 'Only what belongs to this application' },
  },
  examples: [
    ['kubectl dr get points -n shop', 'Recovery points that cover the namespace shop, newest first'],
    ['kubectl dr get points --application shop', 'For how many of its components each is good'],
    ['kubectl dr get sets --application shop', 'Points that belong together, and what each set would lose'],
    ['kubectl dr get restores', 'What was brought back, by us and by whoever asked an engine'],
    ['kubectl dr get operations -w', 'What runs and what ran, and what becomes of them'],
    ['kubectl dr get drills', 'What was tried, how long it took and what would have been lost'],
  ],
};
