import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm run release` and `npm run test:host` pack for a Backstage. */
const packages = [
  'packages/core',
  'packages/kubernetes',
  ...['dr-common', 'dr-node', 'dr-backend', 'dr', 'catalog-backend-module-dr'].map((name) => `plugins/${name}`),
];

describe('CHANGELOG.md, in the form that Backstage and its tools read', () => {
  it.each(packages)('%s tells what its version changes', (folder) => {
    const { name, version } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const text = readFileSync(path.join(root, folder, 'CHANGELOG.md'), 'utf8');
    const headings = text.split('\n').filter((line) => line.startsWith('#'));
    expect(headings.slice(0, 2)).toEqual([`# ${name}`, `## ${version}`]);
    for (const heading of headings.slice(1)) expect(heading).toMatch(/^(## \d+\.\d+\.\d+|### (Major|Minor|Patch) Changes)$/);
    for (const section of text.split(/^### .*$/m).slice(1)) expect(section).toMatch(/^\s*- \S/);
  });

  it('is there for every package that is packed', () => {
    const packing = readFileSync(path.join(root, 'packages/dev/src/release/plugin-packages.mjs'), 'utf8');
    const listed = /const folders = \[([^\]]*)\]/.exec(packing)![1]!;
    expect([...listed.matchAll(/'([^']+)'/g)].map(([, folder]) => folder).toSorted()).toEqual(packages.toSorted());
  });
});
