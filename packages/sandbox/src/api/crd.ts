import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { ageColumn, nameColumn } from './columns.ts';
import { at, isRecord, listAt, numberAt, recordAt, textAt, textsAt } from './json.ts';
import type { JsonRecord } from './json.ts';
import type { PrinterColumn, Resource } from './resource.ts';
import { allVerbs } from './resource.ts';
import type { Checks } from './schema/checks.ts';

/** `.spec.replicas` as field names. */
function fields(path: string): string[] {
  return path.split('.').filter((field) => field !== '');
}

function columnOf(value: unknown): PrinterColumn {
  return {
    name: textAt(value, 'name'),
    type: textAt(value, 'type') || 'string',
    format: textAt(value, 'format'),
    description: textAt(value, 'description'),
    priority: numberAt(value, 'priority'),
    jsonPath: textAt(value, 'jsonPath'),
  };
}

function scaleOf(version: JsonRecord): Resource['scale'] {
  const scale = at(version, 'subresources', 'scale');
  if (!isRecord(scale)) return undefined;
  const selector = textAt(scale, 'labelSelectorPath');
  return {
    specReplicas: fields(textAt(scale, 'specReplicasPath')),
    statusReplicas: fields(textAt(scale, 'statusReplicasPath')),
    ...(selector === '' ? {} : { selector: fields(selector) }),
  };
}

/** The types that a CustomResourceDefinition makes the API serve, one per served version; the storage version first. */
export function resourcesOf(definition: KubeObject): Resource[] {
  const names = recordAt(definition, 'spec', 'names');
  const versions = listAt(definition, 'spec', 'versions').filter(isRecord);
  const served = versions.filter((version) => version.served === true);
  return served
    .sort((left, right) => Number(right.storage === true) - Number(left.storage === true))
    .map((version) => {
      const columns = listAt(version, 'additionalPrinterColumns').map(columnOf);
      const scale = scaleOf(version);
      return {
        group: textAt(definition, 'spec', 'group'),
        version: textAt(version, 'name'),
        resource: textAt(names, 'plural'),
        kind: textAt(names, 'kind'),
        namespaced: textAt(definition, 'spec', 'scope') !== 'Cluster',
        listKind: textAt(names, 'listKind'),
        singular: textAt(names, 'singular'),
        shortNames: textsAt(names, 'shortNames'),
        categories: textsAt(names, 'categories'),
        verbs: allVerbs,
        builtIn: false,
        statusSubresource: isRecord(at(version, 'subresources', 'status')),
        ...(scale === undefined ? {} : { scale }),
        generation: true,
        nameRule: 'subdomain',
        updateNeedsVersion: true,
        selectableFields: listAt(version, 'selectableFields').map((field) => textAt(field, 'jsonPath').replace(/^\./, '')),
        fixed: [],
        columns: [nameColumn, ...(columns.length > 0 ? columns : [ageColumn])],
        schema: recordAt(version, 'schema', 'openAPIV3Schema'),
      };
    });
}

/** What the API refuses in a definition beyond the rules of its fields: without these it could not be served. */
export function checkDefinition({ metadata, spec }: KubeObject, checks: Checks): void {
  if (metadata.name !== `${textAt(spec, 'names', 'plural')}.${textAt(spec, 'group')}`)
    checks.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group');
  const storage = listAt(spec, 'versions').filter((version) => at(version, 'storage') === true);
  if (storage.length !== 1) checks.invalid('spec.versions', storage, 'must have exactly one version marked as storage version');
}

/** The definition with the status of one that is established; earlier transition times are kept. */
export function established(definition: KubeObject, now: string): KubeObject {
  const condition = (type: string, reason: string, message: string): JsonRecord => ({
    lastTransitionTime: now,
    message,
    reason,
    status: 'True',
    type,
  });
  const acceptedNames = recordAt(definition, 'spec', 'names');
  const stored = listAt(definition, 'spec', 'versions').filter((version) => at(version, 'storage') === true);
  const earlier = listAt(definition, 'status', 'conditions').filter(isRecord);
  const conditions = [
    condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
    condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
  ].map((wanted) => earlier.find((known) => known.type === wanted.type && known.status === 'True') ?? wanted);
  const others = earlier.filter((known) => known.type !== 'NamesAccepted' && known.type !== 'Established');
  const storedVersions = new Set([...textsAt(definition, 'status', 'storedVersions'), ...stored.map((version) => textAt(version, 'name'))]);
  return { ...definition, status: { acceptedNames, conditions: [...conditions, ...others], storedVersions: [...storedVersions] } };
}
