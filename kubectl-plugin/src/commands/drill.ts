import type { Command, Flag } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';
import { mappingFlags } from './failover.ts';
import { restoreFlags } from './restore.ts';

/** Those of `restore` that say something of a drill. */
const { component, to, as, 'allow-missing-volumes': allowMissing } = restoreFlags as Record<string, Flag>;

export const on: Flag = { type: 'string', value: 'CONTEXT', summary: 'Drill: on this cluster, of what has got there' };

export const drill: Command = {
  name: 'drill',
  summary: 'Prove that it can be brought back: tried apart, measured, removed',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: {
    component: component!,
    to: to!,
    on,
    ...mappingFlags,
    as: { ...as!, summary: 'Namespace to try it in, which must not exist (impersonate with --as-user here)' },
    'allow-missing-volumes': { ...allowMissing!, summary: 'Take points that lack volumes as well; these come back empty' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client', 'server'], summary: 'Only print the plan; server: ask them too' },
    ...patienceFlags,
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr drill shop', 'Newest usable point; nothing that runs is touched, and nothing is left'],
    ['kubectl dr drill shop --component orders-db --to 14:05', 'One component, as it was at 14:05'],
    ['kubectl dr drill shop --on west', 'What a failover would find at west, tried there; shop goes on where it runs'],
    ['kubectl dr get drills', 'What was measured, and whether the objectives were met'],
  ],
};
