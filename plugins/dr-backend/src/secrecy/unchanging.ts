const known = new WeakSet<object>();

/** Says of a value that nobody will change it any more: it need not be written as JSON, and searched for credentials, anew for each answer. */
export function unchanging<T extends object>(value: T): T {
  known.add(value);
  return value;
}

export function isUnchanging(value: object): boolean {
  return known.has(value);
}
