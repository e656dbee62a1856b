import { at, isRaw, listAt, textAt, textsAt } from '../application/raw.ts';
import type { Rewrite } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import type { Arrival } from './clone-inputs.ts';
import { hostEdits } from './host-fields.ts';
import { hostsKept } from './host-names.ts';
import { type Edit, type Keys, shownAs } from './mapping-edit.ts';
import type { FieldChange, Mapping } from './model.ts';
import { namespaceEdits } from './namespace-names.ts';
import { groupResource, neutralise } from './neutralise.ts';

/**
 * What changes on the way to a cluster where things are called otherwise: classes of storage, hosts that are answered for, labels of
 * nodes, and what names a namespace that arrives under another name. Nothing else: it is the application itself that arrives.
 */
export function arrivalWith(mapping: Mapping): Arrival {
  const editsOf = (object: KubeObject): Edit[] => [
    ...classes(object, mapping),
    ...hosts(object, mapping),
    ...nodes(object, mapping),
    ...namespaceEdits(object, mapping),
  ];
  return {
    adapt(object, source) {
      const edits = editsOf(object);
      if (edits.length === 0) return undefined;
      const fields: FieldChange[] = edits.map(({ shown, from, to, told, why }) => ({
        path: shown,
        from: told?.from ?? from,
        ...(to !== undefined && { to: told?.to ?? to }),
        why,
      }));
      return {
        rewrite: { resource: groupResource(object), namespace: source, name: object.metadata.name, patches: edits.flatMap(patchesOf) },
        fields,
      };
    },
    as(object) {
      const edits = editsOf(object);
      if (edits.length === 0) return object;
      const changed = structuredClone(object);
      for (const { keys, to, into } of edits) {
        if (to === undefined || into) delete holderOf(changed, keys)[keys.at(-1)!];
        if (to !== undefined) holderOf(changed, into ?? keys)[(into ?? keys).at(-1)!] = to;
      }
      return changed;
    },
    remarks: (objects, cluster): Reason[] => hostsKept(objects, hostThere(mapping), cluster),
  };
}

/** The same of a copy that is made there: what it is called there first, and then nothing by which it would act in the world. */
export function copyWith(mapping: Mapping): Arrival {
  const { adapt, as } = arrivalWith(mapping);
  return {
    as,
    copy: true,
    remarks: () => [],
    adapt(object, source, target) {
      const mapped = adapt(object, source, target);
      const harmless = neutralise(as(object), source, target);
      if (!mapped || !harmless) return mapped ?? harmless;
      // A host that is mapped is not answered for all the same: only what it ends as is told.
      const told = new Map(harmless.fields.map((field) => [field.path, field]));
      const first = new Map(mapped.fields.map(({ path, from }) => [path, from]));
      return {
        rewrite: { ...mapped.rewrite, patches: [...mapped.rewrite.patches, ...harmless.rewrite.patches] },
        fields: [
          ...mapped.fields.filter(({ path }) => !told.has(path)),
          ...harmless.fields.map((field) => (first.has(field.path) ? { ...field, from: first.get(field.path) } : field)),
        ],
      };
    },
  };
}

function patchesOf({ keys, to, into }: Edit): Rewrite['patches'] {
  if (to === undefined) return [{ op: 'remove', path: pointer(keys) }];
  if (!into) return [{ op: 'replace', path: pointer(keys), value: to }];
  return [
    { op: 'remove', path: pointer(keys) },
    { op: 'add', path: pointer(into), value: to },
  ];
}

function pointer(keys: Keys): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function holderOf(object: KubeObject, keys: Keys): Record<string | number, unknown> {
  let holder = object as unknown as Record<string | number, unknown>;
  for (const key of keys.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  return holder;
}

/** Of claims, and of the templates of StatefulSets. */
function classes(object: KubeObject, { storageClasses = {} }: Mapping): Edit[] {
  const holders: [unknown, Keys][] = [];
  if (object.kind === 'PersistentVolumeClaim') holders.push([at(object, 'spec'), ['spec']]);
  if (object.kind === 'StatefulSet')
    for (const [index, template] of listAt(object, 'spec', 'volumeClaimTemplates').entries())
      holders.push([at(template, 'spec'), ['spec', 'volumeClaimTemplates', index, 'spec']]);
  return holders.flatMap(([holder, path]) =>
    mapped(
      textAt(holder, 'storageClassName'),
      [...path, 'storageClassName'],
      (name) => storageClasses[name],
      'the storage there is called so',
    ),
  );
}

/** That Ingresses, routes and gateways answer for, or a DNS knows; an entry that begins with a dot is the end of a host. */
function hosts(object: KubeObject, mapping: Mapping): Edit[] {
  return hostEdits(object, hostThere(mapping)).map(({ path, from, to: called }) => ({
    keys: path,
    shown: shownAs(path),
    from,
    to: called,
    why: 'that is its name there',
  }));
}

function hostThere({ hosts: known = {} }: Mapping): (host: string) => string | undefined {
  return (host) => {
    if (Object.hasOwn(known, host)) return known[host];
    const end = Object.keys(known).find((candidate) => candidate.startsWith('.') && host.endsWith(candidate));
    return end === undefined ? undefined : `${host.slice(0, -end.length)}${known[end]}`;
  };
}

/** Of pods, wherever their template is. */
function nodes(object: KubeObject, { nodeLabels = {} }: Mapping): Edit[] {
  const path: Keys = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'];
  if (!isRaw(at(object, ...path.map(String)))) return [];
  const selector = textsAt(object, ...path.map(String), 'nodeSelector');
  return Object.entries(selector).flatMap(([key, value]): Edit[] => {
    const told = nodeLabels[`${key}=${value}`];
    if (told === undefined || told === `${key}=${value}`) return [];
    const keys = [...path, 'nodeSelector', key];
    const about = { keys, shown: shownAs(keys), from: value, why: 'nodes there are labelled so' };
    if (told === '') return [{ ...about, why: 'nodes there have no such label' }];
    const [other = '', to = ''] = told.split('=');
    return [{ ...about, to, ...(other !== key && { into: [...path, 'nodeSelector', other], why: `nodes there are labelled ${told}` }) }];
  });
}

function mapped(from: unknown, keys: Keys, rule: (from: string) => string | undefined, why: string): Edit[] {
  const to = typeof from === 'string' ? rule(from) : undefined;
  return to === undefined || to === from ? [] : [{ keys, shown: shownAs(keys), from: from as string, to, why }];
}
