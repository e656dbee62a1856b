import type { Command } from '../definition.ts';

export const logs: Command = {
  name: 'logs',
  summary: 'What an operation did, in order, wherever it runs',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: { follow: { type: 'boolean', alias: 'f', summary: 'Go on until it has ended' } },
  examples: [
    ['kubectl dr logs restore-shop-7f3k2', 'Every step with its times and what it said'],
    ['kubectl dr logs restore-shop-7f3k2 -f', 'And what comes, until it has ended'],
  ],
};
