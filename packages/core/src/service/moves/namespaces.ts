import type { Application } from '../../application/model.ts';
import { labels } from '../../application/model.ts';
import { isNamespaceName } from '../../application/namespace-name.ts';
import { type TenancyRule, claimOf } from '../../application/tenancy.ts';
import { reachesNamespace } from '../../compliance/coverage.ts';
import { InputError, NotAllowedError } from '../../errors.ts';
import type { Operation } from '../../execution/model.ts';
import { nameFor } from '../../planning/assemble.ts';
import type { PlanRequest } from '../../planning/model.ts';
import type { Reason } from '../../reason.ts';
import type { Assessment } from '../assess.ts';
import { leftBy, movesOf } from '../located.ts';
import { findApplication } from '../look.ts';
import type { ComponentStatus } from '../model.ts';
import { isExclusive } from '../plan-ground.ts';

export interface NamespaceGround {
  application: Application;
  /** Of those that go, where they are now. */
  components: readonly ComponentStatus[];
  to: string;
  request: Pick<PlanRequest, 'namespaces'>;
  assessment: Assessment;
}

/**
 * Namespaces that are called otherwise at the target, by what they are called where they are now. A namespace has a name of its own, by
 * which catalog and policy know it, and another only on a cluster for which the policy, or the request, says so: so whatever comes
 * back, or goes on to a third cluster, has its own name again. InputError: names that no way back could be found by.
 */
export function namespacesAt({ application, components, to, request, assessment }: NamespaceGround): Record<string, string> {
  const { name: of } = application;
  const asked = request.namespaces ?? {};
  const places = components.flatMap(({ component, policy }) =>
    component.placements.flatMap(({ cluster, namespace }) =>
      cluster === undefined || cluster === to ? [] : [{ component: component.name, policy, cluster, namespace }],
    ),
  );
  const all = findApplication(assessment, of).components.flatMap(({ placements }) => placements);
  const known = [...new Set(all.flatMap(({ cluster, namespace }) => (cluster === to ? [] : [namespace])))];
  for (const [from, into] of Object.entries(asked)) {
    if (!known.includes(from))
      throw new InputError(`nothing of ${of} in a namespace ${from} would go to ${to}`, {
        hint: `namespaces that go: ${known.join(', ')}`,
      });
    if (!isNamespaceName(into))
      throw new InputError(`no namespace can be called ${JSON.stringify(into)}`, { hint: `${from}=${from}-dr, say` });
  }
  const found = new Map<string, string>();
  for (const { component, policy, cluster, namespace } of places) {
    const declared = (where: string): Record<string, string> => policy?.mapping?.[where]?.namespaces ?? {};
    const own = broughtFrom(of, component, { cluster, namespace }, assessment.past) ?? nameHere(declared(cluster), namespace) ?? namespace;
    const into = asked[namespace] ?? declared(to)[own] ?? own;
    const other = found.get(namespace);
    if (other !== undefined && other !== into)
      throw new InputError(`policies of ${of} call the namespace ${namespace} both ${other} and ${into} on ${to}`, {
        hint: `say which is meant: --map-namespace ${namespace}=${other}`,
      });
    found.set(namespace, into);
  }
  for (const [from, into] of found) {
    const other = [...found].find(([one, there]) => one !== from && there === into);
    if (other)
      throw new InputError(
        `${from} and ${other[0]} of ${of} would both become ${into} on ${to}, and could not be told apart on the way back`,
        {
          hint: 'give each a name of its own: --map-namespace FROM=TO',
        },
      );
  }
  return Object.fromEntries([...found].filter(([from, into]) => from !== into));
}

/** What the namespace was called before any move, as the records tell it. Undefined: none brought it there. */
function broughtFrom(
  application: string,
  component: string,
  place: { cluster: string; namespace: string },
  past: readonly Operation[],
): string | undefined {
  let { cluster, namespace } = place;
  let moved = false;
  for (const { plan } of movesOf(application, past).toReversed()) {
    const [left] = leftBy({ plan });
    if (plan.home !== cluster || left === undefined || !plan.components.includes(component)) continue;
    namespace = nameHere(plan.mapping?.namespaces ?? {}, namespace) ?? namespace;
    cluster = left;
    moved = true;
  }
  return moved ? namespace : undefined;
}

function nameHere(namespaces: Readonly<Record<string, string>>, there: string): string | undefined {
  return Object.entries(namespaces).find(([, into]) => into === there)?.[0];
}

/**
 * NotAllowedError where a namespace may not be written to under its other name, or what has arrived there could be somebody else's:
 * before anything of it is read.
 */
export function assertNamespaces(
  namespaces: Readonly<Record<string, string>>,
  { application, to, assessment }: Pick<NamespaceGround, 'application' | 'to' | 'assessment'>,
  tenancy: readonly TenancyRule[],
): void {
  const { name } = application;
  const isOfOthers = (namespace: string): boolean => whoseAt({ cluster: to, namespace }, application, assessment, tenancy) === 'others';
  for (const [from, into] of Object.entries(namespaces)) {
    if (isOfOthers(into))
      throw new NotAllowedError(`the namespace ${into} on ${to} is there already and is not of ${name} alone: nothing is written into it`, {
        code: 'UNCLAIMED_PLACEMENT',
        hint: `choose a name that is free there: --map-namespace ${from}=NAME, or mapping.${to}.namespaces in the policy; or, if it is of ${name} alone: kubectl --context ${to} label namespace ${into} ${labels.application}=${nameFor(name)}`,
      });
    if (isOfOthers(from))
      throw new NotAllowedError(
        `${to} has a namespace ${from} of somebody else: what was backed up of that cannot be told there from what was backed up of ${from} of ${name}`,
        { code: 'UNCLAIMED_PLACEMENT', hint: `let it go to a cluster where no namespace is called ${from}: kubectl dr status ${name}` },
      );
  }
}

/** Under its other name it is not protected by what was captured under its own. */
export function pointsLeft(
  namespaces: Readonly<Record<string, string>>,
  { application, to, assessment }: Pick<NamespaceGround, 'application' | 'to' | 'assessment'>,
): Reason[] {
  return Object.entries(namespaces).flatMap(([from, into]): Reason[] => {
    if (assessment.points().some(({ cluster, scope }) => cluster === to && reachesNamespace(scope, into))) return [];
    return [
      {
        code: 'POINTS_LEFT_BEHIND',
        severity: 'warning',
        cluster: to,
        message: `what was backed up of ${from} brings nothing back in ${into}, of which ${to} has no point yet`,
        fix: `back it up as soon as it runs there: kubectl dr backup ${application.name}`,
      },
    ];
  });
}

/**
 * Whose a namespace is that an application is brought into under another name. Its own is one where it runs or ran, that carries its
 * name, or that has agreed to its owner, as long as nothing of another application is in it.
 */
export function whoseAt(
  { cluster, namespace }: { cluster: string; namespace: string },
  application: Application,
  assessment: Assessment,
  tenancy: readonly TenancyRule[],
): 'nobody' | 'ours' | 'others' {
  const there = assessment.inventory.get(cluster)?.namespace(namespace);
  if (!there) return 'nobody';
  const own = assessment.everywhere(findApplication(assessment, application.name)).components.flatMap(({ placements }) => placements);
  const owner = application.owner ?? application.components.find((component) => component.owner !== undefined)?.owner;
  const agreed =
    own.some((one) => one.cluster === cluster && one.namespace === namespace && one.claim !== 'unclaimed') ||
    there.labels[labels.application] === nameFor(application.name) ||
    (owner !== undefined && ['claimed', 'mapped'].includes(claimOf({ cluster, namespace }, owner, there, tenancy)));
  const all = new Set(application.components.map(({ name }) => name));
  return agreed && isExclusive(assessment.applications, application, all, { cluster, namespace }) ? 'ours' : 'others';
}
