import { matches, parseSelector } from '../application/selector.ts';
import { InputError } from '../errors.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';

/** Fields that an API server selects by, beside name and namespace. Others are refused, as there. */
const selectable: Record<string, readonly string[]> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  events: ['involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace', 'involvedObject.uid', 'reason', 'type'],
  secrets: ['type'],
  namespaces: ['status.phase'],
  'jobs.batch': ['status.successful'],
};

export interface Selection {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Which objects of a type a list or watch sees. Throws an InputError for a selector that a server would refuse. */
export function selectionOf(type: ResourceType, selection: Selection): (object: KubeObject) => boolean {
  const requirements = parseSelector(selection.labelSelector ?? '');
  if (!requirements) throw new InputError(`the label selector "${selection.labelSelector}" cannot be read`);
  const fields = (selection.fieldSelector ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => fieldOf(type, part));
  return (object) =>
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    matches(requirements, object.metadata.labels) &&
    fields.every((field) => field(object));
}

function fieldOf(type: ResourceType, part: string): (object: KubeObject) => boolean {
  const match = /^([\w.]+)(==|!=|=)(.*)$/.exec(part);
  if (!match) throw new InputError(`the field selector "${part}" cannot be read`);
  const [, path, operator, wanted] = match as unknown as [string, string, string, string];
  if (path !== 'metadata.name' && path !== 'metadata.namespace' && !selectable[resourceKey(type)]?.includes(path))
    throw new InputError(`field label not supported: ${path}`);
  return (object) => {
    const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
    return (String(value ?? '') === wanted) === (operator !== '!=');
  };
}
