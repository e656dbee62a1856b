import type { Flag } from './definition.ts';

/** Of every command that carries an operation out. */
export const patienceFlags: Record<string, Flag> = {
  timeout: { type: 'string', value: '10m', summary: 'Leave after so long (exit 5); what runs goes on' },
  wait: { type: 'boolean', summary: 'With --portal: --wait=false leaves at once' },
};
