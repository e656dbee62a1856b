import type { Command } from '../definition.ts';
import { on } from './drill.ts';
import { failoverFlags } from './failover.ts';
import { restoreFlags } from './restore.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'What a restore, drill, move or backup would do; does nothing',
  positionals: [
    {
      name: 'INTENT',
      required: true,
      summary: 'restore, drill, failover, relocate, failback or backup',
      choices: ['restore', 'drill', 'failover', 'relocate', 'failback', 'backup'],
    },
    { name: 'APP', required: true, summary: 'Application name or entity ref' },
  ],
  flags: {
    ...restoreFlags,
    on,
    ...failoverFlags,
    out: { type: 'string', value: 'FILE', summary: 'Also write the plan as JSON to a file' },
  },
  examples: [['kubectl dr plan restore shop --mode inPlace --out plan.json', 'Where it is: what differs, field by field; apply it later']],
};
