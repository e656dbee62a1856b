import type { AuthService } from '@backstage/backend-plugin-api';
import { catalogConditions, createCatalogConditionalDecision } from '@backstage/plugin-catalog-backend/alpha';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import { AuthorizeResult, isPermission, isResourcePermission } from '@backstage/plugin-permission-common';
import type { PermissionPolicy, PolicyQuery, PolicyQueryUser } from '@backstage/plugin-permission-node';
import { drApplicationReadPermission, drPermissions } from '@kubectl-dr/backstage-plugin-dr-common';

/** Groups of which somebody belongs to the one above as well. */
const levels = 5;
/** For so long the groups above somebody's are believed, milliseconds: a page asks about hundreds of entities one by one. */
const remembered = 15_000;

/**
 * What may be seen is seen by everybody; what changes an application is for its owner, through groups and the groups above
 * them, and for operators. A pattern for a policy of one's own: the backend of `dr` wants ownership in any case.
 */
export class ExamplePolicy implements PermissionPolicy {
  private readonly catalog: CatalogService;
  private readonly auth: AuthService;
  private readonly operators: readonly string[];
  private readonly now: () => number;
  /** By what somebody is and belongs to. */
  private readonly known = new Map<string, { claims: Promise<string[]>; at: number }>();

  /** `now`: milliseconds. */
  constructor(options: { catalog: CatalogService; auth: AuthService; operators: readonly string[]; now?: () => number }) {
    this.catalog = options.catalog;
    this.auth = options.auth;
    this.operators = options.operators;
    this.now = options.now ?? Date.now;
  }

  async handle({ permission }: PolicyQuery, user?: PolicyQueryUser): Promise<PolicyDecision> {
    const changesApplication =
      drPermissions.some((one) => isPermission(permission, one)) && !isPermission(permission, drApplicationReadPermission);
    const changesEntity = isResourcePermission(permission, 'catalog-entity') && permission.attributes.action === 'delete';
    if (!changesApplication && !changesEntity) return { result: AuthorizeResult.ALLOW };
    if (!user) return { result: AuthorizeResult.DENY };
    const claims = await this.claimsOf(user.info.ownershipEntityRefs);
    if (claims.some((ref) => this.operators.includes(ref))) return { result: AuthorizeResult.ALLOW };
    if (!isResourcePermission(permission, 'catalog-entity')) return { result: AuthorizeResult.DENY };
    return createCatalogConditionalDecision(permission, catalogConditions.isEntityOwner({ claims }));
  }

  private claimsOf(refs: readonly string[]): Promise<string[]> {
    const now = this.now();
    for (const [key, { at }] of this.known) if (now - at > remembered) this.known.delete(key);
    const key = JSON.stringify(refs);
    const known = this.known.get(key);
    if (known) return known.claims;
    const claims = this.withParents(refs);
    this.known.set(key, { claims, at: now });
    claims.catch(() => this.known.delete(key));
    return claims;
  }

  private async withParents(refs: readonly string[]): Promise<string[]> {
    const credentials = await this.auth.getOwnServiceCredentials();
    const all = new Set(refs);
    let waiting = refs.filter((ref) => ref.startsWith('group:'));
    for (let level = 0; level < levels && waiting.length > 0; level += 1) {
      const { items } = await this.catalog.getEntitiesByRefs({ entityRefs: waiting, fields: ['relations'] }, { credentials });
      const parents = items.flatMap(
        (group) => group?.relations?.filter(({ type }) => type === 'childOf').map(({ targetRef }) => targetRef) ?? [],
      );
      waiting = parents.filter((ref) => !all.has(ref));
      for (const ref of waiting) all.add(ref);
    }
    return [...all];
  }
}
