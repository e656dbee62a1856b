/** Reading raw JSON of unknown shape: whatever is not as expected is absent, and nothing throws. */

export type Raw = Readonly<Record<string, unknown>>;

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a path of field names. */
export function at(value: unknown, ...path: string[]): unknown {
  for (const name of path) {
    if (!isRaw(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function numberAt(value: unknown, ...path: string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** The objects of a list; anything else in it is left out. */
export function listAt(value: unknown, ...path: string[]): Raw[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isRaw) : [];
}

/** The texts of a list; anything else in it, and what is no list, is left out. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A map of texts, as labels and annotations are. */
export function textsAt(value: unknown, ...path: string[]): Record<string, string> {
  const found = at(value, ...path);
  const texts: Record<string, string> = {};
  if (isRaw(found)) for (const [name, text] of Object.entries(found)) if (typeof text === 'string') texts[name] = text;
  return texts;
}

/** Milliseconds of an RFC 3339 instant; undefined when it is none. */
export function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
