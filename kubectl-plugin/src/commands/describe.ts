import type { Command } from '../definition.ts';

export const describe: Command = {
  name: 'describe',
  summary: 'Everything known about one application, point, operation or cluster, with reasons and next commands',
  positionals: [
    { name: 'KIND', required: true, summary: 'app, point, operation or cluster', choices: ['app', 'point', 'operation', 'cluster'] },
    { name: 'NAME', required: true, summary: 'Its name' },
  ],
  flags: {},
  examples: [
    ['kubectl dr describe app shop', 'Components, volumes, points, reasons'],
    ['kubectl dr describe point shop-20260101120000', 'What a point holds and for whom it is usable'],
    ['kubectl dr describe operation restore-shop-7f3k2', 'Steps with their times'],
  ],
  load: () => import('./describe.run.ts'),
};
