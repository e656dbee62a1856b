import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { node24, root } from '../install.mjs';
import { clusterWithBackups } from './cluster.mjs';

const cli = path.join(root, 'kubectl-plugin/dist/kubectl-dr.mjs');
const node = node24();

function built() {
  if (!existsSync(cli)) {
    const result = spawnSync(node, [path.join(root, 'packages/dev/src/build-cli.mjs')], { stdio: 'ignore' });
    if (result.status !== 0) return 'the CLI could not be built';
  }
  return undefined;
}

function kubectl() {
  const found = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
  return found.status === 0 ? undefined : 'kubectl is not installed';
}

function listOf(count) {
  return {
    name: `get-points-${count}`,
    against: `kubectl get backups.velero.io -n velero, ${count} backups`,
    skip: () => built() ?? kubectl(),
    async prepare() {
      const directory = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-bench-'));
      const cluster = await clusterWithBackups(count, directory);
      const env = { KUBECONFIG: cluster.kubeconfig, HOME: directory, KUBECACHEDIR: path.join(directory, 'cache') };
      return {
        a: { command: node, args: [cli, 'get', 'points'], env },
        b: { command: 'kubectl', args: ['get', 'backups.velero.io', '-n', 'velero'], env },
        async close() {
          await cluster.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

export const benchmarks = [
  {
    name: 'version',
    against: 'node -e 0',
    skip: built,
    prepare: async () => ({ a: { command: node, args: [cli, 'version'] }, b: { command: node, args: ['-e', '0'] } }),
  },
  listOf(20),
  listOf(10_000),
];
