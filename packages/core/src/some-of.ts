/** The first names of a list, and how many there are besides: `a, b, c and 4 more`. */
export function someOf(names: readonly string[], most = 3): string {
  return `${names.slice(0, most).join(', ')}${names.length > most ? ` and ${names.length - most} more` : ''}`;
}
