import type { PermissionsService } from '@backstage/backend-plugin-api';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import type { Allowed } from '@kubectl-dr/backstage-plugin-dr-common';
import {
  drApplicationReadPermission,
  drBackupCreatePermission,
  drOperationApprovePermission,
  drOperationUpdatePermission,
  drPlanCreatePermission,
  drPolicyReadPermission,
  drRestoreCreatePermission,
} from '@kubectl-dr/backstage-plugin-dr-common';
import type { Application, Component } from '@kubectl-dr/core/application/model';
import { NotAllowedError, NotFoundError } from '@kubectl-dr/core/errors';
import type { Policy } from '@kubectl-dr/core/policy/model';
import type { Agreements } from '../index/Agreements.ts';
import type { PortalCaller } from './CallerResolver.ts';
import { PermissionDecisions } from './PermissionDecisions.ts';

export type Action = keyof Allowed;

const permissionOf: Record<Action, ResourcePermission> = {
  plan: drPlanCreatePermission,
  backup: drBackupCreatePermission,
  restore: drRestoreCreatePermission,
  operate: drOperationUpdatePermission,
  approve: drOperationApprovePermission,
};
const actions = Object.keys(permissionOf) as Action[];

export interface AccessOptions {
  permissions: PermissionsService;
  caller: PortalCaller;
  agreements: Agreements;
  requireOwnership: boolean;
  /** What is known already; default: nothing. */
  decisions?: PermissionDecisions;
}

/**
 * What one caller may see and do, by two rules that both have to agree:
 * - the permission framework, asked about the component's own entity, or about the application's where the component is
 *   of the same owner or its namespaces let the application's owner in;
 * - ownership (`dr.authorization.requireOwnership`): the same two ways. No owner, no action. Operators own everything.
 *
 * Asked before `prepare`d, it knows nothing and allows nothing.
 */
export class Access {
  readonly caller: PortalCaller;
  private readonly options: AccessOptions;
  private readonly decisions: PermissionDecisions;

  constructor(options: AccessOptions) {
    this.options = options;
    this.caller = options.caller;
    this.decisions = options.decisions ?? new PermissionDecisions(options.permissions, options.caller.credentials);
  }

  /** Asks the permission framework about these applications: whether they may be seen. */
  async prepareReading(applications: readonly Application[]): Promise<void> {
    await this.decisions.load([drApplicationReadPermission], () => this.allRefs(applications));
  }

  /** The same, and what may be done; only of applications that ownership does not exclude already. */
  async prepareActing(applications: readonly Application[]): Promise<void> {
    const candidates = applications.filter((application) => application.components.some((component) => this.owns(application, component)));
    await this.decisions.load(
      actions.map((action) => permissionOf[action]),
      () => this.allRefs(candidates),
    );
  }

  /** Asks about these policies: a policy is an entity, and seen by whoever may see that in the catalog. */
  async preparePolicies(policies: readonly Policy[]): Promise<void> {
    await this.decisions.load([drPolicyReadPermission], () => policies.flatMap(({ entityRef }) => entityRef ?? []));
  }

  maySeePolicy({ entityRef }: Policy): boolean {
    return this.allowedOn(drPolicyReadPermission, entityRef === undefined ? [] : [entityRef]);
  }

  /** Whether `maySee` and `maySeeComponent` are true of whatever there is. */
  maySeeEverything(): boolean {
    return this.decisions.allowsAll(drApplicationReadPermission);
  }

  maySee(application: Application): boolean {
    const { entityRef } = application;
    if (this.allowedOn(drApplicationReadPermission, entityRef === undefined ? [] : [entityRef])) return true;
    return application.components.some((component) => this.maySeeComponent(application, component));
  }

  maySeeComponent(application: Application, component: Component): boolean {
    return this.allowedOn(drApplicationReadPermission, this.refsOf(application, component));
  }

  /** Of one component, or of the whole application: then of every component. */
  allowed(application: Application, component?: Component): Allowed {
    const wanted = component ? [component] : application.components;
    // Where nothing is placed there is nothing to act on, whoever asks.
    const placed = wanted.some(({ placements }) => placements.length > 0);
    const able = placed && wanted.every((part) => !unclaimedPlace(part) && this.owns(application, part));
    const may = (action: Action): boolean =>
      able && wanted.every((part) => this.allowedOn(permissionOf[action], this.refsOf(application, part)));
    return { plan: may('plan'), backup: may('backup'), restore: may('restore'), operate: may('operate'), approve: may('approve') };
  }

  /** NotFoundError for what may not be seen: that it exists is already something. */
  assertMaySee(application: Application, asked: string): void {
    if (!this.maySee(application)) throw notVisible(asked);
  }

  /** NotAllowedError for whoever may see no application at all, whichever it is. */
  assertMayLook(): void {
    if (this.decisions.mayAllow(drApplicationReadPermission)) return;
    throw new NotAllowedError('The permission policy of this portal does not let you see how anything is protected', {
      hint: 'Ask whoever keeps the permission policy of this portal.',
    });
  }

  /** NotAllowedError that says which rule stands in the way, and who could help. */
  assertMay(action: Action, application: Application, components: readonly Component[]): void {
    if (components.length === 0) {
      throw new NotAllowedError(`${application.name} has no component that anything could be done with`, {
        hint: `Let its components say "system: ${application.name}" in the catalog.`,
      });
    }
    for (const component of components) {
      if ((component.owner ?? application.owner) === undefined && !this.owns(application, component))
        throw this.notOwner(application, component);
      const unclaimed = unclaimedPlace(component);
      if (unclaimed) throw notAgreed(application, component, unclaimed.namespace);
      if (!this.owns(application, component)) throw this.notOwner(application, component);
      if (!this.allowedOn(permissionOf[action], this.refsOf(application, component))) {
        throw new NotAllowedError(
          `The permission policy does not let ${this.caller.name} do ${permissionOf[action].name} on ${component.entityRef ?? application.name}`,
          {
            hint: 'Ask whoever keeps the permission policy of this portal.',
          },
        );
      }
    }
  }

  private owns(application: Application, component: Component): boolean {
    const { caller, requireOwnership } = this.options;
    if (caller.operator || !requireOwnership) return true;
    const owner = component.owner ?? application.owner;
    if (owner !== undefined && caller.refs.has(owner)) return true;
    return application.owner !== undefined && caller.refs.has(application.owner) && this.together(application, component);
  }

  /** May the application's owner speak for the component? */
  private together(application: Application, component: Component): boolean {
    if (component.owner === undefined || component.owner === application.owner) return true;
    return application.owner !== undefined && this.options.agreements.lets(application.owner, component);
  }

  /** Entities whose permissions are those of the component. */
  private refsOf(application: Application, component: Component): string[] {
    const refs = component.entityRef === undefined ? [] : [component.entityRef];
    if (application.entityRef !== undefined && this.together(application, component)) refs.push(application.entityRef);
    return refs;
  }

  private allRefs(applications: readonly Application[]): Set<string> {
    const refs = new Set<string>();
    for (const application of applications) {
      if (application.entityRef !== undefined) refs.add(application.entityRef);
      for (const component of application.components) for (const ref of this.refsOf(application, component)) refs.add(ref);
    }
    return refs;
  }

  /** What no catalog knows has no entity that a condition could be about: operators only. */
  private allowedOn(permission: ResourcePermission, refs: readonly string[]): boolean {
    if (refs.length === 0 && this.decisions.isConditional(permission)) return this.caller.operator;
    return this.decisions.allows(permission, refs);
  }

  private notOwner(application: Application, component: Component): NotAllowedError {
    const owner = component.owner ?? application.owner;
    const of = application.components.length > 1 ? `${component.name} of ${application.name}` : application.name;
    if (owner === undefined) {
      return new NotAllowedError(`${of} has no owner, so nobody but an operator may act on it`, {
        hint: `Give ${component.entityRef ?? application.entityRef ?? application.name} a spec.owner in the catalog.`,
      });
    }
    const shared = application.owner !== undefined && application.owner !== owner && this.caller.refs.has(application.owner);
    return new NotAllowedError(`${this.caller.name} does not own ${of}: ${owner} does`, {
      hint: shared
        ? `Ask ${owner} to annotate its namespace with kubectl-dr.dev/shared-with=${application.owner}, or choose only your own components.`
        : `Ask a member of ${owner}, or an operator.`,
    });
  }
}

/** A place that has not agreed to be the component's. */
function unclaimedPlace({ placements }: Component): Component['placements'][number] | undefined {
  return placements.find(({ claim }) => claim === 'unclaimed');
}

export function notVisible(asked: string): NotFoundError {
  return new NotFoundError(`There is no application "${asked}", or you may not see it`, { code: 'UNKNOWN_APPLICATION' });
}

function notAgreed(application: Application, component: Component, namespace: string): NotAllowedError {
  const owner = component.owner ?? application.owner;
  return new NotAllowedError(`The namespace ${namespace} has not agreed that it belongs to ${owner ?? 'the owner'} of ${component.name}`, {
    code: 'UNCLAIMED_PLACEMENT',
    hint: `Annotate the namespace ${namespace} with kubectl-dr.dev/owner=${owner ?? 'OWNER'}, or let an operator map it in dr.tenancy.`,
  });
}
