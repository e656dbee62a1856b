import { randomUUID } from 'node:crypto';
import type { Config } from '@backstage/config';
import { mayHoldCredentials, notShown, withoutCredentials } from '@kubectl-dr/core/text/credentials';
import { halvesOf, isUnchanging } from './unchanging.ts';

/** A value that is shorter is no secret, and would be found in other words. */
const shortest = 6;

/**
 * Takes out of texts what opens something: whatever looks like a credential, and the very values that the configuration has. Texts of
 * clusters (messages of controllers, answers of servers, annotations) may hold anything, so all that leaves the process goes through it.
 */
export class Censor {
  private readonly known: readonly string[];
  /** JSON of `unchanging` parts. */
  private readonly told = new WeakMap<object, string>();
  /** The same as halves of what was `extended`: without the brace that falls away. */
  private readonly beginnings = new WeakMap<object, string>();
  private readonly ends = new WeakMap<object, string>();
  /** Stands for the part that follows in a text; nobody outside can know it. */
  private readonly mark = randomUUID();
  private readonly marked = new RegExp(`"${this.mark}"`);

  /** `known`: values that are secret whatever they look like. */
  constructor(known: readonly string[] = []) {
    // What contains another one goes first.
    this.known = [...new Set(known.filter((value) => value.length >= shortest))].toSorted((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let shown = withoutCredentials(text);
    for (const value of this.known) shown = shown.replaceAll(value, notShown);
    return shown;
  }

  /**
   * The value as JSON. What holds nothing suspicious, as almost all do, is looked at once, as a whole; `unchanging` parts are written
   * and looked at the first time that they are told.
   */
  json(value: unknown): string {
    const parts: object[] = [];
    const text = this.written(value, (_, item: unknown) => {
      if (typeof item !== 'object' || item === null || !(isUnchanging(item) || halvesOf(item))) return item;
      parts.push(item);
      return this.mark;
    });
    let [answer = '', ...rest] = parts.length === 0 ? [text] : text.split(this.marked);
    for (const [index, after] of rest.entries()) {
      const part = parts[index]!;
      const halves = halvesOf(part);
      answer += halves ? this.begun(halves[0]) + this.ended(halves[1]) : this.part(part);
      answer += after;
    }
    return answer;
  }

  /** The first of two halves: without its end. */
  private begun(part: object): string {
    return remembered(this.beginnings, part, () => this.part(part).slice(0, -1));
  }

  /** The second of two halves. */
  private ended(part: object): string {
    return remembered(this.ends, part, () => `,${this.part(part).slice(1)}`);
  }

  private part(part: object): string {
    let text = this.told.get(part);
    if (text === undefined) {
      text = this.written(part);
      this.told.set(part, text);
    }
    return text;
  }

  private written(value: unknown, replacer?: (key: string, item: unknown) => unknown): string {
    const text = JSON.stringify(value, replacer);
    return this.suspects(text) ? JSON.stringify(this.cleaned(text)) : text;
  }

  /** A copy with every string in it told by `text`; of errors and other classes only what JSON shows. */
  value<T>(value: T): T {
    return this.cleaned(JSON.stringify(value)) as T;
  }

  private cleaned(json: string): unknown {
    return JSON.parse(json, (_, item: unknown) => (typeof item === 'string' ? this.text(item) : item));
  }

  /** The error as it may be logged: same name and place, its texts and those of its causes told by `text`. */
  error(error: Error): Error {
    const { message, name, stack, cause, ...fields } = error;
    const told = Object.assign(new Error(this.text(message), cause instanceof Error ? { cause: this.error(cause) } : {}), {
      ...(this.plain(fields) as object),
      name,
    });
    if (stack === undefined) delete told.stack;
    else told.stack = this.text(stack);
    return told;
  }

  private plain(fields: object): unknown {
    try {
      return this.value(fields);
    } catch {
      // Errors of libraries hold sockets and streams, which refer to themselves.
      return {};
    }
  }

  private suspects(json: string): boolean {
    return mayHoldCredentials(json) || this.known.some((value) => json.includes(JSON.stringify(value).slice(1, -1)));
  }
}

/** What `dr` and the Kubernetes plugin name as credentials of clusters. */
export function configuredSecrets(root: Config): string[] {
  const clusters = [
    ...(root.getOptionalConfigArray('dr.clusters') ?? []),
    ...(root.getOptionalConfigArray('kubernetes.clusterLocatorMethods') ?? []).flatMap(
      (method) => method.getOptionalConfigArray('clusters') ?? [],
    ),
  ];
  return clusters.flatMap((cluster) =>
    ['token', 'serviceAccountToken'].flatMap((key) => {
      const value: unknown = cluster.getOptional(key);
      return typeof value === 'string' ? [value] : [];
    }),
  );
}

function remembered(texts: WeakMap<object, string>, part: object, write: () => string): string {
  let text = texts.get(part);
  if (text === undefined) {
    text = write();
    texts.set(part, text);
  }
  return text;
}
