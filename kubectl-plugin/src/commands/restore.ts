import type { Command, Flag } from '../definition.ts';

/** Shared with `plan`: what is previewed is what runs. */
export const restoreFlags: Record<string, Flag> = {
  component: { type: 'string', repeatable: true, value: 'NAME', summary: 'Only this component; repeatable' },
  to: { type: 'string', value: 'POINT|TIME', summary: 'A point, an instant (14:05, 2h ago, RFC 3339) or latest (default)' },
  as: { type: 'string', value: 'NAMESPACE', summary: 'Namespace to restore into (impersonate with --as-user here)' },
  mode: {
    type: 'string',
    value: 'MODE',
    choices: ['clone'],
    summary: 'clone: beside the original',
  },
  isolate: {
    type: 'string',
    value: 'BOOL',
    choices: ['true', 'false'],
    summary: 'Deny the clone to reach anything outside (default true)',
  },
  'allow-missing-volumes': { type: 'boolean', summary: 'Take points that lack volumes as well; these come back empty' },
};

export const restore: Command = {
  name: 'restore',
  summary: 'Bring an application or a component back, beside the original',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: {
    ...restoreFlags,
    yes: { type: 'boolean', summary: 'Do not ask (a clone touches nothing that runs, and never asks)' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client'], summary: 'Only print the plan' },
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr restore shop', 'Newest usable point, beside the original'],
    ['kubectl dr restore shop --to 14:05 --as shop-1405', 'As it was at 14:05, into the namespace shop-1405'],
    ['kubectl dr restore shop --component orders-db', 'One component'],
  ],
  load: () => import('./restore.run.ts'),
};
