const known = new WeakSet<object>();
const halves = new WeakMap<object, readonly [object, object]>();

/** Says of a value that nobody will change it any more: it need not be written as JSON, and searched for credentials, anew for each answer. */
export function unchanging<T extends object>(value: T): T {
  known.add(value);
  return value;
}

export function isUnchanging(value: object): boolean {
  return known.has(value);
}

/**
 * `{ ...base, ...more }` of two `unchanging` objects that have different fields, at least one each. Nobody will change it either: it is
 * written by joining what was written of the two. For what all are told alike, together with what is said to one caller.
 */
export function extended<A extends object, B extends object>(base: A, more: B): A & B {
  const whole = { ...base, ...more };
  halves.set(whole, [base, more]);
  return whole;
}

/** What `extended` put together; undefined for everything else. */
export function halvesOf(value: object): readonly [object, object] | undefined {
  return halves.get(value);
}
