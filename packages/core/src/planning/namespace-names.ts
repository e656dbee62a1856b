import { isRaw } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import { type Edit, type Keys, shownAs } from './mapping-edit.ts';
import type { Mapping } from './model.ts';
import { namesNamespace } from './neutralise.ts';

/** Fields that hold nothing but the name of a namespace: of subjects, of references between objects, of selectors of namespaces. */
const holders: ReadonlySet<string | number> = new Set(['namespace', 'kubernetes.io/metadata.name']);
/** Whose texts are the application's own: a field of them that is called `namespace` may mean anything. */
const texts: ReadonlySet<string | number> = new Set(['data', 'metadata']);
/** What was sent once says nothing about what holds. */
const sent = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What of an object names a namespace that is called otherwise there, and can be told for sure: names of services
 * (`orders-db.shop.svc`) in any text, and fields that hold a namespace. Values of Secrets are left as they are.
 */
export function namespaceEdits(object: KubeObject, { namespaces = {} }: Mapping): Edit[] {
  const renamed = Object.entries(namespaces).filter(([from, to]) => from !== to);
  if (renamed.length === 0 || object.kind === 'Secret') return [];
  const { apiVersion: _, kind: __, metadata, status: ___, ...parts } = object as KubeObject & { status?: unknown };
  const { [sent]: ____, ...annotations } = metadata.annotations ?? {};
  return textsIn({ ...parts, metadata: { annotations } }, []).flatMap(([text, keys]): Edit[] => {
    const about = { keys, shown: shownAs(keys), from: text };
    const whole = renamed.find(([from]) => from === text);
    if (whole && holders.has(keys.at(-1)!) && !texts.has(keys[0]!))
      return [{ ...about, to: whole[1], why: 'the namespace is called so there' }];
    const calls = [...text.matchAll(serviceIn(Object.keys(namespaces)))].map(({ 1: from = '', index }) => ({
      service: /[a-z0-9.-]*$/.exec(text.slice(Math.max(0, index - 253), index))?.[0] ?? '',
      from,
      to: namespaces[from] ?? from,
    }));
    const changing = calls.filter(({ from, to }) => from !== to);
    if (changing.length === 0) return [];
    const listed = (side: 'from' | 'to'): string => [...new Set(changing.map((one) => `${one.service}.${one[side]}.svc`))].join(', ');
    const to = text.replaceAll(serviceIn(Object.keys(namespaces)), (_call, from: string) => `.${namespaces[from] ?? from}.svc`);
    return [{ ...about, to, told: { from: listed('from'), to: listed('to') }, why: 'the service is called so there' }];
  });
}

/** What of the objects, as they arrive, may still mean a namespace by the name that it had: somebody has to look. */
export function namesLeft(
  objects: readonly KubeObject[],
  { cluster, source, target }: { cluster: string; source: string; target: string },
): Reason[] {
  if (source === target) return [];
  const named = objects.filter((object) => namesNamespace(plain(object), source)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  if (named.length === 0) return [];
  return [
    {
      code: 'NAMESPACE_NAMED_IN_CONFIG',
      severity: 'warning',
      cluster,
      message: `${named.length === 1 ? '1 object names' : `${named.length} objects name`} the namespace ${source} in a way that is not rewritten: in ${target} on ${cluster} nothing answers by that name`,
      evidence: named.slice(0, 20),
      fix: `call services there by their short names, or as NAME.${source}.svc, which is rewritten`,
    },
  ];
}

/** A Secret with its values in the open, to be searched and never shown. */
function plain(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const { data } = object as KubeObject & { data?: unknown };
  const values = Object.values(isRaw(data) ? data : {}).flatMap((value) => (typeof value === 'string' ? [opened(value)] : []));
  return { ...object, kind: 'ConfigMap', data: values } as KubeObject;
}

function opened(value: string): string {
  try {
    return atob(value);
  } catch {
    return value;
  }
}

/** What follows the name of a service in these namespaces; captures the namespace. */
function serviceIn(namespaces: readonly string[]): RegExp {
  const names = namespaces.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(String.raw`(?<=[a-z0-9])\.(${names.join('|')})\.svc(?![a-z0-9-])`, 'g');
}

function textsIn(value: unknown, keys: Keys): [string, Keys][] {
  if (typeof value === 'string') return [[value, keys]];
  if (Array.isArray(value)) return value.flatMap((one, index) => textsIn(one, [...keys, index]));
  return isRaw(value) ? Object.entries(value).flatMap(([key, one]) => textsIn(one, [...keys, key])) : [];
}
