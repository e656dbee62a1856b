import type { Command } from '../definition.ts';

export const wait: Command = {
  name: 'wait',
  summary: 'Wait for an operation to end, or for an application to be safe',
  positionals: [{ name: 'OPERATION|APP', required: true, summary: 'Operation id, or application with --for=protected' }],
  flags: {
    for: { type: 'string', value: 'WHAT', choices: ['succeeded', 'protected'], summary: 'What to wait for (default succeeded)' },
    timeout: { type: 'string', value: '10m', summary: 'Give up after this long, exit 5 (default 10m)' },
  },
  examples: [
    ['kubectl dr wait restore-shop-7f3k2 --timeout 30m', 'Exit 0 when it succeeded, 3 when it failed, 5 when it still runs'],
    ['kubectl dr wait shop --for=protected', 'Until the verdict is Protected'],
  ],
};
