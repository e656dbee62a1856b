import type { Command, Flag } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

/** Shared with `plan`: what is previewed is what runs. */
export const restoreFlags: Record<string, Flag> = {
  component: { type: 'string', repeatable: true, value: 'COMPONENT', summary: 'Only this component; repeatable' },
  to: { type: 'string', value: 'POINT|TIME', summary: 'A point, a time (14:05, 2h ago); default latest' },
  as: { type: 'string', value: 'NAMESPACE', summary: 'Into this namespace (impersonate with --as-user)' },
  mode: {
    type: 'string',
    value: 'MODE',
    choices: ['clone', 'inPlace', 'dataOnly', 'configOnly'],
    summary: 'clone (default), inPlace, dataOnly or configOnly',
  },
  isolate: {
    type: 'string',
    value: 'BOOL',
    choices: ['true', 'false'],
    summary: 'Clone: let it reach nothing else (default true)',
  },
  'allow-missing-volumes': { type: 'boolean', summary: 'Clone: also from points that lack volumes' },
  prune: { type: 'boolean', summary: 'In place: remove what exists now and did not then' },
  'undo-window': { type: 'string', value: '24h', summary: 'In place: how long it can be undone (default 24h)' },
  'restart-dependents': { type: 'boolean', summary: 'In place: restart what depends on what went back' },
  'safety-backup': {
    type: 'string',
    value: 'BOOL',
    choices: ['true', 'false'],
    summary: 'In place: capture it as is first (default true)',
  },
};

export const restore: Command = {
  name: 'restore',
  summary: 'Bring an application back, beside the original or in place',
  positionals: [{ name: 'APP', required: false, summary: 'Application name or entity ref; on a terminal it is asked for' }],
  flags: {
    ...restoreFlags,
    yes: { type: 'boolean', summary: 'Do not ask before it goes back in place' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client', 'server'], summary: 'Only print the plan; server: ask them too' },
    ...patienceFlags,
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr restore', 'Asks which application, which point and which components'],
    ['kubectl dr restore shop', 'Newest usable point, beside the original'],
    ['kubectl dr restore shop --component orders-db --mode dataOnly --to 14:05', 'The data of one component, where it is, as of 14:05'],
  ],
};
