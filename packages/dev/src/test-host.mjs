// npm run test:host: the plugins, packed and installed into a fresh Backstage that this repository did not write (create-app of the same
// release), work after the steps of their READMEs. Takes ten minutes, and 4 GB in a temporary folder, which is removed at the end.
//   npm run test:host -- new         with the new frontend system only; `legacy` with the old one only
//   npm run test:host -- --keep      leaves the folder, and tells where it is
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { makeHost } = await import('./host/make-host.mjs');
const { lookAtHost } = await import('./host/look-at-host.mjs');
const { pluginPackages } = await import('./release/plugin-packages.mjs');
const { call } = await import('./release/call.mjs');
const { findChromium } = await import('../../../test/browser/chromium.ts');
const { startSandbox } = await import('../../sandbox/src/index.ts');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean', default: false } } });
const systems = positionals.length > 0 ? positionals : ['new', 'legacy'];
if (findChromium() === undefined) {
  console.error('There is no Chromium on this machine: install it, or name it in CHROMIUM');
  process.exit(1);
}
const work = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-host-'));
const began = Date.now();
const say = (what) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${what}`);
const ending = [];
let failed = false;
try {
  say('packing the plugins');
  const packing = path.join(work, 'packages');
  mkdirSync(packing);
  const packed = await pluginPackages({ version: '0.1.0', work: packing, out: packing });
  for (const { archive } of packed) say(`  ${path.basename(archive)}`);
  const sandbox = await startSandbox({ port: 0, directory: path.join(work, 'sandbox') });
  ending.push(() => sandbox.close());
  for (const system of systems) {
    const folder = path.join(work, system);
    const env = makeHost({ folder, tools: path.join(work, 'tools'), system, packed, say });
    const port = await freePort();
    const baseUrl = `http://localhost:${port}`;
    const file = path.join(folder, 'app-config.host.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration(baseUrl, port, sandbox.kubeconfigPath)));
    say('building the app');
    const config = ['--config', '../../app-config.yaml', '--config', file];
    const cli = path.join(folder, 'node_modules/@backstage/cli/bin/backstage-cli');
    const hostEnv = { ...env, NODE_ENV: 'development', GITHUB_TOKEN: 'none', NODE_OPTIONS: '' };
    call(process.execPath, [cli, 'package', 'build', ...config], {
      cwd: path.join(folder, 'packages/app'),
      env: { ...hostEnv, NODE_ENV: 'production' },
    });
    say('starting the backend');
    const stop = await start([cli, 'package', 'start', ...config], { cwd: path.join(folder, 'packages/backend'), env: hostEnv, baseUrl });
    ending.unshift(stop);
    for (const line of await lookAtHost({ baseUrl, pictures: path.join(root, 'test-results/host'), system })) say(line);
    await stop();
  }
  say('The packed plugins work in a fresh Backstage.');
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  for (const end of ending) await end();
  if (values.keep) console.log(`Kept: ${work}`);
  else rmSync(work, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** What the READMEs tell to write, and where this run listens. */
function configuration(baseUrl, port, kubeconfig) {
  return {
    app: { baseUrl },
    backend: { baseUrl, listen: { port, host: '127.0.0.1' }, cors: { origin: baseUrl } },
    integrations: { github: [] },
    catalog: {
      rules: [{ allow: ['Component', 'System', 'Domain', 'API', 'Resource', 'Location', 'Group', 'User', 'DRPolicy'] }],
      locations: [{ type: 'file', target: path.join(root, 'packages/sandbox/catalog/*.yaml') }],
    },
    dr: {
      clusters: ['east', 'west'].map((name) => ({ name, kubeconfig, context: name })),
      authorization: { operators: ['user:development/guest'] },
    },
  };
}

async function start(args, { cwd, env, baseUrl }) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.push(String(data)));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // With the process that it starts itself.
    process.kill(-child.pid, 'SIGTERM');
    const force = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 5_000);
    await gone;
    clearTimeout(force);
  };
  const end = Date.now() + 180_000;
  while (Date.now() < end && child.exitCode === null) {
    const ready = await fetch(`${baseUrl}/.backstage/health/v1/readiness`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return stop;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await stop();
  throw new Error(`The backend of the host did not get ready:\n${log.join('').slice(-6000)}`);
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
