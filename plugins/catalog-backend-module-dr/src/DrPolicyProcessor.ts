import type { Entity } from '@backstage/catalog-model';
import { RELATION_OWNED_BY, RELATION_OWNER_OF, getCompoundEntityRef } from '@backstage/catalog-model';
import type { CatalogProcessor, CatalogProcessorEmit } from '@backstage/plugin-catalog-node';
import { drPolicyApiVersion, drPolicyKind, relationProtectedBy, relationProtects } from '@kubectl-dr/backstage-plugin-dr-common';
import { parseRef } from '@kubectl-dr/core/application/entity-ref';
import { InputError } from '@kubectl-dr/core/errors';
import { readPolicy } from '@kubectl-dr/core/policy/parse';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { Inheritance } from './Inheritance.ts';
import { emitPair } from './relations.ts';

const group = drPolicyApiVersion.replace(/\/.*/, '');

/** Makes the catalog know the kind DRPolicy: what is valid, who owns it, and what it protects. */
export class DrPolicyProcessor implements CatalogProcessor {
  private readonly inheritance: Inheritance;

  constructor(inheritance: Inheritance) {
    this.inheritance = inheritance;
  }

  getProcessorName(): string {
    return 'DrPolicyProcessor';
  }

  /** InputError that names every wrong field. A DRPolicy of somebody else's API group is not ours. */
  async validateEntityKind(entity: Entity): Promise<boolean> {
    if (!isOurs(entity)) return false;
    if (entity.apiVersion !== drPolicyApiVersion) {
      throw new InputError(`DRPolicy ${entity.metadata.name}: apiVersion must be ${drPolicyApiVersion}, not ${entity.apiVersion}`);
    }
    const problems = [...readPolicy(entity as CatalogEntity).problems];
    if (entity.spec?.owner === undefined) problems.push({ field: 'spec.owner', message: 'is missing: who may change the policy?' });
    if (problems.length === 0) return true;
    throw new InputError(`DRPolicy ${entity.metadata.name}: ${problems.map(({ field, message }) => `${field} ${message}`).join('; ')}`);
  }

  async postProcessEntity(entity: Entity, _location: unknown, emit: CatalogProcessorEmit): Promise<Entity> {
    const self = getCompoundEntityRef(entity);
    if (isOurs(entity)) {
      const owner = parseRef(entity.spec?.owner, { kind: 'group', namespace: self.namespace });
      if (owner) emitPair(emit, self, owner, [RELATION_OWNED_BY, RELATION_OWNER_OF]);
      return entity;
    }
    const policy = await this.inheritance.policyOf(entity);
    if (policy) emitPair(emit, self, policy, [relationProtectedBy, relationProtects]);
    return entity;
  }
}

function isOurs({ apiVersion, kind }: Entity): boolean {
  return kind === drPolicyKind && apiVersion.startsWith(`${group}/`);
}
