import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { node24, root } from '../install.mjs';
import { clusterWithBackups } from './cluster.mjs';
import { controlPlane, missingControlPlane } from './control-plane.mjs';

const cli = path.join(root, 'kubectl-plugin/dist/kubectl-dr.cjs');
const node = node24();
const planProcess = path.join(root, 'packages/dev/src/bench/plan-process.mjs');

let build;
/** The bundle, made anew once: what is measured is what would be published now. */
function built() {
  build ??= spawnSync(node, [path.join(root, 'packages/dev/src/build-cli.mjs')], { encoding: 'utf8' });
  return build.status === 0 ? undefined : `the CLI could not be built: ${build.stderr.trim()}`;
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
        a: { command: node, args: [cli, 'get', 'points'], env, cwd: directory },
        b: { command: 'kubectl', args: ['get', 'backups.velero.io', '-n', 'velero'], env, cwd: directory },
        async close() {
          await cluster.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

/** No pair, but shares: how a plan spends its time, and how much memory its process ever had. */
function planOf(count) {
  return {
    name: `plan-${count}`,
    skip: missingControlPlane,
    async measure(runs) {
      const plane = await controlPlane();
      try {
        const args = ['--disable-warning=ExperimentalWarning', planProcess, plane.kubeconfig, String(count), String(runs)];
        const result = spawnSync(node, args, { encoding: 'utf8' });
        if (result.status !== 0) throw new Error(`the plan could not be made: ${result.stderr.trim()}`);
        const { total, waited, processor, requests, memory, changes } = JSON.parse(result.stdout);
        const outside = (total - waited) / total;
        return {
          row: { total, waited, processor, requests, memory, changes, outside },
          text:
            `plan of a roll-back of ${count} objects (${changes} differ) against a control plane: ${Math.round(total)} ms, ` +
            `${Math.round(outside * 100)} % of it outside the API server; ${requests} requests; ${Math.round(processor)} ms of processor; ` +
            `peak memory ${Math.round(memory)} MB, median of ${runs}`,
        };
      } finally {
        await plane.close();
      }
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
  planOf(50),
  planOf(500),
];
