import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

interface KnownDifference {
  call: string;
  reason: string;
}

/** How the sandbox may differ from the real server, and why, in a file that may only become shorter. */
export class KnownDifferences {
  readonly #file: string;
  readonly #known: readonly KnownDifference[];

  private constructor(file: string, known: readonly KnownDifference[]) {
    this.#file = file;
    this.#known = known;
  }

  static async of(file: string): Promise<KnownDifferences> {
    return new KnownDifferences(file, JSON.parse(await readFile(file, 'utf8')) as KnownDifference[]);
  }

  /** Fails on a difference that nobody knows of, and on a known one that is none any more. */
  judge(call: string, sandbox: unknown, real: unknown): void {
    // For whoever looks for what to do next: every difference, known or not, as a line of JSON.
    const log = process.env.DIFFERENCES;
    if (log && !isDeepStrictEqual(sandbox, real)) appendFileSync(log, `${JSON.stringify({ call, sandbox, real })}\n`);
    if (!this.#known.some((known) => known.call === call)) expect(sandbox, 'this is not what the real server does').toEqual(real);
    else expect(sandbox, `it does not differ any more: take it out of ${path.basename(this.#file)}`).not.toEqual(real);
  }

  assertMade(calls: readonly string[]): void {
    expect(this.#known.map(({ call }) => call).filter((call) => !calls.includes(call))).toEqual([]);
  }

  tell(subject: string, calls: number): string {
    if (this.#known.length === 0) return `${subject}: the sandbox differs nowhere`;
    const lines = this.#known.map(({ call, reason }) => `  ${call}\n      ${reason}`);
    return `${subject}: the sandbox differs where it may (${this.#known.length} of ${calls}):\n${lines.join('\n')}`;
  }
}
