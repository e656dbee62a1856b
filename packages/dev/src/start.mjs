// npm start: the sandbox (two clusters) and the portal. npm run sandbox: the sandbox alone.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inNode24, root } from './install.mjs';

const { values } = parseArgs({
  options: {
    'sandbox-only': { type: 'boolean', default: false },
    'sandbox-port': { type: 'string', default: '16443' },
    'portal-port': { type: 'string', default: '3000' },
    'backend-port': { type: 'string', default: '7007' },
    steered: { type: 'boolean', default: false },
    fault: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(`npm start [-- --portal-port 3000 --backend-port 7007 --sandbox-port 16443 --steered]
npm run sandbox [-- --sandbox-port 16443 --steered]`);
  process.exit(0);
}

await inNode24(import.meta.url);

const sandboxPort = Number(values['sandbox-port']);
const portalPort = Number(values['portal-port']);
const backendPort = Number(values['backend-port']);
const children = new Set();
let stopping = false;

function stop(code) {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
  // Somebody who does not leave within five seconds is made to.
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(code);
  }, 5_000).unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));

function start(name, command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  const last = [];
  child.output = last;
  child.stdout.on('data', (data) => keep(last, data));
  child.stderr.on('data', (data) => keep(last, data));
  child.once('exit', (code) => {
    children.delete(child);
    if (!stopping) {
      process.stderr.write(`${last.join('')}\nThe ${name} ended (exit code ${code}).\n`);
      stop(1);
    }
  });
  return child;
}
function keep(last, data) {
  last.push(String(data));
  if (last.length > 60) last.shift();
  if (process.env.DEBUG) process.stderr.write(data);
}

/** One sentence with the flag to change, before anything is started. */
async function assertFree(port, flag) {
  await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => probe.close(resolve));
  }).catch(() => {
    process.stderr.write(`Port ${port} is in use: stop what listens there, or choose another with ${flag} PORT\n`);
    process.exit(1);
  });
}

async function until(url, label) {
  const began = Date.now();
  let told = 0;
  while (!stopping) {
    try {
      const response = await fetch(url);
      if (response.ok) return;
    } catch {
      // not there yet
    }
    const seconds = Math.round((Date.now() - began) / 1000);
    if (seconds >= told + 5) {
      told = seconds;
      process.stderr.write(`  waiting for the ${label}, ${seconds} s\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

await assertFree(sandboxPort, '-- --sandbox-port');
if (!values['sandbox-only']) {
  await assertFree(portalPort, '-- --portal-port');
  await assertFree(backendPort, '-- --backend-port');
}

const kubeconfig = path.join(root, '.sandbox', 'kubeconfig');
const sandboxArgs = ['packages/sandbox/src/bin/sandbox.ts', '--port', String(sandboxPort), '--directory', path.join(root, '.sandbox')];
if (values.steered) sandboxArgs.push('--steered');
for (const fault of values.fault) sandboxArgs.push('--fault', fault);

if (values['sandbox-only']) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...sandboxArgs], { cwd: root, stdio: 'inherit' });
  children.add(child);
  child.once('exit', (code) => process.exit(code ?? 0));
} else {
  process.stderr.write('Starting the sandbox: clusters east and west\n');
  const sandbox = start('sandbox', process.execPath, ['--disable-warning=ExperimentalWarning', ...sandboxArgs]);
  await new Promise((resolve) => {
    sandbox.stdout.on('data', (data) => String(data).includes('KUBECONFIG') && resolve());
    sandbox.once('exit', resolve);
  });
  if (!stopping) {
    process.stderr.write('Starting the portal: backend, then the app\n');
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      APP_CONFIG_app_baseUrl: JSON.stringify(`http://localhost:${portalPort}`),
      APP_CONFIG_backend_baseUrl: JSON.stringify(`http://localhost:${backendPort}`),
      APP_CONFIG_backend_listen_port: String(backendPort),
      APP_CONFIG_backend_cors_origin: JSON.stringify(`http://localhost:${portalPort}`),
    };
    start(
      'backend',
      process.execPath,
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'src/index.ts', '--config', '../../app-config.yaml'],
      {
        cwd: path.join(root, 'packages/backend'),
        env,
      },
    );
    start(
      'app',
      process.execPath,
      [path.join(root, 'node_modules/@backstage/cli/bin/backstage-cli'), 'package', 'start', '--config', '../../app-config.yaml'],
      {
        cwd: path.join(root, 'packages/app'),
        env: { ...env, BROWSER: 'none' },
      },
    );
    await until(`http://localhost:${backendPort}/.backstage/health/v1/readiness`, 'backend');
    await until(`http://localhost:${portalPort}`, 'app');
    if (!stopping) {
      console.log(`
  Portal      http://localhost:${portalPort}   (choose a user on the first page)
  Clusters    export KUBECONFIG=${kubeconfig}

  Try         npx kubectl-dr status
              npx kubectl-dr status shop
              npx kubectl-dr restore shop --as shop-copy

  Ctrl-C ends everything.
`);
    }
  }
}
