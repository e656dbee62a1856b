// Everything that needs no Go, no cluster and no browser download: types, lint, format, then every vitest project.
// Arguments go to vitest: npm test -- planning
import path from 'node:path';
import { inNode24, root, run } from './install.mjs';

await inNode24(import.meta.url);

const filters = process.argv.slice(2);
let failed = false;
if (filters.length === 0) {
  await run(process.execPath, [path.join(root, 'packages/dev/src/check.mjs')]).catch(() => (failed = true));
}
await run(process.execPath, [
  path.join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  '-c',
  path.join(root, 'packages/dev/vitest.config.mts'),
  '--reporter=default',
  '--reporter=json',
  '--outputFile.json=node_modules/.cache/test-results.json',
  ...filters,
]).catch(() => (failed = true));
process.exitCode = failed ? 1 : 0;
