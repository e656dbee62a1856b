import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repository } from './kubectl.ts';

/** The command line as a process of its own: what Node is given to run. */
export const bin = path.join(repository, 'kubectl-plugin/bin/kubectl-dr.mjs');

/** `script` of util-linux gives a process a terminal. */
export const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');
