// npm run test:host: the plugins, packed and installed into a fresh Backstage that this repository did not write (create-app of the same
// release), work after the steps of their READMEs. Takes ten minutes, and 4 GB in a temporary folder, which is removed at the end.
//   npm run test:host -- new         with the new frontend system only; `legacy` with the old one only
//   npm run test:host -- --keep      leaves the folder, and tells where it is
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { installTools, makeHost, told, whyNoHost } = await import('./host/make-host.mjs');
const { lookAtHost } = await import('./host/look-at-host.mjs');
const { template } = await import('./host/look-at-actions.mjs');
const { westOfKubernetesPlugin } = await import('./host/own-clusters.mjs');
const { startProgress } = await import('./host/progress.mjs');
const { pluginPackages } = await import('./release/plugin-packages.mjs');
const { findChromium } = await import('../../../test/browser/chromium.ts');
const { startSandbox } = await import('../../sandbox/src/index.ts');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'boolean', default: false } } });
const systems = positionals.length > 0 ? positionals : ['new', 'legacy'];
const wrong = systems.find((system) => system !== 'new' && system !== 'legacy');
if (wrong !== undefined) {
  console.error(`There is no frontend system "${wrong}": new, legacy, or nothing for both`);
  process.exit(2);
}
const skipped = findChromium() === undefined ? 'there is no Chromium: install it, or name it in CHROMIUM' : whyNoHost();
if (skipped !== undefined) {
  console.log(`Skipped: ${skipped}`);
  process.exit(0);
}

const work = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-host-'));
const progress = startProgress();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void progress.stop());
/** What became of each frontend. */
const verdicts = [];
let sandbox;
try {
  progress.say('packing the plugins');
  const packing = path.join(work, 'packages');
  mkdirSync(packing);
  const packed = await pluginPackages({ version: '0.1.0', work: packing, out: packing });
  for (const { archive } of packed) progress.say(`  ${path.basename(archive)}`);
  const tools = path.join(work, 'tools');
  await installTools({ tools, progress });
  sandbox = await startSandbox({ port: 0, directory: path.join(work, 'sandbox') });
  for (const system of systems) {
    const began = Date.now();
    try {
      await tryHost({ system, folder: path.join(work, system), tools, packed });
      verdicts.push({ system, works: true, seconds: Math.round((Date.now() - began) / 1000) });
    } catch (error) {
      progress.say(`${system}: ${error.stack ?? error}`);
      verdicts.push({ system, works: false, why: String(error.message).split('\n')[0] });
    }
  }
} catch (error) {
  console.error(error);
} finally {
  await progress.stop();
  await sandbox?.close();
  if (values.keep) console.log(`Kept: ${work}`);
  else rmSync(work, { recursive: true, force: true });
}
console.log();
for (const { system, works, seconds, why } of verdicts)
  console.log(`${`${system} frontend`.padEnd(16)}  ${works ? `works in a fresh Backstage (${seconds} s)` : `FAILED: ${why}`}`);
for (const system of systems.slice(verdicts.length)) console.log(`${`${system} frontend`.padEnd(16)}  NOT TRIED`);
process.exit(verdicts.filter(({ works }) => works).length === systems.length ? 0 : 1);

/** Makes a host, builds and starts it, and looks at its pages. */
async function tryHost({ system, folder, tools, packed }) {
  const west = westOfKubernetesPlugin(sandbox.kubeconfigPath);
  const env = await makeHost({ folder, tools, system, packed, progress, ...(system === 'new' && { module: west.module }) });
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const file = path.join(folder, 'app-config.host.yaml');
  // JSON is YAML.
  const templates = path.join(folder, 'template.yaml');
  writeFileSync(templates, JSON.stringify(template));
  const kubeconfig = sandbox.kubeconfigPath;
  writeFileSync(file, JSON.stringify(configuration({ baseUrl, port, kubeconfig, templates, locator: west.config })));
  const config = ['--config', '../../app-config.yaml', '--config', file];
  const cli = path.join(folder, 'node_modules/@backstage/cli/bin/backstage-cli');
  const hostEnv = { ...env, NODE_ENV: 'development', GITHUB_TOKEN: 'none', NODE_OPTIONS: '' };
  await progress.run('building the app', process.execPath, [cli, 'package', 'build', ...config], {
    cwd: path.join(folder, 'packages/app'),
    env: { ...hostEnv, NODE_ENV: 'production' },
  });
  progress.say('starting the backend');
  const cwd = path.join(folder, 'packages/backend');
  const backend = progress.launch(process.execPath, [cli, 'package', 'start', ...config], { cwd, env: hostEnv });
  try {
    await ready(baseUrl, backend);
    await lookAtHost({ baseUrl, pictures: path.join(root, 'test-results/host'), system, say: progress.say });
  } catch (error) {
    throw new Error(`${error.message}\nThe last lines of its backend:\n${backend.tail()}`, { cause: error });
  } finally {
    await backend.end();
  }
}

/**
 * What the READMEs tell to write, and where this run listens. East is named under `dr`; west is the Kubernetes plugin's, and reached
 * through its proxy.
 */
function configuration({ baseUrl, port, kubeconfig, templates, locator }) {
  const allow = ['Component', 'API', 'System', 'Domain', 'Resource', 'Location', 'Group', 'User', 'DRPolicy'];
  told('plugins/catalog-backend-module-dr/README.md')(`- allow: [${allow.join(', ')}]`);
  return {
    app: { baseUrl },
    backend: { actions: { pluginSources: ['dr'] }, baseUrl, listen: { port, host: '127.0.0.1' }, cors: { origin: baseUrl } },
    integrations: { github: [] },
    catalog: {
      rules: [{ allow: [...allow, 'Template'] }],
      locations: [path.join(root, 'packages/sandbox/catalog/*.yaml'), templates].map((target) => ({ type: 'file', target })),
    },
    kubernetes: { serviceLocatorMethod: { type: 'multiTenant' }, clusterLocatorMethods: [locator] },
    dr: {
      clusters: [{ name: 'east', kubeconfig, context: 'east' }],
      clusterAccess: 'proxy',
      authorization: { operators: ['user:development/guest'] },
    },
  };
}

async function ready(baseUrl, backend) {
  const end = Date.now() + 180_000;
  while (Date.now() < end && backend.alive()) {
    const answered = await fetch(`${baseUrl}/.backstage/health/v1/readiness`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The backend of the host did not get ready');
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
