import type { CatalogContents, CatalogEntity } from '../ports/catalog.ts';
import type { Reason } from '../reason.ts';
import { type EntityRef, formatRef, parseRef } from './entity-ref.ts';

/** An entity with its reference and the parts we read, made safe: a YAML file may hold anything anywhere. */
export interface IndexedEntity {
  ref: EntityRef;
  /** `component:default/orders` */
  id: string;
  /** The name as written. */
  name: string;
  title?: string;
  annotations: Readonly<Record<string, string>>;
  spec: Readonly<Record<string, unknown>>;
  relations: readonly { type: string; targetRef: string }[];
}

/** The entities of a catalog by reference. */
export interface CatalogIndex {
  entities: ReadonlyMap<string, IndexedEntity>;
  /** Documents that could not be used. */
  problems: Reason[];
}

export function indexCatalog(contents: CatalogContents): CatalogIndex {
  const entities = new Map<string, IndexedEntity>();
  const problems: Reason[] = contents.problems.map(({ location, message }) => bad(`${location}: ${message}`, location));
  for (const entity of contents.entities) {
    const read = readEntity(entity);
    if (!read) problems.push(bad(`A catalog entity has no usable kind and metadata.name: ${describe(entity)}`));
    else if (entities.has(read.id)) problems.push(bad(`${read.id} is defined more than once; the first definition counts`, read.id));
    else entities.set(read.id, read);
  }
  return { entities, problems };
}

/** The texts of a field that may be one text, a list of texts, or anything else. */
export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item.trim() !== '');
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readEntity(entity: CatalogEntity): IndexedEntity | undefined {
  if (!isRecord(entity) || !isRecord(entity.metadata)) return undefined;
  const name = textOf(entity.metadata.name);
  const kind = textOf(entity.kind);
  const namespace = textOf(entity.metadata.namespace);
  const ref =
    name === undefined || kind === undefined ? undefined : parseRef(name, { kind, ...(namespace !== undefined && { namespace }) });
  if (!ref) return undefined;
  const title = textOf(entity.metadata.title);
  return {
    ref,
    id: formatRef(ref),
    name: name!,
    ...(title !== undefined && { title }),
    annotations: textFields(entity.metadata.annotations),
    spec: isRecord(entity.spec) ? entity.spec : {},
    relations: (Array.isArray(entity.relations) ? entity.relations : []).filter(
      (relation) => isRecord(relation) && typeof relation.type === 'string' && typeof relation.targetRef === 'string',
    ),
  };
}

/** Annotations whose value YAML read as a number or a truth value are taken as the text that was meant. */
function textFields(value: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, field] of isRecord(value) ? Object.entries(value) : []) {
    if (typeof field === 'string' || typeof field === 'number' || typeof field === 'boolean') fields[name] = String(field);
  }
  return fields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(entity: unknown): string {
  const text = isRecord(entity) ? `kind ${String(entity.kind)}` : typeof entity;
  return text.slice(0, 80);
}

function bad(message: string, evidence?: string): Reason {
  return {
    code: 'BAD_CATALOG',
    severity: 'warning',
    message,
    ...(evidence !== undefined && { evidence: [evidence] }),
    fix: 'Correct the catalog file.',
  };
}
