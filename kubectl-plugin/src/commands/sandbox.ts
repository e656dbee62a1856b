import type { Command } from '../definition.ts';

export const sandbox: Command = {
  name: 'sandbox',
  withoutData: true,
  summary: 'Start two small clusters with applications and points to try on',
  positionals: [
    {
      name: 'ACTION',
      required: false,
      summary: 'Of one that runs: lose a cluster, or bring it back',
      choices: ['lose', 'cut-off', 'bring-back'],
    },
    { name: 'CLUSTER', required: false, summary: 'east or west', choices: ['east', 'west'] },
  ],
  flags: {
    port: { type: 'number', value: 'PORT', summary: 'Port to listen on (default 16443)' },
    directory: { type: 'string', value: 'DIR', summary: 'Where the kubeconfig is written (default .sandbox)' },
    standby: { type: 'boolean', summary: 'Each cluster can go on for the other' },
    steered: { type: 'boolean', summary: 'Two more applications, which Ramen and Stork move' },
  },
  examples: [
    ['kubectl dr sandbox', 'Prints the KUBECONFIG to use and keeps running'],
    ['kubectl dr sandbox lose east', 'In another terminal: the power of east is cut'],
    ['kubectl dr sandbox cut-off east', 'Nobody reaches it, and its workloads go on'],
    ['kubectl dr sandbox bring-back east', 'It answers again, and what ran there starts'],
  ],
};
