import type { Command } from '../definition.ts';
import { moveFlags } from './failover.ts';

export const failback: Command = {
  name: 'failback',
  summary: 'Go back to where it came from, with all that was written since',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: { to: { type: 'string', value: 'CONTEXT', summary: 'Another cluster than the one it left last' }, ...moveFlags },
  examples: [
    ['kubectl dr plan failback shop', 'Whether everything has been copied back, and what would happen'],
    ['kubectl dr failback shop', 'Stops, copies once more, goes on where it was; loses nothing'],
  ],
};
