import { annotations } from '../application/model.ts';
import { parseDuration } from '../policy/duration.ts';

/** What an owner says tells that a workload works. An HTTP check without a service means the workload's own. */
export type DeclaredCheck =
  | { kind: 'http'; service?: string; port?: string; path: string }
  | { kind: 'exec'; container?: string; command: string[] };

export interface DeclaredChecks {
  checks: DeclaredCheck[];
  /** Lines that say neither, as they stand. */
  unreadable: string[];
  /** How long each may take until it succeeds. */
  timeoutSeconds: number;
}

const usualTimeout = 120;
/** Who waits longer for a check does not wait for a check. */
const longestTimeout = 3_600;

/**
 * The checks that a workload's annotations declare, one a line:
 * `/healthz` or `http://SERVICE[:PORT]/PATH`, asked through the API server; `exec: pg_isready -q` or, where words hold
 * spaces, `exec: ["sh", "-c", "..."]`, run in a pod of the workload, in `exec/CONTAINER:` where it is not the first.
 * `kubectl-dr.dev/check-timeout` says for how long they are tried (default 2m, at most 1h).
 */
export function declaredChecks(declared: Readonly<Record<string, string>>): DeclaredChecks {
  const found: DeclaredChecks = { checks: [], unreadable: [], timeoutSeconds: usualTimeout };
  for (const line of (declared[annotations.check] ?? '').split('\n')) {
    if (line.trim() === '') continue;
    const check = readCheck(line.trim());
    if (check) found.checks.push(check);
    else found.unreadable.push(line.trim());
  }
  const timeout = declared[annotations.checkTimeout];
  if (timeout === undefined) return found;
  try {
    found.timeoutSeconds = Math.min(longestTimeout, Math.max(1, Math.round(parseDuration(timeout, annotations.checkTimeout) / 1000)));
  } catch {
    found.unreadable.push(`${annotations.checkTimeout}: ${timeout}`);
  }
  return found;
}

function readCheck(line: string): DeclaredCheck | undefined {
  const exec = /^exec(?:\/([a-z0-9][a-z0-9-]*))?:\s*(.+)$/.exec(line);
  if (exec) {
    const command = wordsOf(exec[2]!);
    return command && { kind: 'exec', ...(exec[1] !== undefined && { container: exec[1] }), command };
  }
  const full = /^https?:\/\/([a-z0-9-]+)(?::(\w[\w-]*))?(\/\S*)?$/.exec(line);
  if (full) return { kind: 'http', service: full[1]!, ...(full[2] !== undefined && { port: full[2] }), path: full[3] ?? '/' };
  const short = /^(?:http:)?(\/(?!\/)\S*)$/.exec(line);
  return short ? { kind: 'http', path: short[1]! } : undefined;
}

/** A JSON list of texts, or words between spaces: no shell reads them, so that quotes would mean nothing. */
function wordsOf(text: string): string[] | undefined {
  if (!text.startsWith('[')) return /["'`$|;&<>]/.test(text) ? undefined : text.split(/\s+/);
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}
