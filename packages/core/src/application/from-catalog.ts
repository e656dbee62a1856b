import type { CatalogContents } from '../ports/catalog.ts';
import type { Reason } from '../reason.ts';
import { type CatalogIndex, type IndexedEntity, indexCatalog, textOf } from './catalog-index.ts';
import { addDependencies } from './catalog-dependencies.ts';
import { dangling } from './dangling.ts';
import { type EntityRef, formatRef, ownerRef, parseRef } from './entity-ref.ts';
import { type Application, type Component, annotations } from './model.ts';
import { readPlacements } from './placement-annotations.ts';
import { uniqueName } from './unique-name.ts';

export interface CatalogApplications {
  applications: Application[];
  /** About documents, not about one application. */
  problems: Reason[];
}

/**
 * Applications as the catalog describes them: a System is an Application, its Components and Resources are the
 * Components; one without a System is an application of its own name. Placements are claims and still have to be
 * compared with the clusters (`tenancy.ts`).
 *
 * A Component of type `library` that is placed nowhere is left out: it does not run, so nothing of it can be lost.
 * A Resource of type `kubernetes-cluster` is a place, not a part.
 */
export function applicationsFromCatalog(contents: CatalogContents): CatalogApplications {
  const index = indexCatalog(contents);
  const groups = new Map<string, { system?: IndexedEntity; members: IndexedEntity[]; missing?: string }>();
  for (const entity of index.entities.values()) {
    if (entity.ref.kind === 'system') groups.set(entity.id, { system: entity, members: [], ...groups.get(entity.id) });
  }
  for (const entity of index.entities.values()) {
    if (!isPart(entity)) continue;
    const systemRef = systemOf(entity, index);
    const id = systemRef ?? entity.id;
    const group = groups.get(id) ?? { members: [], ...(systemRef !== undefined && { missing: systemRef }) };
    group.members.push(entity);
    groups.set(id, group);
  }

  const taken = new Set<string>();
  const built = [...groups]
    // Systems of the default namespace get their plain names first, whatever the order of the files.
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([id, group]) => ({ members: group.members, application: build(id, group, index, taken) }));
  addDependencies(built, index);
  return { applications: built.map(({ application }) => application), problems: index.problems };
}

function build(
  id: string,
  { system, members, missing }: { system?: IndexedEntity; members: IndexedEntity[]; missing?: string },
  index: CatalogIndex,
  taken: Set<string>,
): Application {
  const ref = parseRef(id)!;
  // Without a System, the entity that stands alone speaks for the application.
  const head = system ?? (missing === undefined ? members[0] : undefined);
  const application: Application = {
    name: uniqueName(taken, head?.name ?? ref.name, [`${head?.name ?? ref.name}.${ref.namespace}`, `${ref.name}-${ref.kind}`]),
    ...(head?.title !== undefined && { title: head.title }),
    ...(head && { entityRef: head.id }),
    components: [],
    source: 'catalog',
    problems: [],
  };
  const owner = head && ownerOf(head);
  if (owner !== undefined) application.owner = owner;
  const policy = system && policyOf(system, index);
  if (policy !== undefined) application.policy = policy;
  if (missing !== undefined) application.problems.push(dangling(members[0]!.id, 'spec.system', missing));

  // A System that is placed itself and has no parts in the catalog is its own only component.
  const parts = members.length === 0 && system && isPlaced(system) ? [system] : members;
  const names = new Set<string>();
  for (const entity of [...parts].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { component, problems } = componentOf(entity, names);
    application.components.push(component);
    application.problems.push(...problems);
  }
  return application;
}

function componentOf(entity: IndexedEntity, names: Set<string>): { component: Component; problems: Reason[] } {
  const { placements, lookup, problems } = readPlacements(entity.annotations);
  const owner = ownerOf(entity);
  const type = textOf(entity.spec.type);
  const policy = textOf(entity.annotations[annotations.policy]);
  const component: Component = {
    name: uniqueName(names, entity.name, [`${entity.name}-${entity.ref.kind}`, `${entity.name}.${entity.ref.namespace}`]),
    ...(entity.title !== undefined && { title: entity.title }),
    entityRef: entity.id,
    ...(owner !== undefined && { owner }),
    ...(type !== undefined && { type }),
    // A System that is its own component already gives its policy to the application.
    ...(policy !== undefined && entity.ref.kind !== 'system' && { policy }),
    dependsOn: [],
    external: [],
    placements,
    ...(lookup && { lookup }),
  };
  return {
    component,
    problems: problems.map((message) => ({
      code: 'BAD_CATALOG',
      severity: 'warning',
      component: component.name,
      message: `${entity.id}: ${message}`,
      evidence: [entity.id],
      fix: `Correct the annotation of ${entity.id}.`,
    })),
  };
}

function isPart(entity: IndexedEntity): boolean {
  if (entity.ref.kind === 'resource') return entity.spec.type !== 'kubernetes-cluster';
  if (entity.ref.kind !== 'component') return false;
  return entity.spec.type !== 'library' || isPlaced(entity);
}

function isPlaced(entity: IndexedEntity): boolean {
  return [annotations.kubernetesId, annotations.kubernetesNamespace, annotations.kubernetesLabelSelector].some(
    (name) => name in entity.annotations,
  );
}

/** The System of an entity: its own, else that of the component it is a part of. */
function systemOf(entity: IndexedEntity, index: CatalogIndex): string | undefined {
  for (const at of chain(entity, index, (part) => wholeOf(part, 'subcomponentOf', 'component'))) {
    const system = wholeOf(at, 'system', 'system');
    if (system) return formatRef(system);
  }
  return undefined;
}

/** What an entity is a part of: by the field of its file, else by the relation that the catalog computed. */
function wholeOf(entity: IndexedEntity, field: string, kind: string): EntityRef | undefined {
  const written = parseRef(entity.spec[field], { kind, namespace: entity.ref.namespace });
  if (written) return written;
  for (const { type, targetRef } of entity.relations) {
    const ref = type === 'partOf' ? parseRef(targetRef) : undefined;
    if (ref?.kind === kind) return ref;
  }
  return undefined;
}

/** An entity, its whole, the whole of that ...: ends where the catalog does, or where it bites its tail. */
function chain(entity: IndexedEntity, index: CatalogIndex, next: (from: IndexedEntity) => EntityRef | undefined): IndexedEntity[] {
  const links: IndexedEntity[] = [];
  let at: IndexedEntity | undefined = entity;
  while (at && !links.includes(at)) {
    links.push(at);
    const ref: EntityRef | undefined = next(at);
    at = ref && index.entities.get(formatRef(ref));
  }
  return links;
}

function ownerOf(entity: IndexedEntity): string | undefined {
  const related = entity.relations.find(({ type }) => type === 'ownedBy');
  return related ? ownerRef(related.targetRef) : ownerRef(entity.spec.owner, entity.ref.namespace);
}

/** The System's policy, else that of its Domain, else that of the Domain's Domain ... */
function policyOf(system: IndexedEntity, index: CatalogIndex): string | undefined {
  const up = (entity: IndexedEntity) => wholeOf(entity, entity.ref.kind === 'domain' ? 'subdomainOf' : 'domain', 'domain');
  return chain(system, index, up)
    .map((entity) => textOf(entity.annotations[annotations.policy]))
    .find((policy) => policy !== undefined);
}

function rank(id: string): number {
  return (id.startsWith('system:') ? 0 : 2) + (id.includes(':default/') ? 0 : 1);
}
