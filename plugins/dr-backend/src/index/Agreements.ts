import { sharedWithAnnotation } from '@kubectl-dr/backstage-plugin-dr-common';
import { ownerRef } from '@kubectl-dr/core/application/entity-ref';
import type { Component } from '@kubectl-dr/core/application/model';
import type { TenancyRule } from '@kubectl-dr/core/application/tenancy';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

/**
 * Which namespaces let somebody else's application act in them.
 *
 * An application may have components of several teams. Who owns the System has written that themselves, and so has whoever
 * wrote into the Component that it belongs there: neither proves that the component's team agrees. The namespace has to
 * say so, or the operator.
 */
export class Agreements {
  private readonly namespacesOf: (cluster: string) => readonly KubeObject[];
  private readonly tenancy: readonly TenancyRule[];
  private readonly known = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>();

  constructor(namespacesOf: (cluster: string) => readonly KubeObject[], tenancy: readonly TenancyRule[]) {
    this.namespacesOf = namespacesOf;
    this.tenancy = tenancy;
  }

  /** Do all places of the component let `owner` act in them? False for one that is placed nowhere. */
  lets(owner: string, component: Component): boolean {
    return component.placements.length > 0 && component.placements.every((placement) => this.letsInto(owner, placement));
  }

  private letsInto(owner: string, { cluster, namespace }: { cluster?: string; namespace: string }): boolean {
    const mapped = this.tenancy.some(
      (rule) => rule.namespace === namespace && (rule.cluster === undefined || rule.cluster === cluster) && ownerRef(rule.owner) === owner,
    );
    return mapped || (cluster !== undefined && (this.sharedOn(cluster).get(namespace)?.has(owner) ?? false));
  }

  private sharedOn(cluster: string): ReadonlyMap<string, ReadonlySet<string>> {
    let shared = this.known.get(cluster);
    if (!shared) {
      shared = new Map(
        this.namespacesOf(cluster).flatMap(({ metadata }) => {
          const text = metadata.annotations?.[sharedWithAnnotation];
          return text === undefined ? [] : [[metadata.name, new Set(text.split(',').flatMap((part) => ownerRef(part) ?? []))] as const];
        }),
      );
      this.known.set(cluster, shared);
    }
    return shared;
  }
}
