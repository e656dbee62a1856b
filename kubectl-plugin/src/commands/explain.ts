import type { Command } from '../definition.ts';

export const explain: Command = {
  name: 'explain',
  looks: true,
  summary: 'What a reason code means and what to do about it',
  positionals: [{ name: 'REASON', required: false, summary: 'A code such as RPO_BREACHED; without it all are listed' }],
  flags: {},
  examples: [['kubectl dr explain RPO_BREACHED', 'Meaning, why it matters, next step']],
};
