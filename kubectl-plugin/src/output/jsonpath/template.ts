/** One step of a path: from the values found so far to the next ones. */
export type Step =
  | { kind: 'field'; name: string }
  | { kind: 'slice'; from?: number; to?: number; step?: number; single: boolean }
  | { kind: 'all' }
  | { kind: 'deep' }
  | { kind: 'union'; paths: Step[][] }
  | { kind: 'filter'; left: Step[]; operator: string; right: Step[] }
  | { kind: 'value'; value: string | number | boolean };

/** What a template consists of. `each`: its parts once for each value of the path. */
export type Part = { kind: 'text'; text: string } | { kind: 'path'; path: Step[] } | { kind: 'each'; path: Step[]; parts: Part[] };

/** What is wrong with a template, or cannot be found by it; in the words of kubectl. */
export class JsonPathError extends Error {}

/**
 * A template in kubectl's dialect: text, and paths in braces: `.field`, `['field']`, `[0]`, `[-1]`, `[0:4:2]`, `[*]`, `.*`, `..`,
 * `[1,2]`, `[?(@.a=="b")]`, quoted text, `{range PATH}...{end}`. Source: client-go's `util/jsonpath`, by behaviour.
 */
export function parseTemplate(text: string): Part[] {
  const root: Part[] = [];
  const open: Part[][] = [root];
  let at = 0;
  while (at < text.length) {
    const brace = text.indexOf('{', at);
    const plain = text.slice(at, brace < 0 ? undefined : brace);
    if (plain !== '') open.at(-1)!.push({ kind: 'text', text: plain });
    if (brace < 0) break;
    const reader = new PathReader(text, brace + 1);
    const { word, path } = reader.action();
    at = reader.at;
    if (word === 'range') {
      const parts: Part[] = [];
      open.at(-1)!.push({ kind: 'each', path, parts });
      open.push(parts);
    } else if (word === 'end') {
      if (open.length === 1) throw new JsonPathError('not in range, nothing to end');
      open.pop();
    } else if (word !== undefined) {
      throw new JsonPathError(`unrecognized identifier ${word}`);
    } else {
      open.at(-1)!.push({ kind: 'path', path });
    }
  }
  return root;
}

/** A single path as columns and `--sort-by` take it: `.a.b`, `a.b`, `{.a.b}`. */
export function parsePath(text: string): Step[] {
  const inner = /^\{(.*)\}$/.exec(text.trim())?.[1] ?? text.trim();
  const dotted = /^[.[$@]/.test(inner) ? inner : `.${inner}`;
  const { word, path } = new PathReader(`${dotted}}`, 0).action();
  if (word !== undefined || path.length === 0) throw new JsonPathError(`"${text}" is not a path such as .metadata.name`);
  return path;
}

const ends = /[\s.,[\]$@{}]/;

class PathReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** Up to and with the closing brace. `word`: `range`, `end`, or another that is none. */
  action(): { word?: string; path: Step[] } {
    const path: Step[] = [];
    let word: string | undefined;
    for (;;) {
      const character = this.#text[this.at];
      if (character === undefined || /[\r\n]/.test(character)) throw new JsonPathError('unclosed action');
      if (character === '}') {
        this.at += 1;
        return word === undefined ? { path } : { word, path };
      }
      if (/[\s@$]/.test(character)) this.at += 1;
      else if (this.#text.startsWith('[?(', this.at)) path.push(this.filter());
      else if (this.#text.startsWith('..', this.at)) path.push(...this.deep(path.at(-1)));
      else if (character === '.') path.push(this.field(1));
      else if (character === '[') path.push(this.brackets());
      else if (character === '"' || character === "'") path.push({ kind: 'value', value: this.quoted(character) });
      else if (/[-+\d]/.test(character)) path.push({ kind: 'value', value: this.number() });
      else if (/[\p{L}_]/u.test(character)) {
        const name = this.until(ends);
        if (name === 'true' || name === 'false') path.push({ kind: 'value', value: name === 'true' });
        else word = name;
      } else throw new JsonPathError(`unrecognized character in action: ${character}`);
    }
  }

  private until(end: RegExp): string {
    let word = '';
    for (; this.at < this.#text.length && !end.test(this.#text[this.at]!); this.at += 1) {
      if (this.#text[this.at] === '\\') this.at += 1;
      word += this.#text[this.at] ?? '';
    }
    return word;
  }

  private field(skipped: number): Step {
    this.at += skipped;
    const name = this.until(ends);
    return name === '*' ? { kind: 'all' } : { kind: 'field', name };
  }

  private deep(before: Step | undefined): Step[] {
    if (before?.kind === 'deep') throw new JsonPathError('invalid multiple recursive descent');
    this.at += 2;
    return [{ kind: 'deep' }, ...(/[\p{L}\d_]/u.test(this.#text[this.at] ?? '') ? [this.field(0)] : [])];
  }

  private number(): number {
    const [word] = /^[-+]?[\d.]*/.exec(this.#text.slice(this.at))!;
    this.at += word.length;
    const number = Number(word);
    if (!/\d/.test(word) || Number.isNaN(number)) throw new JsonPathError(`cannot parse number ${word}`);
    return number;
  }

  private quoted(quote: string): string {
    const whole = new RegExp(`^${quote}((?:\\\\.|[^\\\\${quote}\\n])*)${quote}`).exec(this.#text.slice(this.at));
    if (!whole) throw new JsonPathError('unterminated quoted string');
    this.at += whole[0].length;
    return unescaped(whole[1]!);
  }

  private brackets(): Step {
    const close = this.#text.indexOf(']', this.at);
    const text = this.#text.slice(this.at + 1, close < 0 ? undefined : close);
    if (close < 0 || text.includes('\n')) throw new JsonPathError('unterminated array');
    this.at = close + 1;
    const parts = text.split(',').map((part) => part.trim());
    if (parts.length > 1) return { kind: 'union', paths: parts.map((part) => bracketed(part)) };
    const [only] = bracketed(text);
    return bracketed(text).length === 1 ? only! : { kind: 'union', paths: [bracketed(text)] };
  }

  private filter(): Step {
    const start = this.at + 3;
    let quote: string | undefined;
    let at = start;
    for (; ; at += 1) {
      const character = this.#text[at];
      if (character === undefined || character === '\n') throw new JsonPathError('unterminated filter');
      if (quote === undefined && character === ')') break;
      if (quote !== undefined && character === '\\') at += 1;
      else if (character === quote) quote = undefined;
      else if (quote === undefined && (character === '"' || character === "'")) quote = character;
    }
    if (this.#text[at + 1] !== ']') throw new JsonPathError('unclosed array expect ]');
    this.at = at + 2;
    const text = this.#text.slice(start, at);
    const [, left = text, operator = 'exists', right = ''] = /^([^!<>=]+)([!<>=~]+)(.+)$/.exec(text) ?? [];
    if (!['exists', '==', '!=', '<', '<=', '>', '>=', '=~'].includes(operator))
      throw new JsonPathError(`unrecognized filter operator ${operator}`);
    return { kind: 'filter', left: pathOf(left), operator, right: pathOf(right) };
  }
}

function pathOf(text: string): Step[] {
  return new PathReader(`${text}}`, 0).action().path;
}

function bracketed(text: string): Step[] {
  if (text === '*') return [{ kind: 'slice', single: false }];
  const key = /^'([^']*)'$/.exec(text)?.[1];
  if (key !== undefined) return pathOf(`.${key}`);
  const [, from, to, step] = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text) ?? [];
  if (from === undefined) throw new JsonPathError(`invalid array index ${text}`);
  const number = (word: string | undefined): number | undefined =>
    word === undefined || /^:?$/.test(word) ? undefined : Number(word.replace(':', ''));
  const parts = { from: number(from), to: number(to), step: number(step) };
  const known = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  return [{ kind: 'slice', ...known, single: to === undefined }];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };

function unescaped(text: string): string {
  return text.replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|[^])/g, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(parseInt(code.slice(1), 16));
    return escapes[code] ?? code;
  });
}
