export type Keys = readonly (string | number)[];

/** One field that is called otherwise: another value of it, or, for a label that is asked of nodes, another key as well. */
export interface Edit {
  keys: Keys;
  shown: string;
  from: string;
  /** Absent: the field goes. */
  to?: string;
  /** Where the value goes instead, when it is not the same key. */
  into?: Keys;
  /** The part of a long text that changes, as it is shown; absent: all of it. */
  told?: { from: string; to: string };
  why: string;
}

/** As people write it: `spec.rules[0].host`. */
export function shownAs(keys: Keys): string {
  return keys
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : /[./]/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}
