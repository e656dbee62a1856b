import type { Command } from '../definition.ts';

export const report: Command = {
  name: 'report',
  summary: 'How everything stands as evidence: one page without links, or data',
  positionals: [{ name: 'APP', required: false, summary: 'Application name or entity ref; default all' }],
  flags: {
    output: { type: 'string', alias: 'o', value: 'FORMAT', choices: ['html', 'json', 'yaml'], summary: 'html (default), json or yaml' },
    out: { type: 'string', value: 'FILE', summary: 'Write it into this file instead' },
    drill: { type: 'string', value: 'DRILL', summary: 'Only the evidence of this drill' },
    since: { type: 'string', value: '30d', summary: 'How far back points are listed (default 30d)' },
  },
  examples: [
    ['kubectl dr report --out report.html', 'For the auditor: status, points of 30 days, findings, restores'],
    ['kubectl dr report --drill drill-shop-7f3k2 --out drill.html', 'What one drill proved, with its hash'],
    ['kubectl dr report shop -o json', 'The same of one application, as data'],
  ],
};
