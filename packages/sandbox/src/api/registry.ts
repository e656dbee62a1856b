import { apiVersionOf, resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { builtIn } from './builtin.ts';
import { resourcesOf } from './crd.ts';
import type { Resource } from './resource.ts';
import type { Store } from './store.ts';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** Every type served at this moment. Follows the CustomResourceDefinitions of the store, without delay. */
export class Registry {
  readonly #fixed: Resource[] = builtIn;
  readonly #custom = new Map<string, Resource[]>();
  #byPath = new Map<string, Resource>();
  #byKind = new Map<string, Resource>();
  #byKey = new Map<string, Resource>();

  constructor(store: Store) {
    this.#rebuild();
    store.subscribe((event) => {
      if (event.resource !== definitions) return;
      if (event.type === 'DELETED') this.#custom.delete(event.object.metadata.name);
      else this.#custom.set(event.object.metadata.name, resourcesOf(event.object));
      this.#rebuild();
    });
  }

  all(): Resource[] {
    return [...this.#byPath.values()];
  }

  /** By what stands in a URL. */
  find(group: string, version: string, resource: string): Resource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  findKind(apiVersion: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`);
  }

  /** By the store's name of the type, in its storage version. */
  stored(key: string): Resource | undefined {
    return this.#byKey.get(key);
  }

  inVersion(group: string, version: string): Resource[] {
    return this.all().filter((resource) => resource.group === group && resource.version === version);
  }

  /** group -> versions, the preferred one first. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const { group, version } of this.#byPath.values()) {
      const versions = groups.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      groups.set(group, versions);
    }
    for (const versions of groups.values()) versions.sort(byStability);
    return groups;
  }

  #rebuild(): void {
    this.#byPath = new Map();
    this.#byKind = new Map();
    this.#byKey = new Map();
    for (const resource of [...this.#fixed, ...[...this.#custom.values()].flat()]) {
      this.#byPath.set(`${resource.group}/${resource.version}/${resource.resource}`, resource);
      this.#byKind.set(`${apiVersionOf(resource)} ${resource.kind}`, resource);
      const key = resourceKey(resource);
      if (!this.#byKey.has(key)) this.#byKey.set(key, resource);
    }
  }
}

/** Kubernetes' order: GA before beta before alpha, then the higher number. */
function byStability(left: string, right: string): number {
  const rank = (version: string): [number, number, number] => {
    const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major ?? -1), Number(minor ?? 0)];
  };
  const [a, b] = [rank(left), rank(right)];
  return b[0] - a[0] || b[1] - a[1] || b[2] - a[2];
}

/** The object as it reads in the version asked for. Versions of a type differ by name only (conversion `None`). */
export function inVersion(resource: Resource, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(resource);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
