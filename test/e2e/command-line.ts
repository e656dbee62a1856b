import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { run } from '../../kubectl-plugin/src/run.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface Surroundings {
  cwd: string;
  kubeconfig?: string;
  /** Instead of those of a kubeconfig. */
  clusters?: ClusterClient[];
  clock?: Clock;
  signal?: AbortSignal;
  env?: Record<string, string>;
  /** The process, as leases name it: another one for a second that works beside the first. */
  who?: string;
  /** As on a terminal of so many columns, with colours and UTF-8; default: no terminal. */
  columns?: number;
  /** What is typed when something is asked; without it nobody sits there. */
  answer?: string;
  /** What is chosen with the arrow keys, question by question; without it nobody sits there. */
  choices?: string[][];
}

/** A command line in this process. */
export async function kubectlDr(line: string | string[], options: Surroundings): Promise<Ran> {
  let out = '';
  let err = '';
  const { columns, kubeconfig, clusters, clock } = options;
  const terminal = columns !== undefined;
  const code = await run(typeof line === 'string' ? line.split(' ').filter(Boolean) : line, {
    env: { HOME: options.cwd, ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }), ...options.env },
    cwd: options.cwd,
    who: options.who ?? 'tester@test/1',
    signal: options.signal ?? new AbortController().signal,
    output: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      columns: { out: columns, err: columns },
      rows: terminal ? 24 : undefined,
      color: { out: terminal, err: terminal },
      live: terminal,
      unicode: terminal,
    },
    ask: async (question) => {
      if (options.answer !== undefined) err += question;
      return options.answer;
    },
    asks: () => options.choices !== undefined,
    choose: async (question, choices) => {
      err += `${question} ${choices.map(({ label }) => label).join(' | ')}\n`;
      return options.choices!.shift()!;
    },
    ...(clusters ? { clusters } : {}),
    ...(clock ? { clock } : {}),
  });
  return { code, out, err };
}
