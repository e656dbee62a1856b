import type { ExecResult } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { listAt, textAt } from '../../api/json.ts';
import type { Files, VolumeStore } from '../volumes/volume-store.ts';

/** A program of the containers: `files` are those of the mounted volumes by their whole path. */
export type Program = (args: readonly string[], files: Files) => ExecResult;

const said = (stdout = '', exitCode = 0): ExecResult => ({ exitCode, stdout, stderr: '' });
const failed = (stderr: string, exitCode = 1): ExecResult => ({ exitCode, stdout: '', stderr: `${stderr}\n` });

/** The PersistentVolumeClaim as it is stored. */
export type ClaimOf = (namespace: string, name: string) => KubeObject | undefined;

/** What every image has: enough for a check to look at the data. */
export const usualPrograms: Readonly<Record<string, Program>> = {
  true: () => said(),
  false: () => said('', 1),
  echo: (args) => said(`${args.join(' ')}\n`),
  ls: (_, files) =>
    said(
      Object.keys(files)
        .sort()
        .map((path) => `${path}\n`)
        .join(''),
    ),
  cat: ([path = ''], files) => (files[path] === undefined ? failed(`cat: ${path}: No such file or directory`) : said(files[path])),
  test: ([flag, path = ''], files) => said('', (flag === '-s' ? files[path] : files[path] !== undefined) ? 0 : 1),
  grep: (args, files) => {
    const [text = '', path = ''] = args.filter((word) => !word.startsWith('-'));
    const content = files[path];
    if (content === undefined) return failed(`grep: ${path}: No such file or directory`, 2);
    const lines = content.split('\n').filter((line) => line.includes(text));
    return said(args.includes('-q') ? '' : lines.map((line) => `${line}\n`).join(''), lines.length > 0 ? 0 : 1);
  },
};

/** Runs a program in a container; undefined when the image has none of that name. */
export function runIn(
  claimOf: ClaimOf,
  volumes: VolumeStore,
  programs: Readonly<Record<string, Program>>,
  pod: KubeObject,
  container: string,
  [name = '', ...args]: readonly string[],
): ExecResult | undefined {
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return program?.(args, filesOf(claimOf, volumes, pod, container));
}

function filesOf(claimOf: ClaimOf, volumes: VolumeStore, pod: KubeObject, container: string): Files {
  const found: Record<string, string> = {};
  const spec = listAt(pod, 'spec', 'containers').find((item) => textAt(item, 'name') === container);
  for (const mount of listAt(spec, 'volumeMounts')) {
    const volume = listAt(pod, 'spec', 'volumes').find((item) => textAt(item, 'name') === textAt(mount, 'name'));
    const claim = claimOf(pod.metadata.namespace!, textAt(volume, 'persistentVolumeClaim', 'claimName'));
    const files = volumes.read(textAt(claim, 'spec', 'volumeName')) ?? {};
    for (const [name, content] of Object.entries(files)) found[`${textAt(mount, 'mountPath').replace(/\/$/, '')}/${name}`] = content;
  }
  return found;
}
