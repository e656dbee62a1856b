import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Sandbox APIs, in a process of their own so that they do not share our event loop. `clusters`: see `cluster-process.mjs`. */
export async function startClusters(clusters, directory) {
  const child = fork(fileURLToPath(new URL('./cluster-process.mjs', import.meta.url)), [JSON.stringify(clusters), directory], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const kubeconfig = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the benchmark clusters ended with exit code ${code}`)));
  });
  return {
    kubeconfig,
    close: () => ended(child),
  };
}

/** Asks a process to end, and waits until it has. */
export function ended(child) {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
