import { spawnSync } from 'node:child_process';

/** Runs a command to its end and gives what it printed; throws with the last line that it said. */
export function call(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
  if (status === 0) return stdout;
  const said = `${stderr ?? ''}`.trim().split('\n').at(-1);
  throw new Error(`${command} ${args[0] ?? ''} ${error?.message ?? `ended with ${status}`}${said ? `: ${said}` : ''}`);
}
