/** The first name that is not taken yet, ignoring case; then `name-2`, `name-3` ... The chosen one is taken afterwards. */
export function uniqueName(taken: Set<string>, name: string, alternatives: readonly string[] = []): string {
  let chosen = [name, ...alternatives].find((candidate) => !taken.has(candidate.toLowerCase()));
  for (let i = 2; chosen === undefined; i++) {
    if (!taken.has(`${name}-${i}`.toLowerCase())) chosen = `${name}-${i}`;
  }
  taken.add(chosen.toLowerCase());
  return chosen;
}
