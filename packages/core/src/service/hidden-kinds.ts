import { grantOf } from '../planning/checks/roles.ts';
import { groupOf } from '../planning/live-objects.ts';
import type { Change } from '../planning/model.ts';
import { type KubeObject, type ResourceType, resourceKey } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import type { ReadPlace } from './in-place-reader.ts';

/** Without what is of a kind of which nobody lets us see what is there now. */
export function withoutHidden(place: ReadPlace): ReadPlace {
  const isHidden = (object: KubeObject): boolean => place.hidden.some(({ type }) => isOf(object, type));
  return { ...place, captured: new Map([...place.captured].map(([id, objects]) => [id, objects.filter((object) => !isHidden(object))])) };
}

/** Of the kinds that may not be listed those of which a plan would change something: how they differ is not known. */
export function hiddenKinds({ cluster, namespace, hidden }: ReadPlace, changes: readonly Change[]): Reason[] {
  const wanted = hidden.filter(({ type }) =>
    changes.some((change) => change.cluster === cluster && change.namespace === namespace && isOf(change, type)),
  );
  if (wanted.length === 0) return [];
  const user = wanted[0]!.error.details?.user;
  const identity = typeof user === 'string' ? user : 'you';
  const names = wanted.map(({ type }) => resourceKey(type));
  return [
    {
      code: 'READING_FORBIDDEN',
      severity: 'blocker',
      cluster,
      message: `${identity} may not list ${names.join(', ')} in ${namespace} on ${cluster}, so how they differ is not known`,
      fix: `somebody who may can grant it: ${grantOf(
        names.map((name) => `list ${name} in ${namespace}`),
        identity,
      )}`,
    },
  ];
}

function isOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>, type: ResourceType): boolean {
  return kind === type.kind && groupOf(apiVersion) === type.group;
}
