import { at } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { openingsOf } from './isolation.ts';
import { type neutralise, groupResource } from './neutralise.ts';

type Adapt = typeof neutralise;

/** As it would be adapted, and of an isolated copy's network policies nothing that lets out or in more than its namespace. */
export function keepInside(adapt: Adapt): Adapt {
  return (object, source, target) => {
    const adapted = adapt(object, source, target);
    if (object.kind !== 'NetworkPolicy' || !object.apiVersion.startsWith('networking.k8s.io/')) return adapted;
    const opens = openingsOf(inNamespace(object, target));
    const sides = (['egress', 'ingress'] as const).filter((side) => opens[side]);
    if (sides.length === 0) return adapted;
    const rewrite = adapted?.rewrite ?? { resource: groupResource(object), namespace: source, name: object.metadata.name, patches: [] };
    return {
      rewrite: {
        ...rewrite,
        patches: [...rewrite.patches, ...sides.map((side) => ({ op: 'replace' as const, path: `/spec/${side}`, value: [] }))],
      },
      fields: [
        ...(adapted?.fields ?? []),
        ...sides.map((side) => ({
          path: `spec.${side}`,
          from: at(object, 'spec', side),
          to: [],
          why:
            side === 'egress'
              ? 'the copy would reach what is outside its namespace'
              : 'the copy would be reached from outside its namespace',
        })),
      ],
    };
  };
}

/** What names the original's namespace means others, seen from the copy's. */
function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}
