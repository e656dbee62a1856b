import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Carry out a plan that was saved, unless the world has moved since',
  positionals: [],
  flags: {
    filename: { type: 'string', alias: 'f', value: 'PLAN', summary: 'File that plan --out wrote, JSON or YAML' },
    yes: { type: 'boolean', summary: 'Do not ask before going back in place' },
    ...patienceFlags,
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr plan restore shop --mode inPlace --out plan.json', 'Make it, send it round'],
    ['kubectl dr apply -f plan.json', 'Exactly what was agreed to; refused when it is stale (exit 6)'],
  ],
};
