import type { PointContents } from '../protection/model.ts';

/** Kinds whose name their pods and claims are named after. */
const namingKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicaSet']);

/**
 * Those errors of a point that concern a component. Engines write errors as sentences, so names are looked for in
 * them: an error that names an object of the component, or a pod named after one, is its own; one that names other
 * objects of the namespace is somebody else's. What names nobody concerns everybody in that namespace. Errors without
 * a namespace concern the component only when they name it.
 */
export function errorsOf(contents: PointContents, namespace: string, own: readonly string[], wholeNamespace: boolean): string[] {
  const inside = contents.errors[namespace] ?? [];
  if (wholeNamespace) return [...inside];
  const mine = new Set(own);
  if (inside.length === 0 && !contents.errors['']?.length) return [];
  const owners = ownersOf(contents, namespace, mine);
  return [
    ...inside.filter((error) => concerns(error, owners) !== 'others'),
    ...(contents.errors[''] ?? []).filter((error) => concerns(error, owners) === 'us'),
  ];
}

/** Every name of the namespace, and whether it is ours. */
function ownersOf(
  contents: PointContents,
  namespace: string,
  mine: ReadonlySet<string>,
): { exact: Map<string, boolean>; prefixes: Map<string, boolean> } {
  const exact = new Map<string, boolean>();
  const prefixes = new Map<string, boolean>();
  for (const { kind, name, namespace: where } of contents.objects) {
    if (where !== namespace) continue;
    exact.set(name, mine.has(name));
    if (namingKinds.has(kind)) prefixes.set(name, mine.has(name));
  }
  for (const name of mine) {
    exact.set(name, true);
    prefixes.set(name, true);
  }
  return { exact, prefixes };
}

function concerns(error: string, { exact, prefixes }: ReturnType<typeof ownersOf>): 'us' | 'others' | 'nobody' {
  let answer: 'others' | 'nobody' = 'nobody';
  for (const word of error.slice(0, 4096).match(/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g) ?? []) {
    const ours = exact.get(word) ?? ownerByPrefix(word, prefixes);
    if (ours === true) return 'us';
    if (ours === false) answer = 'others';
  }
  return answer;
}

/** `orders-db-0` and `orders-db-7f9c-x2x` are named after `orders-db`, not after `orders`: the longest name wins. */
function ownerByPrefix(word: string, prefixes: ReadonlyMap<string, boolean>): boolean | undefined {
  for (let end = word.lastIndexOf('-'); end > 0; end = word.lastIndexOf('-', end - 1)) {
    const ours = prefixes.get(word.slice(0, end));
    if (ours !== undefined) return ours;
  }
  return undefined;
}
