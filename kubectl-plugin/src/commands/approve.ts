import type { Command } from '../definition.ts';

export const approve: Command = {
  name: 'approve',
  summary: 'Agree to an operation that waits for an approval (--portal)',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: { reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal of decisions' } },
  examples: [['kubectl dr approve restore-shop-7f3k2 --portal https://portal.example.com', 'It starts at once, and is shown']],
};
