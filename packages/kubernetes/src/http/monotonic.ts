/** Milliseconds on a clock that nobody sets. `performance.now()` says the same, and loads a module of its own to do so. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
