// Paired ratios: both commands in turn in one run, medians. Read the ratio, not the times. Plans have no pair: read the shares.
//   npm run bench                 every benchmark
//   npm run bench -- version      only this one
//   npm run bench -- --json       one JSON object a line: name, a, b, ratio, runs, unit
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { inNode24 } from './install.mjs';

await inNode24(import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '11' } },
});
const runs = Number(values.runs);
const { benchmarks } = await import('./bench/benchmarks.mjs');

const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name.startsWith(name)));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown[0]}"; there are: ${benchmarks.map((benchmark) => benchmark.name).join(', ')}`);
  process.exit(2);
}

const machine = { processors: os.availableParallelism(), memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB` };
if (!values.json) console.log(`On ${machine.processors} processors with ${machine.memory} of memory, Node ${process.versions.node}.`);

function once({ command, args, env, cwd }) {
  const began = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  if (result.error || result.status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${result.error?.message ?? String(result.stderr).trim()}`);
  return Number(process.hrtime.bigint() - began) / 1e6;
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.some((name) => benchmark.name.startsWith(name))) continue;
  const skip = await benchmark.skip?.();
  if (skip) {
    if (!values.json) console.log(`${benchmark.name}: skipped, ${skip}`);
    continue;
  }
  if (benchmark.measure) {
    const { row, text } = await benchmark.measure(runs);
    const rounded = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)]));
    console.log(
      values.json ? JSON.stringify({ name: benchmark.name, ...rounded, runs, unit: 'ms', machine }) : `${benchmark.name}: ${text}`,
    );
    continue;
  }
  const { a, b, close } = await benchmark.prepare();
  try {
    // The first run of each fills caches that every later run has.
    once(a);
    once(b);
    const times = { a: [], b: [] };
    for (let run = 0; run < runs; run += 1) {
      times.a.push(once(a));
      times.b.push(once(b));
    }
    const row = { name: benchmark.name, a: round(median(times.a)), b: round(median(times.b)), runs, unit: 'ms' };
    row.ratio = round(row.a / row.b);
    console.log(
      values.json
        ? JSON.stringify(row)
        : `${row.name}: ${row.a} ms against ${row.b} ms (${benchmark.against}), ratio ${row.ratio}, median of ${runs}`,
    );
  } finally {
    await close?.();
  }
}

function round(number) {
  return Math.round(number * 100) / 100;
}
