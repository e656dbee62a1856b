import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A sandbox API with so many backups, in a process of its own so that it does not share our event loop. */
export async function clusterWithBackups(count, directory) {
  const child = fork(fileURLToPath(new URL('./cluster-process.mjs', import.meta.url)), [String(count), directory], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const kubeconfig = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the benchmark cluster ended with exit code ${code}`)));
  });
  return {
    kubeconfig,
    close: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}
