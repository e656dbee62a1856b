/** Longer than any sentence: a cluster can return a megabyte where a name is expected. */
const longest = 2000;

// Control characters but tab and line feed; marks and overrides that reorder what stands around them.
// oxlint-disable-next-line no-control-regex -- exactly the characters that must not be shown as they are
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from a cluster or a catalog as it may be shown: nothing invisible, nothing that turns the line around. */
export function plain(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(unprintable, '\ufffd');
}

/** `plain` for every string of a value parsed from JSON, in place; keys stay. */
export function plainAll<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) record[key] = plainAll(record[key]);
  }
  return value;
}
