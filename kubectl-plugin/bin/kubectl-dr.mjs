#!/usr/bin/env node
// In a clone the sources run as they are, by the Node 24 of the lockfile; in the published package only the bundle exists.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/main.ts', import.meta.url);
const bundle = new URL('../dist/kubectl-dr.cjs', import.meta.url);
const node24 = fileURLToPath(new URL(`../../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`, import.meta.url));
const [major] = process.versions.node.split('.').map(Number);

if (!existsSync(source)) await import(bundle.href);
else if (major >= 24 || !existsSync(node24)) await runSources();
else relaunch();

async function runSources() {
  if (process.features.typescript) {
    module.enableCompileCache?.();
    withoutWordOfModuleTypes();
    await import(source.href);
  } else {
    process.stderr.write(
      `error: Node ${process.versions.node} cannot run kubectl-dr from a clone before its dependencies are installed\nnext: npm ci\n`,
    );
    process.exitCode = 1;
  }
}

/** That the portal's packages name no module type is a matter of their host: whoever types a command is not told of it. */
function withoutWordOfModuleTypes() {
  const warn = process.emitWarning;
  process.emitWarning = (warning, ...more) => {
    if (more[0]?.code !== 'MODULE_TYPELESS_PACKAGE_JSON') warn.call(process, warning, ...more);
  };
}

/** The child has our terminal and gets Ctrl-C itself; we hand its end on. */
function relaunch() {
  const child = spawn(node24, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
