import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const confirm: Command = {
  name: 'confirm',
  summary: 'Keep what a restore in place made, and give its undo up',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: { yes: { type: 'boolean', summary: 'Do not ask' }, ...patienceFlags },
  examples: [['kubectl dr confirm restore-shop-7f3k2', 'The volumes that were kept for an undo are given up']],
};
