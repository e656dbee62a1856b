import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const modules = path.resolve(import.meta.dirname, '..');

/** What the API server calls itself; the version of `k8s.io/kubernetes` in tools/go.mod. */
const gitVersion = 'v1.34.4';
const flags = Object.entries({ gitVersion, gitMajor: '1', gitMinor: '34', gitTreeState: 'clean' }).map(
  ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
);

/** Programs of the control plane -> the package of the module `tools` that each is built from. */
const tools = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  // Of the server's version, so that what it says does not depend on the machine.
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
} as const;

export type Tool = keyof typeof tools;

/** A machine without a network cannot build what it does not have the sources of; that is no fault of the sources. */
export class ModulesOutOfReach extends Error {}
const outOfReach = /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|module lookup disabled/;

/** The Go command: of PATH, or where the official archive puts it. */
export function goCommand(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/local/go/bin'];
  return folders.map((folder) => path.join(folder, 'go')).find((file) => existsSync(file));
}

/** Path of each program of the control plane; built the first time, which takes minutes. Throws `ModulesOutOfReach` without a network. */
export async function controlPlane(go: string, say: (line: string) => void): Promise<Record<Tool, string>> {
  const folder = await built(go, 'tools', tools, say);
  return Object.fromEntries(Object.keys(tools).map((tool) => [tool, path.join(folder, tool)])) as Record<Tool, string>;
}

/** The program of a module of this suite that has one main package. */
export async function programOf(go: string, module: string, say: (line: string) => void): Promise<string> {
  return path.join(await built(go, module, { [module]: '.' }, say), module);
}

/**
 * Builds into a folder that is named by everything that decides about the result, so that what is there is what would be
 * built. Outside the repository: the programs are half a gigabyte and outlive a clone.
 */
async function built(go: string, module: string, programs: Record<string, string>, say: (line: string) => void): Promise<string> {
  const cwd = path.join(modules, module);
  const hash = createHash('sha256').update(JSON.stringify([programs, flags]));
  const sources = ['go.mod', 'go.sum', 'main.go'].map((file) => path.join(cwd, file)).filter((file) => existsSync(file));
  for (const file of sources) hash.update(await readFile(file));
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'kubectl-dr', 'test-cluster');
  const folder = path.join(cache, `${module}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const began = Date.now();
  const seconds = (): number => Math.round((Date.now() - began) / 1000);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  say(`building ${Object.keys(programs).join(', ')} (minutes the first time, never again after that)`);
  const ticker = setInterval(() => say(`still building, ${seconds()} s`), 30_000);
  try {
    for (const [program, source] of Object.entries(programs)) {
      const args = ['build', '-trimpath', '-ldflags', `-s -w ${flags.join(' ')}`, '-o', path.join(draft, program), source];
      // The build takes every core it gets; whoever sits at this machine comes first.
      const [command, ...rest] = process.platform === 'win32' ? [go, ...args] : ['nice', '-n', '15', go, ...args];
      await execute(command!, rest, { cwd, maxBuffer: 64 * 1024 * 1024 }).catch((error: Error) => {
        const line = error.message.split('\n').find((each) => outOfReach.test(each));
        throw line === undefined ? error : new ModulesOutOfReach(`the Go modules of ${program} cannot be fetched: ${line.trim()}`);
      });
    }
    await rename(draft, folder);
  } finally {
    clearInterval(ticker);
    await rm(draft, { recursive: true, force: true });
  }
  say(`built in ${seconds()} s: ${folder}`);
  return folder;
}
