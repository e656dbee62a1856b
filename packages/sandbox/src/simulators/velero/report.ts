import type { Clock } from '@kubectl-dr/core/ports/clock';

interface Part {
  velero?: string[];
  cluster?: string[];
  namespaces?: Record<string, string[]>;
}

/** What a backup or restore has to say about itself: its log, its warnings and its errors, in Velero's formats. */
export class Report {
  readonly #clock: Clock;
  readonly #about: string;
  readonly #lines: string[] = [];
  readonly #parts: Record<'errors' | 'warnings', Part> = { errors: {}, warnings: {} };
  errors = 0;
  warnings = 0;

  /** `about` is put behind every line: `backup=velero/shop-1`. */
  constructor(clock: Clock, about: string) {
    this.#clock = clock;
    this.#about = about;
  }

  log(message: string, level = 'info'): void {
    const time = this.#clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    this.#lines.push(`time="${time}" level=${level} msg=${JSON.stringify(message)} ${this.#about}`);
  }

  /** `where`: a namespace, or `''` for the cluster, or `velero` for the server itself. */
  error(message: string, where: { namespace: string } | 'cluster' | 'velero'): void {
    this.errors += 1;
    this.log(message, 'error');
    add(this.#parts.errors, message, where);
  }

  warn(message: string, where: { namespace: string } | 'cluster' | 'velero'): void {
    this.warnings += 1;
    this.log(message, 'warning');
    add(this.#parts.warnings, message, where);
  }

  results(): Record<'errors' | 'warnings', Part> {
    return this.#parts;
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

function add(part: Part, message: string, where: { namespace: string } | 'cluster' | 'velero'): void {
  if (typeof where === 'string') (part[where] ??= []).push(message);
  else ((part.namespaces ??= {})[where.namespace] ??= []).push(message);
}
