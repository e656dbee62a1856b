import type { Command } from '../definition.ts';

export const policy: Command = {
  name: 'policy',
  summary: 'Policies as objects of engines: render, apply, lint',
  positionals: [
    { name: 'ACTION', required: true, summary: 'render, apply or lint', choices: ['render', 'apply', 'lint'] },
    { name: 'APP', required: false, summary: 'Application name or entity ref; default all' },
  ],
  flags: {
    filename: {
      type: 'string',
      alias: 'f',
      repeatable: true,
      value: 'FILE',
      summary: 'Catalog file or folder instead of the configured ones; repeatable',
    },
    diff: { type: 'boolean', summary: 'render: what would change on the clusters, instead of the objects' },
    prune: { type: 'boolean', summary: 'apply: also remove what a policy made and no longer asks for' },
    'dry-run': { type: 'boolean', summary: 'apply: let the servers check it, and write nothing' },
    yes: { type: 'boolean', summary: 'apply --prune: do not ask' },
  },
  examples: [
    ['kubectl dr policy lint -f policies/', 'Before a merge: exit 4 when a policy is wrong'],
    ['kubectl dr policy render shop --context east > shop.yaml', 'For GitOps'],
    ['kubectl dr policy render shop --diff', 'What differs from the clusters'],
    ['kubectl dr policy apply shop', 'Check on the server, show the difference, write'],
  ],
};
