// East and west, until Ctrl-C: to look at with kubectl, or for suites that are run again and again.
//   node test/cluster/control-plane/run.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { controlPlane, goCommand } from './build.ts';
import { startControlPlane } from './start.ts';

const go = goCommand();
if (go === undefined) {
  process.stderr.write('error: Go is not installed, neither on PATH nor in /usr/local/go\n');
  process.exit(1);
}
const programs = await controlPlane(go, (line) => void process.stderr.write(`${line}\n`));
const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-cluster-'));
const planes = await Promise.all(['east', 'west'].map((name) => startControlPlane(name, programs, path.join(folder, name), 'simulated')));
for (const { plane } of planes) process.stdout.write(`export KUBECONFIG_${plane.name.toUpperCase()}=${plane.kubeconfig}\n`);

const stop = async (): Promise<void> => {
  await Promise.all(planes.map((cluster) => cluster.stop()));
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
