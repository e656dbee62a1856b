// The closing lines of CI: what failed, and what passed only when it was tried again, by name and with the first line of why, then the
// counts of every suite that wrote its results. Whatever failed besides a test (types, lint, a suite that ended early) is a failure too.
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
const again = [];
for (const file of ['test-results.json', 'browser-results.json', 'cluster-results.json']) {
  const at = path.join(root, 'node_modules/.cache', file);
  if (!existsSync(at)) continue;
  const results = JSON.parse(readFileSync(at, 'utf8'));
  passed += results.numPassedTests;
  skipped += results.numPendingTests;
  for (const suite of results.testResults) {
    const name = path.relative(root, suite.name);
    const of = (status) => suite.assertionResults.filter((each) => each.status === status && each.failureMessages.length > 0);
    const told = (each) => `${name}: ${each.fullName.trim()}\n    ${firstLine(each.failureMessages[0])}`;
    const cases = of('failed');
    failures.push(...cases.map(told));
    again.push(...of('passed').map(told));
    if (suite.status === 'failed' && cases.length === 0) failures.push(`${name}: could not be run\n    ${firstLine(suite.message)}`);
  }
}
if (process.argv[2] !== '0' && failures.length === 0) {
  failures.push('no test: see above for types, lint, format or a suite that ended early');
}
const list = (title, entries) => {
  if (entries.length === 0) return;
  console.log(`\n${title}:`);
  for (const entry of entries.slice(0, SHOWN)) console.log(`  ${entry}`);
  if (entries.length > SHOWN) console.log(`  and ${entries.length - SHOWN} more`);
};
list('Passed only when it was tried again', again);
list('What failed', failures);
console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
