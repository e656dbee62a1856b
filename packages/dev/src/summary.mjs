// The closing line of CI: counts of every suite that wrote its results, and a failure for anything that failed besides.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of ['test-results.json', 'browser-results.json', 'cluster-results.json']) {
  const at = path.join(root, 'node_modules/.cache', file);
  if (!existsSync(at)) continue;
  const results = JSON.parse(readFileSync(at, 'utf8'));
  passed += results.numPassedTests;
  failed += results.numFailedTests + (results.numFailedTestSuites > 0 && results.numFailedTests === 0 ? results.numFailedTestSuites : 0);
  skipped += results.numPendingTests;
}
if (process.argv[2] !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
