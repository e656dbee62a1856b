import type { Command } from '../definition.ts';
import { restoreFlags } from './restore.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'How the configuration that runs differs from a recovery point',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: { component: restoreFlags.component!, to: restoreFlags.to! },
  examples: [
    ['kubectl dr diff shop', 'Against the newest usable point; exit 1 when something differs'],
    ['kubectl dr diff shop --component web --to 14:05', 'One component, against 14:05'],
  ],
};
