import type { KubeObject } from '../ports/kubernetes.ts';

/**
 * Remembers what an object of a cluster was read as, for as long as the object itself is kept: a watch gives a new object for
 * each version, so that of a hundred thousand points one that changed is read anew, and those that are equal stay the same value.
 */
export function oncePerObject<T extends { readonly cluster: string }>(
  read: (object: KubeObject, cluster: string) => T,
): (object: KubeObject, cluster: string) => T {
  const known = new WeakMap<KubeObject, T>();
  return (object, cluster) => {
    let value = known.get(object);
    if (value?.cluster !== cluster) {
      value = read(object, cluster);
      known.set(object, value);
    }
    return value;
  };
}
