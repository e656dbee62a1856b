import { execFile } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const repository = fileURLToPath(new URL('../../', import.meta.url));
export const sharedData = process.env.KUBECTL_DR_SHARED ?? path.resolve(repository, '../shared/data');

/** Why a test that needs them is skipped, or undefined. */
export function missing(...needs: ('kubectl' | 'shared data')[]): string | undefined {
  if (needs.includes('kubectl') && spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status !== 0)
    return 'kubectl is not installed';
  if (needs.includes('shared data') && !existsSync(sharedData)) return 'the folder ../shared/data is absent';
  return undefined;
}

/** The real kubectl against a kubeconfig, with a cache of its own. */
export function realKubectl(kubeconfig: string, cache: string): (...args: string[]) => Promise<string> {
  return async (...args) => {
    const { stdout } = await execute('kubectl', ['--kubeconfig', kubeconfig, '--cache-dir', cache, ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
}
