/** So many at a time; the first failure is the whole's, when those under way have ended. */
export async function allOf(attempts: readonly (() => Promise<void>)[], atOnce: number): Promise<void> {
  const rest = [...attempts];
  let failure: unknown;
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next && failure === undefined; next = rest.shift())
      await next().catch((error: unknown) => (failure ??= error));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failure !== undefined) throw failure;
}
