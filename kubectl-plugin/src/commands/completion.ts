import type { Command } from '../definition.ts';

export const completion: Command = {
  name: 'completion',
  withoutData: true,
  summary: 'Completion of words by the tab key: for kubectl dr, or for a shell',
  positionals: [
    { name: 'SHELL', required: true, summary: 'install (for kubectl), bash, zsh or fish', choices: ['install', 'bash', 'zsh', 'fish'] },
  ],
  flags: { directory: { type: 'string', value: 'DIR', summary: 'install: a folder of PATH (default: that of kubectl-dr)' } },
  examples: [
    ['kubectl dr completion install', 'For "kubectl dr": writes kubectl_complete-dr, which kubectl asks'],
    ['source <(kubectl-dr completion bash)', 'For "kubectl-dr", in the shell that runs'],
  ],
};
