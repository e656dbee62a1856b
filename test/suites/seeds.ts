/** Numbers in [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1, 2 and so on: so many, or as many as `SEEDS` says. */
export function seeds(usual: number): number[] {
  return Array.from({ length: Number(process.env.SEEDS ?? usual) }, (_, index) => index + 1);
}
