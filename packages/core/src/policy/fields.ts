import { DrError, InputError } from '../errors.ts';
import { parseDuration } from './duration.ts';
import { nearest } from '../text/nearest.ts';

/** Something wrong with one field, `field` as `spec.objectives.rpo`. */
export interface FieldProblem {
  field: string;
  message: string;
}

/**
 * Reads an object field by field and collects what is wrong instead of throwing, so that somebody with three
 * mistakes hears of three. Fields that nobody asked for are remembered as unknown.
 */
export class FieldReader {
  readonly path: string;
  readonly problems: FieldProblem[];
  readonly unknown: FieldProblem[];
  #source: Record<string, unknown>;
  #asked = new Set<string>();

  constructor(source: unknown, path: string, problems: FieldProblem[] = [], unknown: FieldProblem[] = []) {
    this.path = path;
    this.problems = problems;
    this.unknown = unknown;
    const isObject = typeof source === 'object' && source !== null && !Array.isArray(source);
    if (!isObject && source !== undefined && source !== null) this.#say(path, `must be an object, not ${show(source)}`);
    this.#source = isObject ? (source as Record<string, unknown>) : {};
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  object(name: string): FieldReader {
    return new FieldReader(this.#value(name), `${this.path}.${name}`, this.problems, this.unknown);
  }

  list(name: string): FieldReader[] {
    return this.#array(name).map((item, i) => new FieldReader(item, `${this.path}.${name}[${i}]`, this.problems, this.unknown));
  }

  string(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value as string | undefined;
    return this.#say(`${this.path}.${name}`, `must be a text, not ${show(value)}`);
  }

  strings(name: string): string[] {
    return this.#array(name).flatMap((item, i) => {
      if (typeof item === 'string' && item !== '') return [item];
      this.#say(`${this.path}.${name}[${i}]`, `must be a text, not ${show(item)}`);
      return [];
    });
  }

  /** Names of its fields, whatever they are. */
  names(): string[] {
    return Object.keys(this.#source);
  }

  /** A text for each of its names. */
  texts(name: string): Record<string, string> | undefined {
    if (!this.has(name)) return undefined;
    const inner = this.object(name);
    const entries = inner.names().flatMap((key): [string, string][] => {
      const value = inner.#value(key);
      if (typeof value === 'string') return [[key, value]];
      inner.#say(`${inner.path}.${key}`, `must be a text, not ${show(value)}`);
      return [];
    });
    return Object.fromEntries(entries);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.#value(name);
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
    return this.#say(`${this.path}.${name}`, `must be one of ${allowed.join(', ')}, not ${show(value)}`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#say(`${this.path}.${name}`, `must be true or false, not ${show(value)}`);
  }

  count(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)) return value as number | undefined;
    return this.#say(`${this.path}.${name}`, `must be a whole number, not ${show(value)}`);
  }

  /** Milliseconds, more than none. */
  duration(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const field = `${this.path}.${name}`;
    try {
      const milliseconds = parseDuration(value, field);
      return milliseconds > 0 ? milliseconds : this.#say(field, 'must be longer than nothing');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return this.#say(field, (error as DrError).message.slice(field.length + 2));
    }
  }

  refuse(name: string, message: string): undefined {
    return this.#say(`${this.path}.${name}`, message);
  }

  /** Call when everything was asked for: what is left over is probably a slip of the fingers. */
  end(): void {
    for (const name of Object.keys(this.#source)) {
      if (this.#asked.has(name)) continue;
      const meant = nearest(name, this.#asked);
      this.unknown.push({ field: `${this.path}.${name}`, message: `is not known${meant ? `; did you mean ${meant}?` : ''}` });
    }
  }

  #value(name: string): unknown {
    this.#asked.add(name);
    const value = Object.hasOwn(this.#source, name) ? this.#source[name] : undefined;
    return value === null ? undefined : value;
  }

  #array(name: string): unknown[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.#say(`${this.path}.${name}`, `must be a list, not ${show(value)}`);
    return [];
  }

  #say(field: string, message: string): undefined {
    this.problems.push({ field, message });
    return undefined;
  }
}

function show(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  } catch {
    return typeof value;
  }
}
