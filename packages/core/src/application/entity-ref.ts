/** A reference to a catalog entity, every part in lower case, as Backstage compares them. */
export interface EntityRef {
  kind: string;
  namespace: string;
  name: string;
}

const form = /^(?:([^:/\s]+):)?(?:([^:/\s]+)\/)?([^:/\s]+)$/;

/** `[kind:][namespace/]name`. Undefined when the text is no reference, or names no kind and there is no default. */
export function parseRef(text: unknown, defaults: { kind?: string; namespace?: string } = {}): EntityRef | undefined {
  if (typeof text !== 'string') return undefined;
  const match = form.exec(text.trim());
  if (!match) return undefined;
  const kind = match[1] ?? defaults.kind;
  if (kind === undefined) return undefined;
  return {
    kind: kind.toLowerCase(),
    namespace: (match[2] ?? defaults.namespace ?? 'default').toLowerCase(),
    name: match[3]!.toLowerCase(),
  };
}

/** `component:default/orders` */
export function formatRef(ref: EntityRef): string {
  return `${ref.kind}:${ref.namespace}/${ref.name}`;
}

/** `group:default/team-shop`; undefined when it cannot be one. An owner without a kind is a Group, as in Backstage. */
export function ownerRef(text: unknown, namespace = 'default'): string | undefined {
  const ref = parseRef(text, { kind: 'group', namespace });
  return ref && formatRef(ref);
}
