// Paired ratios: both commands in turn in one run, medians. Read the ratio, not the times; on a busy machine that of the processor
// time (user and system, of the whole run, Linux only) is the better witness. Plans have no pair: read the shares.
//   npm run bench                 every benchmark
//   npm run bench -- version      only this one; `portal` the three of the portal
//   npm run bench -- --json       one JSON object a line: name, a, b, ratio, processor (its ratio), most (what is aimed at), runs, unit
//   VELERO_BIN names the program velero for the rows that are measured against it.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
const { closePortalWorld } = await import('./bench/portal/portal-world.mjs');

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
/** Processor time of all processes that were run and have ended, milliseconds; undefined where nobody tells. */
function processorOfRuns() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return undefined;
  }
}

/** Most memory that a process held, MB; looked at while it runs, for a process that ended tells it nobody. */
async function memoryOf({ command, args, env, cwd }) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  let most = 0;
  const look = setInterval(() => {
    try {
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  }, 5);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return most / 1024;
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
    const { row, text } = await benchmark.measure(runs).catch(async (error) => {
      await closePortalWorld();
      throw error;
    });
    const rounded = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)]));
    console.log(
      values.json ? JSON.stringify({ name: benchmark.name, ...rounded, runs, unit: 'ms', machine }) : `${benchmark.name}: ${text}`,
    );
    continue;
  }
  const { a, b, close } = await benchmark.prepare();
  try {
    // The first run of each fills caches that every later run has.
    const measure = benchmark.memory ? memoryOf : once;
    await measure(a);
    await measure(b);
    const times = { a: [], b: [] };
    const processor = { a: 0, b: 0 };
    for (let run = 0; run < runs; run += 1) {
      for (const [which, command] of Object.entries({ a, b })) {
        const before = processorOfRuns();
        times[which].push(await measure(command));
        processor[which] += processorOfRuns() - before;
      }
    }
    const row = { name: benchmark.name, a: round(median(times.a)), b: round(median(times.b)), runs, unit: benchmark.memory ? 'MB' : 'ms' };
    row.ratio = round(row.a / row.b);
    if (!benchmark.memory && processor.b > 0) row.processor = round(processor.a / processor.b);
    if (benchmark.most !== undefined) row.most = benchmark.most;
    console.log(
      values.json
        ? JSON.stringify(row)
        : `${row.name}: ${row.a} ${row.unit} against ${row.b} ${row.unit} (${benchmark.against}), ratio ${row.ratio}${row.processor === undefined ? '' : ` (processor ${row.processor})`}${row.most === undefined ? '' : ` of at most ${row.most}`}, median of ${runs}`,
    );
  } finally {
    await close?.();
  }
}
await closePortalWorld();

function round(number) {
  return Math.round(number * 100) / 100;
}
