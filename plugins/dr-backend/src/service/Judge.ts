import type { Component } from '@kubectl-dr/core/application/model';
import { ConflictError, NotFoundError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { chosenComponents } from '@kubectl-dr/core/planning/places';
import type { SelfService } from '@kubectl-dr/core/policy/model';
import { selfServiceFor } from '@kubectl-dr/core/policy/self-service';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { Access, Action } from '../authorization/Access.ts';
import type { CatalogCache } from '../catalog/CatalogCache.ts';
import { ownerOf } from '../catalog/CatalogCache.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { OperationViews } from '../operations/OperationViews.ts';
import { concerned } from './concerned.ts';

export interface JudgeOptions {
  index: FleetIndex;
  catalog: CatalogCache;
  views: OperationViews;
}

/**
 * Whether a caller may act, decided on what is fresh: the owner is asked of the catalog at that moment, never of the copy
 * that pages are made of.
 */
export class Judge {
  private readonly options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.options = options;
  }

  /** An operation that is journalled somewhere. */
  known(id: string): Operation {
    const { views, index } = this.options;
    const operation = views.get(id);
    if (operation) return operation;
    const silent = index.states().filter(({ state }) => state !== 'fresh');
    if (silent.length > 0) {
      throw new ServiceUnavailableError(
        `The operation "${id}" is not known here, and ${silent.map(({ cluster }) => cluster).join(', ')} cannot be asked`,
        {
          hint: 'Look again when all clusters answer.',
        },
      );
    }
    throw new NotFoundError(`There is no operation "${id}"`, { hint: 'Look at the list of operations.' });
  }

  /** The application of a plan or an operation, if the caller may see it. */
  async seen(name: string, access: Access, { operation }: { operation?: Pick<Operation, 'id' | 'plan'> } = {}): Promise<ApplicationStatus> {
    const status = this.options.index.current().byName.get(name.toLowerCase());
    const missing = (): NotFoundError =>
      new NotFoundError(
        operation === undefined ? `There is no application "${name}"` : `There is no operation "${operation.id}", or you may not see it`,
      );
    if (!status) throw missing();
    await access.prepareReading([status.application]);
    if (!access.maySee(status.application) || (operation && !this.maySeePlan(operation.plan, access))) throw missing();
    return status;
  }

  /** A plan tells of all its components: it is shown to whoever may see each. `access` has to be prepared for reading. */
  maySeePlan(plan: Plan, access: Access): boolean {
    const status = this.options.index.current().byName.get(plan.application.toLowerCase());
    if (!status) return false;
    const names = new Set(concerned(plan, status.application));
    return status.application.components.every(
      (component) => !names.has(component.name) || access.maySeeComponent(status.application, component),
    );
  }

  async assertMay(action: Action, status: ApplicationStatus, names: string[] | undefined, access: Access): Promise<void> {
    const components = chosenComponents(status, names).map(({ component }) => component);
    await access.prepareActing([status.application]);
    access.assertMay(action, status.application, components);
    await this.assertOwnersUnchanged(status, components);
  }

  /** Somebody who lost an application a moment ago must not act on it because the portal has not noticed yet. */
  private async assertOwnersUnchanged(status: ApplicationStatus, components: readonly Component[]): Promise<void> {
    const { catalog, index } = this.options;
    const { application } = status;
    const owners = new Map<string, string | undefined>();
    if (application.entityRef !== undefined) owners.set(application.entityRef, application.owner);
    for (const { entityRef, owner } of components) if (entityRef !== undefined) owners.set(entityRef, owner);
    const current = await catalog.current([...owners.keys()]);
    for (const [ref, owner] of owners) {
      const entity = current.get(ref);
      if (entity && ownerOf(entity) === owner) continue;
      void catalog.refresh().then(() => index.touch());
      throw new ConflictError(`${ref} has just ${entity ? 'got another owner' : 'left the catalog'}`, {
        hint: 'Look again in a few seconds.',
      });
    }
  }

  /** A cluster that does not answer is said to be silent, before anything is concluded from not seeing its namespaces. */
  assertReachable(components: readonly Component[]): void {
    const wanted = new Set(components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster)));
    const silent = this.options.index.states().find(({ cluster, state }) => wanted.has(cluster) && state === 'unreachable');
    if (!silent) return;
    throw new ServiceUnavailableError(silent.error?.message ?? `${silent.cluster} does not answer`, {
      cluster: silent.cluster,
      ...(silent.error?.hint !== undefined && { hint: silent.error.hint }),
    });
  }

  /** Who may carry the plan out. Operators act for everybody. */
  selfService(plan: Plan, status: ApplicationStatus, access: Access): SelfService {
    if (access.caller.operator) return 'owner';
    return selfServiceFor(
      plan,
      chosenComponents(status, plan.components).map(({ policy }) => policy),
    );
  }
}
