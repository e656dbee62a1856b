import type { Command } from '../definition.ts';
import { moveFlags } from './failover.ts';

export const relocate: Command = {
  name: 'relocate',
  summary: 'Move to another cluster as planned; loses nothing',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: { to: { type: 'string', value: 'CONTEXT', summary: 'The cluster to move to' }, ...moveFlags },
  examples: [
    ['kubectl dr plan relocate shop --to west', 'What would be written, stopped, copied and started'],
    ['kubectl dr relocate shop --to west', 'Stops, copies once more, goes on at west; then copies back'],
    ['kubectl dr relocate shop --to west --storage-class fast=gp3', 'Where the storage is called otherwise'],
  ],
};
