import { at } from '../application/raw.ts';
import type { Rewrite } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { type Rename, hostEdits, openFields } from './host-fields.ts';
import { type Keys, shownAs } from './mapping-edit.ts';
import type { FieldChange } from './model.ts';

export interface Edit {
  patches: Rewrite['patches'];
  fields: FieldChange[];
}

export function pointer(...keys: Keys): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * No copy answers for a host of the original: each is called by a name below `<target>.invalid`, which no DNS resolves, and what would
 * answer for every host gets one. Services that a mesh knows are those of the copy.
 */
export function hosts(object: KubeObject, target: string): Edit {
  const edit: Edit = { patches: [], fields: [] };
  const every = `all.${target}.invalid`;
  for (const { path, from, to } of hostEdits(object, calledIn(target, object.metadata.namespace))) {
    edit.patches.push({ op: 'replace', path: pointer(...path), value: to });
    edit.fields.push({ path: shownAs(path), from, to, why: 'the original answers for this host' });
  }
  for (const { path, list } of openFields(object)) {
    const to = list ? [every] : every;
    edit.patches.push({ op: 'add', path: pointer(...path), value: to });
    edit.fields.push({ path: shownAs(path), to, why: 'it would answer for every host' });
  }
  const addresses = object.kind === 'Gateway' ? at(object, 'spec', 'addresses') : undefined;
  if (addresses !== undefined) {
    edit.patches.push({ op: 'remove', path: '/spec/addresses' });
    edit.fields.push({ path: 'spec.addresses', from: addresses, why: 'the original answers there' });
  }
  return edit;
}

function calledIn(target: string, source: string | undefined): Rename {
  return (host, isMeshName) => {
    if (host === '*') return `all.${target}.invalid`;
    if (isMeshName && !host.includes('.')) return undefined;
    const [, service, namespace, rest] = (isMeshName && /^([^.]+)\.([^.]+)(\.svc(?:\..+)?)$/.exec(host)) || [];
    if (service !== undefined && namespace === source) return `${service}.${target}${rest}`;
    return `${host.replace(/^\*\./, 'any.')}.${target}.invalid`;
  };
}
