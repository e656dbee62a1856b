import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { ClusterReader } from '@kubectl-dr/core/ports/reading';
import type { Caller, DrService } from '@kubectl-dr/core/service/port';
import type { Output } from './output/terminal.ts';

/** What the process gives: the only way to the world for everything below `run`. */
export interface Host {
  env: Record<string, string | undefined>;
  cwd: string;
  /** `user@host/pid`: who holds a lease. */
  who: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  output: Output;
  /** Asks on stderr and gives the line that was typed. Undefined: nobody sits at a terminal, and nothing was asked. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Somebody sits at a terminal and can be asked. */
  asks(): boolean;
  /** Asks on stderr with the arrow keys, and gives the values chosen. Only where `asks`; INTERRUPTED by who leaves. */
  choose(question: string, choices: readonly Choice[], signal: AbortSignal, options?: { many?: boolean }): Promise<string[]>;
  /** Nobody reads what is said, and nobody is asked: credential plugins may not prompt. */
  silent?: boolean;
  /** Clusters instead of those of the kubeconfig (tests). */
  clusters?: ClusterClient[];
  /** The way to a portal instead of the network (tests). */
  fetch?: typeof fetch;
  clock?: Clock;
}

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

export interface Fleet {
  clusters: ClusterClient[];
  reader: ClusterReader;
  service: DrService;
  /** Who acts, as the cluster knows them; asked for only by what writes. */
  caller(): Promise<Caller>;
  /** With `-w`: resolves after the next change, at the latest after so many milliseconds. */
  changed?(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface Context extends Host {
  /** The words after `kubectl dr`, as they were typed. */
  argv: readonly string[];
  clock: Clock;
  /** Connects on first use; commands that need no cluster never load the client. */
  fleet(): Promise<Fleet>;
  close(): Promise<void>;
  /** What Ctrl-C says if it comes now: what was done, and how to go on. */
  leaving: { says?: string | undefined };
}
