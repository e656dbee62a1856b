import type { Command } from '../definition.ts';

export const status: Command = {
  name: 'status',
  looks: true,
  summary: 'Verdict of every application, or of one as a tree',
  positionals: [{ name: 'APP', required: false, summary: 'Application name or entity ref' }],
  flags: { check: { type: 'boolean', summary: 'Exit with 4 unless everything shown is protected' } },
  examples: [
    ['kubectl dr status', 'Is everything safe, how old is it, what now?'],
    ['kubectl dr status shop', 'One application, component by component'],
    ['kubectl dr status shop --check', 'For scripts: exit 4 unless protected'],
  ],
};
