import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const resume: Command = {
  name: 'resume',
  summary: 'Continue an operation whose process died',
  positionals: [{ name: 'OPERATION', required: true, summary: 'Operation id' }],
  flags: patienceFlags,
  examples: [['kubectl dr resume restore-shop-7f3k2', 'Continue after the last finished step']],
};
