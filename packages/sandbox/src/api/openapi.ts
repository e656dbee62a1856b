import announced from '../../data/version.json' with { type: 'json' };
import type { Registry } from './registry.ts';
import type { Resource } from './resource.ts';
import type { Type } from './schema/fields.ts';
import { fieldsOf, typeOf } from './schema/fields.ts';

type Json = Record<string, unknown>;

/** `/openapi/v3`: where the document of each group version is. */
export function openApiIndex(registry: Registry, version: number): Json {
  const paths = [...registry.groups()].flatMap(([group, versions]) =>
    versions.map((name) => (group === '' ? `api/${name}` : `apis/${group}/${name}`)),
  );
  // The hash lets clients cache a document for ever; a custom type may change with any write.
  return { paths: Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${version}` }])) };
}

/**
 * `/openapi/v2`, which kubectl asks about kinds that it does not find in v3 (a List, a type that is not served): a document
 * that describes nothing, in the one form in which clients read it.
 */
export function openApiV2(): Response {
  const field = (number: number, content: Uint8Array): Uint8Array => Uint8Array.of((number << 3) | 2, content.length, ...content);
  const text = (number: number, value: string): Uint8Array => field(number, new TextEncoder().encode(value));
  const info = field(2, Uint8Array.of(...text(1, 'Kubernetes'), ...text(2, announced.gitVersion)));
  return new Response(Uint8Array.of(...text(1, '2.0'), ...info), {
    headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
  });
}

/**
 * The document of one group version. Just enough for kubectl: that PATCH knows `fieldValidation` (validation is then
 * the server's), that there is no strategic merge (it then sends JSON merge patches), and for `kubectl explain` the
 * fields of all types, which are described only where a CustomResourceDefinition does.
 */
export function openApiDocument(registry: Registry, root: string, group: string, version: string): Json | undefined {
  const resources = registry.inVersion(group, version);
  if (resources.length === 0) return undefined;
  const schemas: Record<string, Json> = {};
  for (const resource of resources) schemas[schemaName(resource)] = schemaOf(resource, schemas);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: announced.gitVersion },
    paths: Object.fromEntries(resources.flatMap((resource) => pathsOf(root, resource))),
    components: { schemas },
  };
}

function schemaName({ group, version, kind }: Resource): string {
  return [...(group === '' ? ['core'] : group.split('.').reverse()), version, kind].join('.');
}

function schemaOf(resource: Resource, schemas: Record<string, Json>): Json {
  const own = resource.structure?.kind === 'struct' ? objectOf(resource.structure.key, schemas) : (resource.schema ?? { type: 'object' });
  const standard = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: schemaOfType(typeOf('ObjectMeta'), schemas) };
  return { ...own, properties: { ...(own.properties as Json), ...standard }, 'x-kubernetes-group-version-kind': [kindOf(resource)] };
}

function objectOf(key: string, schemas: Record<string, Json>): Json {
  const fields = [...fieldsOf(key).values()];
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, type, values }) => [name, { ...schemaOfType(type, schemas), enum: values }])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
  };
}

const scalars: Partial<Record<Type['kind'], string>> = { int: 'integer', float: 'number', bool: 'boolean', raw: 'object' };

/** What it refers to is added to `schemas`. */
function schemaOfType(type: Type, schemas: Record<string, Json>): Json {
  if (type.kind === 'pointer') return schemaOfType(type.of, schemas);
  if (type.kind === 'list') return { type: 'array', items: schemaOfType(type.of, schemas) };
  if (type.kind === 'map') return { type: 'object', additionalProperties: schemaOfType(type.of, schemas) };
  if (type.kind !== 'struct') return { type: scalars[type.kind] ?? 'string' };
  const name = `io.k8s.${type.key}`;
  if (schemas[name] === undefined) {
    // Some structures hold themselves.
    schemas[name] = {};
    schemas[name] = objectOf(type.key, schemas);
  }
  return { $ref: `#/components/schemas/${name}` };
}

function kindOf({ group, version, kind }: Resource): Json {
  return { group, version, kind };
}

const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

/** What kubectl asks the document about is in its PATCH. */
function pathsOf(root: string, resource: Resource): [string, Json][] {
  if (!resource.verbs.includes('patch')) return [];
  const body = { schema: { $ref: `#/components/schemas/${schemaName(resource)}` } };
  const patch = {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': kindOf(resource),
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    requestBody: { content: Object.fromEntries(patchTypes.map((type) => [type, body])) },
    responses: { '200': { description: 'OK', content: { 'application/json': body } } },
  };
  return [[`${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.resource}/{name}`, { patch }]];
}
