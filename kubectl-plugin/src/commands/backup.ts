import type { Command } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

export const backup: Command = {
  name: 'backup',
  summary: 'Make a recovery point of an application now',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: {
    component: { type: 'string', repeatable: true, value: 'COMPONENT', summary: 'Only this component; repeatable' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client', 'server'], summary: 'Only print the plan; server: ask them too' },
    ...patienceFlags,
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr backup shop', 'Every component, on every cluster'],
    ['kubectl dr backup shop --component orders-db', 'One component'],
  ],
};
