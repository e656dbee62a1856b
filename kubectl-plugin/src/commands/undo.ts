import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Take a restore in place back: old volumes, old configuration',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: {
    ...patienceFlags,
    yes: { type: 'boolean', summary: 'Do not ask' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client'], summary: 'Only print what it would do' },
  },
  examples: [
    ['kubectl dr undo restore-shop-7f3k2', 'Everything as it was before the restore'],
    ['kubectl dr undo restore-shop-7f3k2 --dry-run=client', 'What that would do, and what would be lost'],
  ],
};
