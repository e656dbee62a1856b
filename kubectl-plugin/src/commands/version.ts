import type { Command } from '../definition.ts';

export const version: Command = {
  name: 'version',
  looks: true,
  summary: 'Version of this command',
  positionals: [],
  flags: {},
  examples: [['kubectl dr version', 'Prints one line']],
};
