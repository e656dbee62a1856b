// Types, lint and format of the whole repository. `--fix` formats.
import path from 'node:path';
import { inNode24, root, run } from './install.mjs';

await inNode24(import.meta.url);

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const checks = [
  ['types', bin('tsc'), ['--noEmit', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check.tsbuildinfo']],
  ['lint', bin('oxlint'), ['packages', 'plugins', 'kubectl-plugin', 'test', '--deny-warnings']],
  ['format', bin('oxfmt'), process.argv.includes('--fix') ? ['.'] : ['--check', '.']],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const began = Date.now();
  try {
    await run(command, args);
    console.log(`ok      ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}: ${error.message}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
