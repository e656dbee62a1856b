import type { Command } from '../definition.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'What would go wrong on the day it is needed, why, and what to do',
  positionals: [
    { name: 'APP', required: false, summary: 'Application name or entity ref; also plans a restore to see what stands in its way' },
  ],
  flags: {
    check: { type: 'boolean', summary: 'Exit with 4 when there is anything worse than a note' },
    all: { type: 'boolean', summary: 'Also list the checks that found nothing' },
  },
  examples: [
    ['kubectl dr doctor', 'Every check over the whole fleet'],
    ['kubectl dr doctor shop', 'One application, and what would stop a restore of it'],
    ['kubectl dr doctor --check', 'For scripts: exit 4 unless there are only notes'],
  ],
};
