import { at, listAt, textAt } from '../application/raw.ts';
import type { Rewrite } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Arrival } from './clone.ts';
import type { FieldChange, Mapping } from './model.ts';
import { groupResource } from './neutralise.ts';

/**
 * What changes on the way to a cluster whose storage is called otherwise: the class of claims, and of the templates of
 * StatefulSets, by the mapping. Nothing else: it is the application itself that arrives.
 */
export function arrivalWith({ storageClasses: classes = {} }: Mapping): Arrival {
  const places = (object: KubeObject): { keys: (string | number)[]; shown: string; from: string; to: string }[] => {
    const mapped = (holder: unknown, keys: (string | number)[], shown: string) => {
      const from = textAt(holder, 'storageClassName');
      const to = from === undefined ? undefined : classes[from];
      return from === undefined || to === undefined
        ? []
        : [{ keys: [...keys, 'storageClassName'], shown: `${shown}.storageClassName`, from, to }];
    };
    if (object.kind === 'PersistentVolumeClaim') return mapped(at(object, 'spec'), ['spec'], 'spec');
    if (object.kind !== 'StatefulSet') return [];
    return listAt(object, 'spec', 'volumeClaimTemplates').flatMap((template, index) =>
      mapped(at(template, 'spec'), ['spec', 'volumeClaimTemplates', index, 'spec'], `spec.volumeClaimTemplates[${index}].spec`),
    );
  };
  return {
    adapt(object, source) {
      const found = places(object);
      if (found.length === 0) return undefined;
      const patches: Rewrite['patches'] = found.map(({ keys, to }) => ({ op: 'replace', path: `/${keys.join('/')}`, value: to }));
      const fields: FieldChange[] = found.map(({ shown, from, to }) => ({ path: shown, from, to, why: 'the storage there is called so' }));
      return { rewrite: { resource: groupResource(object), namespace: source, name: object.metadata.name, patches }, fields };
    },
    as(object) {
      const found = places(object);
      if (found.length === 0) return object;
      const changed = structuredClone(object);
      for (const { keys, to } of found) {
        let holder = changed as unknown as Record<string | number, unknown>;
        for (const key of keys.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
        holder[keys.at(-1)!] = to;
      }
      return changed;
    },
  };
}
