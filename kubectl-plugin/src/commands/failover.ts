import type { Command, Flag } from '../definition.ts';
import { patienceFlags } from '../patience-flags.ts';

const storageClass: Flag = {
  type: 'string',
  repeatable: true,
  value: 'FROM=TO',
  summary: 'A StorageClass and its name there; repeatable',
};

const host: Flag = { type: 'string', repeatable: true, value: 'FROM=TO', summary: 'A host and its name there (.east.org=.west.org)' };
const nodeLabel: Flag = { type: 'string', repeatable: true, value: 'K=V:K=V', summary: 'What a node selector asks for there' };

const namespace: Flag = { type: 'string', repeatable: true, value: 'FROM=TO', summary: 'Move: a namespace and its name there; repeatable' };

const without: Flag = { type: 'string', repeatable: true, value: 'COMPONENT', summary: 'All but this component; repeatable' };

/** What is called otherwise on another cluster: of moves, and of drills there. */
export const mappingFlags: Record<string, Flag> = { 'storage-class': storageClass, host, 'node-label': nodeLabel };

/** Shared with `plan failover`. */
export const failoverFlags: Record<string, Flag> = {
  without: { ...without, summary: 'Move: all but this component; repeatable' },
  point: { type: 'string', value: 'POINT|TIME', summary: 'Failover: back to this point or moment' },
  'accept-data-loss': { type: 'boolean', summary: 'Failover: leave data newer than --point behind' },
  'map-namespace': namespace,
  ...mappingFlags,
  override: {
    type: 'string',
    value: 'TEXT',
    summary: 'Failover: why a silent source cannot run',
  },
};

/** Of every way to another cluster. */
export const moveFlags: Record<string, Flag> = {
  component: { type: 'string', repeatable: true, value: 'COMPONENT', summary: 'Only this component; repeatable' },
  without,
  'map-namespace': { ...namespace, summary: 'A namespace and its name there; repeatable' },
  ...mappingFlags,
  'undo-window': { type: 'string', value: '24h', summary: 'How long it can be undone (default 24h)' },
  yes: { type: 'boolean', summary: 'Do not ask' },
  'dry-run': { type: 'string', value: 'MODE', choices: ['client', 'server'], summary: 'Only print the plan; server: ask them too' },
  ...patienceFlags,
  reason: { type: 'string', value: 'TEXT', summary: 'Why, for the journal' },
};

export const failover: Command = {
  name: 'failover',
  summary: 'Go on at another cluster, with the newest data usable there',
  positionals: [{ name: 'APP', required: true, summary: 'Application name or entity ref' }],
  flags: {
    to: { type: 'string', value: 'CONTEXT', summary: 'The cluster to go on at' },
    ...failoverFlags,
    ...moveFlags,
  },
  examples: [
    ['kubectl dr failover shop --to west', 'Stops the old copy, sees that it stands still, goes on at west'],
    [
      'kubectl dr failover shop --to west --override "power of rack 3 is cut"',
      'The old cluster does not answer: the risk is taken by name',
    ],
    ['kubectl dr failover shop --to west --point 02:00 --accept-data-loss', 'Back to before damage was done: what is newer is left behind'],
  ],
};
