import type { Command, Flag } from '../definition.ts';

/** Shared with `plan failover`. */
export const failoverFlags: Record<string, Flag> = {
  point: { type: 'string', value: 'POINT|TIME', summary: 'Failover: from this point of the target' },
  'storage-class': {
    type: 'string',
    repeatable: true,
    value: 'FROM=TO',
    summary: 'Failover: a StorageClass and its name there',
  },
  override: {
    type: 'string',
    value: 'TEXT',
    summary: 'Failover: why a silent source cannot run',
  },
};

export const failover: Command = {
  name: 'failover',
  summary: 'Go on at another cluster, from the newest point usable there',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: {
    to: { type: 'string', value: 'CONTEXT', summary: 'The cluster to go on at' },
    component: { type: 'string', repeatable: true, value: 'COMPONENT', summary: 'Only this component; repeatable' },
    ...failoverFlags,
    yes: { type: 'boolean', summary: 'Do not ask' },
    'dry-run': { type: 'string', value: 'MODE', choices: ['client'], summary: 'Only print the plan' },
    reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
  },
  examples: [
    ['kubectl dr plan failover shop --to west', 'What would be stopped, made and lost'],
    ['kubectl dr failover shop --to west', 'Stops the old copy, sees that it stands still, goes on at west'],
    [
      'kubectl dr failover shop --to west --override "power of rack 3 is cut"',
      'The old cluster does not answer: the risk is taken by name',
    ],
  ],
};
