import type { Command } from '../definition.ts';

export const status: Command = {
  name: 'status',
  looks: true,
  summary: 'Verdict of every application, or of one as a tree',
  positionals: [{ name: 'APP', required: false, summary: 'Application name or entity ref' }],
  flags: {
    check: { type: 'boolean', summary: 'Exit with 4 unless everything shown is protected' },
    watch: { type: 'boolean', alias: 'w', summary: 'Go on and show what changes, until Ctrl-C' },
  },
  examples: [
    ['kubectl dr status', 'Is everything safe, how old is it, what now?'],
    ['kubectl dr status shop', 'One application, component by component'],
    ['kubectl dr status -w', 'And what becomes of it'],
    ['kubectl dr status shop --check', 'For scripts: exit 4 unless protected'],
  ],
};
