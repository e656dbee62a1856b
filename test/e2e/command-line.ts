import { run } from '../../kubectl-plugin/src/run.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A command line in this process, as a user without a terminal would see it. */
export async function kubectlDr(
  line: string | string[],
  options: { kubeconfig: string; cwd: string; signal?: AbortSignal; env?: Record<string, string> },
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(typeof line === 'string' ? line.split(' ').filter(Boolean) : line, {
    env: { KUBECONFIG: options.kubeconfig, HOME: options.cwd, ...options.env },
    cwd: options.cwd,
    who: 'tester@test/1',
    signal: options.signal ?? new AbortController().signal,
    output: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      columns: { out: undefined, err: undefined },
      color: { out: false, err: false },
      live: false,
      unicode: false,
    },
  });
  return { code, out, err };
}
