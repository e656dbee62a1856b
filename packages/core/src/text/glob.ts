/** Is it a pattern (`shop-*`, `team-[ab]`), and not one name? */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

/**
 * Shell-like: `*`, `?`, `[abc]`, `[a-f]`, `[!a]`. A bracket without its end stands for itself. Patterns come from
 * objects that many people may write, so this is no regular expression: it takes at most `pattern * name` steps.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!isPattern(pattern)) return pattern === name;
  const parts = split(pattern);
  let part = 0;
  let char = 0;
  let star = -1;
  let resume = 0;
  while (char < name.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      star = part++;
      resume = char;
    } else if (wanted !== undefined && accepts(wanted, name[char]!)) {
      part++;
      char++;
    } else if (star >= 0) {
      // The last star takes one character more; earlier stars never have to be tried again.
      part = star + 1;
      char = ++resume;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === '*');
}

function split(pattern: string): string[] {
  const parts: string[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const end = pattern[i] === '[' ? pattern.indexOf(']', i + 2) : -1;
    if (end > 0) {
      parts.push(pattern.slice(i, end + 1));
      i = end;
    } else parts.push(pattern[i]!);
  }
  return parts;
}

function accepts(part: string, char: string): boolean {
  if (part === '?') return true;
  if (part.length === 1) return part === char;
  const negated = part[1] === '!' || part[1] === '^';
  const set = part.slice(negated ? 2 : 1, -1);
  let listed = false;
  for (let i = 0; i < set.length && !listed; i++) {
    if (set[i + 1] === '-' && i + 2 < set.length) {
      listed = char >= set[i]! && char <= set[i + 2]!;
      i += 2;
    } else listed = set[i] === char;
  }
  return listed !== negated;
}
