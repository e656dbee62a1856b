// The closing lines of CI: what failed, by name and with the first line of why, and the counts of every suite that wrote its
// results. Whatever failed besides a test (types, lint, a suite that could not be loaded) is a failure too.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

// A log is often kept by its end only: what failed must stand there.
const SHOWN = 50;
const WIDTH = 300;
const firstLine = (text) => (text ?? '').trim().split('\n', 1)[0].slice(0, WIDTH);

let passed = 0;
let skipped = 0;
const failures = [];
for (const file of ['test-results.json', 'browser-results.json', 'cluster-results.json']) {
  const at = path.join(root, 'node_modules/.cache', file);
  if (!existsSync(at)) continue;
  const results = JSON.parse(readFileSync(at, 'utf8'));
  passed += results.numPassedTests;
  skipped += results.numPendingTests;
  for (const suite of results.testResults) {
    const name = path.relative(root, suite.name);
    const cases = suite.assertionResults.filter((each) => each.status === 'failed');
    for (const each of cases) failures.push(`${name}: ${each.fullName.trim()}\n    ${firstLine(each.failureMessages[0])}`);
    if (suite.status === 'failed' && cases.length === 0) failures.push(`${name}: could not be run\n    ${firstLine(suite.message)}`);
  }
}
if (process.argv[2] !== '0' && failures.length === 0) {
  failures.push('no test: see above for types, lint, format or a suite that ended early');
}
if (failures.length > 0) {
  console.log(
    `\nWhat failed:\n${failures
      .slice(0, SHOWN)
      .map((each) => `  ${each}`)
      .join('\n')}`,
  );
  if (failures.length > SHOWN) console.log(`  and ${failures.length - SHOWN} more`);
}
console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
