import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Take a restore in place back: old volumes, old configuration',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: {
    ...patienceFlags,
    override: { type: 'string', value: 'TEXT', summary: 'Why a silent cluster cannot run it' },
    yes: { type: 'boolean', summary: 'Do not ask' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client'], summary: 'Only print what it would do' },
  },
  examples: [
    ['kubectl dr undo restore-shop-7f3k2', 'Everything as it was before the restore'],
    ['kubectl dr undo restore-shop-7f3k2 --dry-run=client', 'What that would do, and what would be lost'],
    ['kubectl dr undo relocate-shop-1 --override "rack 3 is off"', 'The target is silent: its part is taken back later'],
  ],
};
