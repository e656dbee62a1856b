// Runs in the new network: leads to the ports outside, then starts the program and ends with it.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { tunnel } from './own-network.ts';

const [plan, command, ...args] = process.argv.slice(2);
const { folder, outward, inward } = JSON.parse(plan!) as { folder: string; outward: number[]; inward: number[] };
const socket = (port: number): string => path.join(folder, `${port}.sock`);
for (const port of outward) await tunnel({ host: '127.0.0.1', port }, { path: socket(port) });
for (const port of inward) await tunnel({ path: socket(port) }, { host: '127.0.0.1', port });
const child = spawn(command!, args, { stdio: 'inherit' });
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
