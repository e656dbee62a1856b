import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { node24, root } from '../install.mjs';
import { startClusters } from './cluster.mjs';
import { controlPlane, filledControlPlane, missingControlPlane } from './control-plane.mjs';
import { portalRows } from './portal/rows.mjs';

const cli = path.join(root, 'kubectl-plugin/dist/kubectl-dr.cjs');
const node = node24();
const velero = process.env.VELERO_BIN;
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

/** Without a cluster: what starting costs. `most`: the ratio that is aimed at. */
function start(name, args) {
  const bare = { command: node, args: ['-e', '0'] };
  return {
    name,
    against: 'node -e 0',
    most: 1.3,
    skip: built,
    prepare: async () => ({ a: { command: node, args: [cli, ...args] }, b: bare }),
  };
}

/**
 * Against clusters of the sandbox, or against a control plane that is `filled`: where thousands of objects are read, what a
 * server does and writes is half of it. `a` and `b`: `[command, ...args]`, where `dr` is the bundle.
 */
function onClusters({ clusters, filled, a, b, skip, ...row }) {
  return {
    ...row,
    skip: () => built() ?? skip?.() ?? (filled && missingControlPlane()),
    async prepare() {
      const directory = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-bench-'));
      const { kubeconfig, close } = await (filled ? filledControlPlane(filled) : startClusters(clusters, directory));
      // Authorities that a machine adds for programs of Node would be read for ours alone, and trusted for no cluster here.
      const env = { NODE_EXTRA_CA_CERTS: undefined, KUBECONFIG: kubeconfig, HOME: directory, KUBECACHEDIR: path.join(directory, 'cache') };
      const call = ([command, ...args]) =>
        command === 'dr' ? { command: node, args: [cli, ...args], env, cwd: directory } : { command, args, env, cwd: directory };
      return {
        a: call(a),
        b: call(b),
        async close() {
          await close();
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

const kubectlBackups = ['kubectl', 'get', 'backups.velero.io', '-n', 'velero'];
const small = { filled: { backups: 20 }, b: kubectlBackups, against: kubectlBackups.join(' '), skip: kubectl };
const large = { filled: { backups: 10_000, applications: 200 } };
const noVelero = () => (velero ? undefined : 'VELERO_BIN does not name the program velero');
const ten = Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, backups: 20, delay: index === 0 ? 300 : 30 * index }));

export const benchmarks = [
  start('version', ['version']),
  start('help', ['--help']),
  start('complete', ['__complete', 'get', '']),
  onClusters({ ...small, name: 'get-points-20', a: ['dr', 'get', 'points', '-n', 'shop'], most: 1 }),
  onClusters({ ...small, name: 'status-20', a: ['dr', 'status'], most: 1 }),
  onClusters({
    ...large,
    name: 'get-points-10000',
    a: ['dr', 'get', 'points'],
    b: kubectlBackups,
    against: kubectlBackups.join(' '),
    skip: kubectl,
  }),
  onClusters({
    ...large,
    name: 'status-10000',
    a: ['dr', 'status'],
    b: [velero, 'backup', 'get'],
    against: 'velero backup get, 200 applications and 10,000 backups',
    skip: noVelero,
    most: 0.8,
  }),
  onClusters({
    ...large,
    name: 'memory-10000',
    memory: true,
    a: ['dr', 'status'],
    b: [velero, 'backup', 'get'],
    against: 'velero backup get, 200 applications and 10,000 backups',
    skip: noVelero,
    most: 1.2,
  }),
  onClusters({
    name: 'ten-clusters',
    clusters: ten,
    a: ['dr', 'get', 'points', '--contexts', ten.map(({ name }) => name).join(',')],
    b: ['dr', 'get', 'points', '--contexts', 'c0'],
    against: 'the slowest of them alone',
    most: 1.3,
  }),
  onClusters({
    name: 'hanging-cluster',
    clusters: [
      { name: 'well', backups: 20 },
      { name: 'hangs', backups: 1, delay: 'for ever' },
    ],
    a: ['dr', 'get', 'points', '--contexts', 'well,hangs', '--request-timeout', '2s'],
    b: [node, '-e', 'setTimeout(() => 0, 2000)'],
    against: 'waiting for 2 s, which is its --request-timeout',
    most: 1.3,
  }),
  planOf(50),
  planOf(500),
  ...portalRows,
];
