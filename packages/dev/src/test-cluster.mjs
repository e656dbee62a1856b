// Every suite against the cluster in memory, the sandbox and a real control plane; see test/cluster/README.md.
// Arguments go to vitest: npm run test:cluster -- cluster-client
import path from 'node:path';
import { inNode24, root, run } from './install.mjs';

await inNode24(import.meta.url);

process.exitCode = await run(process.execPath, [
  path.join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  '-c',
  path.join(root, 'test/cluster/vitest.config.mts'),
  ...process.argv.slice(2),
]).then(
  () => 0,
  () => 1,
);
