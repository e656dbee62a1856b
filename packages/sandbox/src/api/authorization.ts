import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { User } from './authentication.ts';
import { at, listAt, recordAt, textAt, textsAt } from './json.ts';
import { selectorText } from './selector-text.ts';
import { labelSelector } from './selectors.ts';
import { ApiError, forbidden } from './status.ts';
import type { Store } from './store.ts';

/** What somebody wants to do: with a resource, or with a path that is none. */
export type Attributes =
  | {
      verb: string;
      group: string;
      resource: string;
      subresource?: string | undefined;
      namespace?: string | undefined;
      name?: string | undefined;
    }
  | { verb: string; path: string };

interface Grant {
  rules: unknown[];
  by: string;
}

/** Kubernetes' RBAC over the Roles and bindings in the store. `system:masters` may do everything. */
export class Authorizer {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  allows(user: User, wanted: Attributes): { allowed: boolean; reason: string } {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
    const namespace = 'path' in wanted ? undefined : wanted.namespace;
    for (const { rules, by } of this.grants(user, namespace)) {
      if (rules.some((rule) => covers(rule, wanted))) return { allowed: true, reason: `RBAC: allowed by ${by}` };
    }
    return { allowed: false, reason: '' };
  }

  /** Throws 403 in the words of the real server. */
  demand(user: User, wanted: Attributes): void {
    if (this.allows(user, wanted).allowed) return;
    const who = `User "${user.username}" cannot ${wanted.verb}`;
    if ('path' in wanted) {
      throw new ApiError(403, 'Forbidden', `forbidden: ${who} path "${wanted.path}"`, {});
    }
    const { group, resource, subresource, namespace, name = '' } = wanted;
    const what = subresource === undefined ? resource : `${resource}/${subresource}`;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    throw forbidden({ group, resource }, name, `${who} resource "${what}" in API group "${group}" ${where}`);
  }

  /** The rules that bindings give to a user, cluster-wide and in a namespace. */
  grants(user: User, namespace: string | undefined): Grant[] {
    const found: Grant[] = [];
    for (const binding of this.#store.list('clusterrolebindings.rbac.authorization.k8s.io')) {
      if (isBound(binding, user)) found.push({ rules: this.#rules(binding), by: `ClusterRoleBinding "${binding.metadata.name}"` });
    }
    if (namespace === undefined) return found;
    for (const binding of this.#store.list('rolebindings.rbac.authorization.k8s.io', namespace)) {
      if (isBound(binding, user))
        found.push({ rules: this.#rules(binding, namespace), by: `RoleBinding "${binding.metadata.name}/${namespace}"` });
    }
    return found;
  }

  #rules(binding: KubeObject, namespace?: string): unknown[] {
    const name = textAt(binding, 'roleRef', 'name');
    if (textAt(binding, 'roleRef', 'kind') === 'Role') {
      return listAt(this.#store.get('roles.rbac.authorization.k8s.io', namespace, name), 'rules');
    }
    const clusterRoles = 'clusterroles.rbac.authorization.k8s.io';
    const role = this.#store.get(clusterRoles, undefined, name);
    const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors').map((selector) => labelSelector(selectorText(selector)));
    const aggregated =
      selectors.length === 0 ? [] : this.#store.list(clusterRoles).filter((other) => selectors.some((matches) => matches?.(other)));
    return [...listAt(role, 'rules'), ...aggregated.flatMap((other) => listAt(other, 'rules'))];
  }
}

function isBound(binding: KubeObject, user: User): boolean {
  return listAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name');
    switch (textAt(subject, 'kind')) {
      case 'User':
        return name === user.username;
      case 'Group':
        return user.groups.includes(name);
      case 'ServiceAccount':
        return user.username === `system:serviceaccount:${textAt(subject, 'namespace') || binding.metadata.namespace}:${name}`;
      default:
        return false;
    }
  });
}

function covers(rule: unknown, wanted: Attributes): boolean {
  const has = (field: string, value: string): boolean => {
    const list = textsAt(rule, field);
    return list.includes('*') || list.includes(value);
  };
  if (!has('verbs', wanted.verb)) return false;
  if ('path' in wanted) {
    return textsAt(rule, 'nonResourceURLs').some(
      (url) => url === wanted.path || (url.endsWith('*') && wanted.path.startsWith(url.slice(0, -1))),
    );
  }
  const { group, resource, subresource, name } = wanted;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const resources = textsAt(rule, 'resources');
  const matches =
    resources.includes('*') || resources.includes(what) || (subresource !== undefined && resources.includes(`*/${subresource}`));
  if (!has('apiGroups', group) || !matches) return false;
  const names = textsAt(rule, 'resourceNames');
  return names.length === 0 || (name !== undefined && names.includes(name));
}

/** `spec` of an access review as attributes. */
export function attributesOf(spec: unknown): Attributes {
  const path = at(spec, 'nonResourceAttributes');
  if (path !== undefined) return { verb: textAt(path, 'verb'), path: textAt(path, 'path') };
  const asked = recordAt(spec, 'resourceAttributes');
  return {
    verb: textAt(asked, 'verb'),
    group: textAt(asked, 'group'),
    resource: textAt(asked, 'resource'),
    subresource: textAt(asked, 'subresource') || undefined,
    namespace: textAt(asked, 'namespace') || undefined,
    name: textAt(asked, 'name') || undefined,
  };
}
