import { type CatalogIndex, type IndexedEntity, textsOf } from './catalog-index.ts';
import { type EntityRef, formatRef, parseRef } from './entity-ref.ts';
import { dangling } from './dangling.ts';
import { cycleReasons } from './cycles.ts';
import type { Application, Component } from './model.ts';

/** Kinds that every catalog source reads; a reference to one of them that is not found is dangling. */
const readKinds = new Set(['component', 'resource', 'system', 'domain', 'group', 'user']);

/** Fills `dependsOn` and `external` of every component, and tells dangling references and cycles. */
export function addDependencies(
  built: readonly { application: Application; members: readonly IndexedEntity[] }[],
  index: CatalogIndex,
): void {
  const homes = new Map<string, { application: Application; component: Component }>();
  for (const { application } of built) {
    for (const component of application.components) homes.set(component.entityRef!, { application, component });
  }
  const add = (from: IndexedEntity, to: string) => {
    const home = homes.get(from.id);
    if (!home || from.id === to) return;
    const target = homes.get(to);
    const inside = target?.application === home.application;
    const list = inside ? home.component.dependsOn : home.component.external;
    const name = inside ? target.component.name : to;
    if (!list.includes(name)) list.push(name);
  };

  for (const { members } of built) {
    for (const entity of members) {
      const home = homes.get(entity.id);
      for (const { text, field } of [...references(entity, 'dependsOn'), ...references(entity, 'consumesApis')]) {
        const ref = resolve(text, entity, field === 'consumesApis' ? 'api' : undefined, index);
        if (!ref) continue;
        const id = formatRef(ref);
        add(entity, id);
        if (home && !index.entities.has(id) && readKinds.has(ref.kind)) {
          home.application.problems.push(dangling(entity.id, field, id, home.component.name));
        }
      }
      // `dependencyOf` says the same from the other end.
      for (const { text } of references(entity, 'dependencyOf')) {
        const ref = resolve(text, entity, undefined, index);
        const dependent = ref && index.entities.get(formatRef(ref));
        if (dependent) add(dependent, entity.id);
      }
    }
  }
  for (const { application } of built) {
    for (const component of application.components) {
      component.dependsOn.sort();
      component.external.sort();
    }
    application.problems.push(...cycleReasons(application));
  }
}

const relationOf = { dependsOn: 'dependsOn', dependencyOf: 'dependencyOf', consumesApis: 'consumesApi' } as const;

/** From the file's `spec` and from the relations that the catalog's API computes; the same one is listed once. */
function references(entity: IndexedEntity, field: keyof typeof relationOf): { text: string; field: string }[] {
  const related = entity.relations.filter(({ type }) => type === relationOf[field]).map(({ targetRef }) => targetRef);
  return [...new Set([...textsOf(entity.spec[field]), ...related])].map((text) => ({ text, field }));
}

/** A reference without a kind is a Component, or else a Resource of that name. */
function resolve(text: string, from: IndexedEntity, kind: string | undefined, index: CatalogIndex): EntityRef | undefined {
  const namespace = from.ref.namespace;
  const ref = parseRef(text, { kind: kind ?? 'component', namespace });
  if (!ref || kind !== undefined || text.includes(':') || index.entities.has(formatRef(ref))) return ref;
  const resource = { ...ref, kind: 'resource' };
  return index.entities.has(formatRef(resource)) ? resource : ref;
}
