/** Calls within this window share one request: the cards of a page mount in one go. */
const windowMs = 10;
/** Bounded, so that a very long page does not make one giant request. */
const largest = 100;

interface Waiting<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/**
 * Turns `load(keys)` into `one(key)`: keys asked for within a few milliseconds go out together, each once. Nothing is
 * kept afterwards; whoever asks later gets fresh data.
 */
export function coalesce<T>(load: (keys: string[]) => Promise<ReadonlyMap<string, T>>): (key: string) => Promise<T> {
  let waiting = new Map<string, Waiting<T>[]>();

  const flush = (): void => {
    const all = [...waiting];
    waiting = new Map();
    for (let start = 0; start < all.length; start += largest) {
      const chunk = all.slice(start, start + largest);
      load(chunk.map(([key]) => key)).then(
        (found) => {
          for (const [key, callers] of chunk) {
            const value = found.get(key);
            for (const caller of callers) {
              if (value === undefined) caller.reject(new Error(`The backend said nothing about ${key}`));
              else caller.resolve(value);
            }
          }
        },
        (thrown: unknown) => {
          for (const [, callers] of chunk) for (const caller of callers) caller.reject(thrown);
        },
      );
    }
  };

  return (key) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.size === 0) setTimeout(flush, windowMs);
      const callers = waiting.get(key);
      if (callers) callers.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
    });
}
