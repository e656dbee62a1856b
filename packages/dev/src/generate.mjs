// Writes every generated file anew. --check: writes nothing, and fails where a file differs from what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { registry } = await import('./generate/registry.mjs');
const { builtInFields } = await import('./generate/built-in-fields.mjs');
const { csiTypes, veleroTypes } = await import('./generate/custom-resources.mjs');
const { commandLine } = await import('./generate/command-line.mjs');
const { apiReports } = await import('./generate/api-reports.mjs');
const check = process.argv.includes('--check');

for (const generated of [registry, veleroTypes, csiTypes, builtInFields, commandLine, ...apiReports]) {
  const name = path.relative(root, generated.file);
  const missing = generated.missing();
  if (missing) {
    console.log(`skipped ${name}: ${missing}`);
    continue;
  }
  const text = await generated.make();
  const same = existsSync(generated.file) && readFileSync(generated.file, 'utf8') === text;
  if (check && !same) {
    console.log(`differs ${name}: run npm run generate`);
    process.exitCode = 1;
    continue;
  }
  if (!same) writeFileSync(generated.file, text);
  console.log(`${same ? 'same   ' : 'written'} ${name}`);
}
