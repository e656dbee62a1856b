import { formatRef, parseRef } from '../application/entity-ref.ts';
import type { Application, Component } from '../application/model.ts';
import type { CatalogContents } from '../ports/catalog.ts';
import type { Reason } from '../reason.ts';
import { nearest } from '../text/nearest.ts';
import type { Policy } from './model.ts';
import { isPolicy, parsePolicy } from './parse.ts';

/** Every policy of a catalog, found by name (`gold`) or reference (`drpolicy:platform/gold`). */
export class Policies {
  readonly all: readonly Policy[];
  /** Policies that were found but are not valid, by reference: an assignment to one is no dangling reference. */
  readonly #broken: ReadonlyMap<string, Reason>;
  readonly #byRef: ReadonlyMap<string, Policy>;
  readonly problems: readonly Reason[];

  constructor(catalog?: Pick<CatalogContents, 'entities'>) {
    const byRef = new Map<string, Policy>();
    const broken = new Map<string, Reason>();
    const problems: Reason[] = [];
    for (const entity of catalog?.entities ?? []) {
      if (!isPolicy(entity)) continue;
      const parsed = parsePolicy(entity);
      const ref = referenceTo(String(entity.metadata?.name ?? ''), entity.metadata?.namespace);
      if (parsed.policy === undefined) {
        problems.push(parsed.problem);
        if (ref) broken.set(ref, parsed.problem);
        continue;
      }
      problems.push(...parsed.warnings);
      if (ref && !byRef.has(ref)) byRef.set(ref, parsed.policy);
    }
    this.#byRef = byRef;
    this.#broken = broken;
    this.problems = problems;
    this.all = [...byRef.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** The policy that applies to a component: its own, else its application's. */
  of(component: Component, application: Application): { policy?: Policy; reason?: Reason } {
    const assigned = component.policy ?? application.policy;
    if (assigned === undefined) return {};
    const ref = referenceTo(assigned);
    const policy = ref === undefined ? undefined : this.#byRef.get(ref);
    if (policy) return { policy };
    const broken = ref === undefined ? undefined : this.#broken.get(ref);
    if (broken) return { reason: { ...broken, component: component.name } };
    const meant = nearest(
      assigned,
      this.all.map(({ name }) => name),
    );
    return {
      reason: {
        code: 'UNKNOWN_POLICY',
        severity: 'warning',
        component: component.name,
        message: `${component.name} is assigned the policy ${assigned}, which does not exist${meant ? `; did you mean ${meant}?` : ''}`,
        evidence: [`policy: ${assigned}`],
        fix: `Create the DRPolicy ${assigned}, or correct the annotation kubectl-dr.dev/policy.`,
      },
    };
  }
}

function referenceTo(text: string, namespace?: string): string | undefined {
  const ref = parseRef(text, { kind: 'drpolicy', ...(namespace !== undefined && { namespace }) });
  return ref && formatRef(ref);
}
