import type { PolicyUser, PortalPolicy, ReconcileMode } from '@kubectl-dr/backstage-plugin-dr-common';
import { formatRef, parseRef } from '@kubectl-dr/core/application/entity-ref';
import { labels } from '@kubectl-dr/core/application/model';
import { NotFoundError } from '@kubectl-dr/core/errors';
import { nameFor } from '@kubectl-dr/core/planning/assemble';
import type { Policy } from '@kubectl-dr/core/policy/model';
import type { PolicyChange } from '@kubectl-dr/core/policy/rendering/model';
import type { Reason } from '@kubectl-dr/core/reason';
import type { ApplicationStatus, ComponentStatus, Fleet } from '@kubectl-dr/core/service/model';
import { verdicts } from '@kubectl-dr/core/service/model';
import { nearest } from '@kubectl-dr/core/text/nearest';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { policyToWire } from '@kubectl-dr/core/wire/encode';
import { policyChangeToWire } from '@kubectl-dr/core/wire/encode-policy';
import type { WirePolicy } from '@kubectl-dr/core/wire/protection';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { CorrectionStore } from '../policies/CorrectionStore.ts';
import type { PolicyIndex } from '../policies/PolicyIndex.ts';
import type { ApplicationReads } from './ApplicationReads.ts';
import type { Asker } from './Asker.ts';

export interface PolicyReadsOptions {
  reads: ApplicationReads;
  index: FleetIndex;
  /** Absent with `off`. */
  comparing: PolicyIndex | undefined;
  corrections: Pick<CorrectionStore, 'of'>;
  mode: ReconcileMode;
  prune: boolean;
}

/**
 * Policies, and what became of them. That one exists is told to whoever may see any application, and its entity in the catalog; who
 * uses it, and what it made in the clusters, only of applications that the caller may see.
 */
export class PolicyReads {
  private readonly options: PolicyReadsOptions;

  constructor(options: PolicyReadsOptions) {
    this.options = options;
  }

  async list(asker: Asker): Promise<{ apiVersion: typeof apiVersion; kind: 'DRPolicyList'; items: WirePolicy[] }> {
    const { fleet } = await this.look(asker);
    return { apiVersion, kind: 'DRPolicyList', items: fleet.policies.map((policy) => policyToWire(policy, fleet)) };
  }

  async get(asker: Asker, { namespace, name }: { namespace: string; name: string }): Promise<PortalPolicy> {
    const { comparing, corrections, mode, prune } = this.options;
    const { fleet } = await this.look(asker);
    const ref = parseRef(name, { kind: 'drpolicy', namespace });
    const policy = fleet.policies.find((one) => ref !== undefined && refOf(one) === formatRef(ref));
    if (!policy) throw unknown(namespace, name, fleet.policies);
    const users = fleet.applications.flatMap((status) => userOf(status, policy) ?? []);
    const compared = comparing?.current();
    const told = this.tellable(fleet.applications);
    const objects = (compared?.changes ?? []).filter(
      (change) =>
        made(policy, change) && told(change.application, (name) => nameFor(name) === change.object.metadata.labels?.[labels.componentOf]),
    );
    const using = new Map(users.map((user) => [user.name, user.components]));
    const reasons = (compared?.reasons ?? []).filter(
      ({ application, component }) =>
        (component === undefined ? using.has(application) : using.get(application)?.includes(component)) &&
        told(application, (one) => one === component),
    );
    return {
      ...policyToWire(policy, fleet),
      users: users.toSorted((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) || (a.name < b.name ? -1 : 1)),
      reconciliation: {
        mode,
        prune,
        ...(compared && { comparedAt: new Date(compared.at).toISOString() }),
        objects: objects.map((change) => policyChangeToWire(change, false)),
        reasons,
        corrections:
          mode === 'apply' ? await corrections.of(users.flatMap((user) => (told(user.name, () => false) ? [user.name] : []))) : [],
      },
    };
  }

  /**
   * Is something of an application about a component that the caller may see? What is about all of them is only told where
   * none is hidden.
   */
  private tellable(applications: readonly ApplicationStatus[]): (application: string, isAbout: (component: string) => boolean) => boolean {
    const all = this.options.index.current().byName;
    const visible = new Map(applications.map((status) => [status.application.name, status]));
    return (name, isAbout) => {
      const status = visible.get(name);
      if (!status) return false;
      const whole = all.get(name.toLowerCase())?.application.components.length === status.application.components.length;
      return whole || status.application.components.some((component) => isAbout(component.name));
    };
  }

  /** The fleet with the applications and policies that the caller may see. */
  private async look(asker: Asker): Promise<{ fleet: Fleet }> {
    const { applications, access } = await this.options.reads.visible(asker.credentials);
    access.assertMayLook();
    const { fleet } = this.options.index.current();
    await access.preparePolicies(fleet.policies);
    return { fleet: { ...fleet, applications, policies: fleet.policies.filter((policy) => access.maySeePolicy(policy)) } };
  }
}

/** Reasons of one application that are told here; the rest is on its own page. */
const mostReasons = 20;
const severities = ['blocker', 'critical', 'warning', 'info'];

function refOf({ entityRef, name }: Policy): string {
  return entityRef?.toLowerCase() ?? `drpolicy:default/${name}`;
}

function unknown(namespace: string, name: string, policies: readonly Policy[]): NotFoundError {
  const meant = nearest(
    name,
    policies.map((policy) => policy.name),
  );
  const where = namespace === 'default' ? '' : ` in ${namespace}`;
  return new NotFoundError(`There is no policy "${name}"${where}`, {
    hint: meant ? `did you mean "${meant}"?` : 'A DRPolicy that the catalog has, and refuses, is among the problems of the health page.',
  });
}

function under(policy: Policy, { components }: ApplicationStatus): ComponentStatus[] {
  return components.filter((component) => component.policy !== undefined && refOf(component.policy) === refOf(policy));
}

function userOf(status: ApplicationStatus, policy: Policy): PolicyUser | undefined {
  const components = under(policy, status);
  if (components.length === 0) return undefined;
  const { name, title, entityRef, owner } = status.application;
  const ages = components.map(({ ageSeconds }) => ageSeconds ?? Number.POSITIVE_INFINITY);
  const oldest = Math.max(...ages);
  const reasons = components.flatMap((component) => component.reasons);
  return {
    name,
    ...(title !== undefined && { title }),
    ...(entityRef !== undefined && { entityRef }),
    ...(owner !== undefined && { owner }),
    verdict: verdicts[Math.min(...components.map(({ verdict }) => verdicts.indexOf(verdict)))]!,
    components: components.map(({ component }) => component.name),
    ...(Number.isFinite(oldest) && { ageSeconds: oldest }),
    reasons: worstFirst(reasons).slice(0, mostReasons),
  };
}

function worstFirst(reasons: readonly Reason[]): Reason[] {
  return reasons.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** Of two policies of one name in two namespaces, what is asked for says which by its revision. */
function made(policy: Policy, { policy: name, action, object }: PolicyChange): boolean {
  if (action === 'remove') return name === policy.name || name === nameFor(policy.name);
  return name === policy.name && object.metadata.labels?.[labels.policyRevision] === policy.revision;
}
