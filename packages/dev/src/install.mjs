import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Node 24 from the lockfile, where its package exists for this platform; else the Node that runs us. */
export function node24() {
  const local = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  return existsSync(local) ? local : process.execPath;
}

const stamp = path.join(root, 'node_modules', '.kubectl-dr-install');

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

/** `npm ci`, unless node_modules already is what the lockfile says. Shows that it is alive, for it takes minutes. */
export async function ensureInstalled() {
  const wanted = lockDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  process.stderr.write('Installing dependencies from the lockfile (two to four minutes the first time)\n');
  const ticker = setInterval(() => process.stderr.write(`  still installing, ${seconds()} s\n`), 20_000);
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: process.platform === 'win32' });
  } finally {
    clearInterval(ticker);
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`Installed in ${seconds()} s\n`);
}

/** Runs a command to its end with our streams; rejects with one sentence when it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${path.basename(command)} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
}

/**
 * npm scripts may be started by any Node from 20 on; the work itself is done by Node 24. Returns only in Node 24 (or
 * where the platform has no package for it, in a Node that is new enough).
 */
export async function inNode24(self) {
  await ensureInstalled();
  const [major] = process.versions.node.split('.').map(Number);
  if (major >= 24) return;
  const wanted = node24();
  if (wanted === process.execPath) {
    if (major >= 22) return;
    throw new Error(
      `Node ${process.versions.node} is too old and there is no packaged Node 24 for ${process.platform}-${process.arch}: install Node 24`,
    );
  }
  const child = spawn(wanted, [...process.execArgv, fileURLToPath(self), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${path.dirname(wanted)}${path.delimiter}${process.env.PATH}` },
  });
  // The child is in our process group and gets Ctrl-C itself; we only wait for it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => child.once('exit', (exit, signal) => resolve(exit ?? (signal === 'SIGINT' ? 130 : 143))));
  process.exit(code);
}
