import type { Command } from '../definition.ts';

export const cancel: Command = {
  name: 'cancel',
  summary: 'Ask a running operation to stop, wherever it runs',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: {},
  examples: [['kubectl dr cancel restore-shop-7f3k2', 'It ends Cancelled after the current request']],
};
