import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { node24, root } from '../install.mjs';
import { ended } from './cluster.mjs';

/** Why no control plane can be started, if so. */
export function missingControlPlane() {
  const go = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0 || existsSync('/usr/local/go/bin/go');
  return go ? undefined : 'no Go, with which the control plane is built';
}

/** etcd, API server and controllers of test/cluster, in processes of their own. The kubeconfig of one of the two clusters. */
export async function controlPlane() {
  const child = spawn(node24(), ['--disable-warning=ExperimentalWarning', path.join(root, 'test/cluster/control-plane/run.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const kubeconfig = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const found = /KUBECONFIG_EAST=(\S+)\n/.exec(printed);
      if (found) resolve(found[1]);
    });
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('exit', (code) => reject(new Error(`the control plane ended with exit code ${code}: ${said.trim()}`)));
  });
  return {
    kubeconfig,
    close: () => ended(child),
  };
}

/** The same with finished backups in it, as clusters of the sandbox have: `backups`, `applications`. Takes a minute for ten thousand. */
export async function filledControlPlane(specification) {
  const plane = await controlPlane();
  const fill = path.join(root, 'packages/dev/src/bench/fill-process.mjs');
  const args = ['--disable-warning=ExperimentalWarning', fill, plane.kubeconfig, JSON.stringify(specification)];
  const result = spawnSync(node24(), args, { encoding: 'utf8' });
  if (result.status === 0) return plane;
  await plane.close();
  throw new Error(`the control plane could not be filled: ${result.stderr.trim()}`);
}
