import type { Command } from '../definition.ts';

export const sandbox: Command = {
  name: 'sandbox',
  withoutData: true,
  summary: 'Start two small clusters with applications and points to try on',
  positionals: [],
  flags: {
    port: { type: 'number', value: 'PORT', summary: 'Port to listen on (default 16443)' },
    directory: { type: 'string', value: 'DIR', summary: 'Where the kubeconfig is written (default .sandbox)' },
  },
  examples: [['kubectl dr sandbox', 'Prints the KUBECONFIG to use and keeps running']],
};
