import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { annotations } from '@kubectl-dr/backstage-plugin-dr-common';
import type { EntityRef } from '@kubectl-dr/core/application/entity-ref';
import { formatRef, parseRef } from '@kubectl-dr/core/application/entity-ref';

/** What is read of a System or Domain. */
interface Parent {
  policy?: string;
  /** The next one up. */
  parent?: string;
}

export interface InheritanceOptions {
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  /** Local time, milliseconds. */
  now(): number;
}

/** For how long Systems and Domains are not read again, milliseconds. */
const remembered = 10_000;

/** The field that names the whole, by kind: where a policy is inherited from. */
const wholes: Record<string, readonly [field: string, kind: string]> = {
  component: ['system', 'system'],
  resource: ['system', 'system'],
  system: ['domain', 'domain'],
  domain: ['subdomainOf', 'domain'],
};

/**
 * The policy that applies to an entity: its own annotation, else that of its System, of the System's Domain, and so on.
 * The nearest wins. A processor sees one entity at a time, so Systems and Domains are read from the catalog, all at once
 * and not for each entity; what changed there is inherited with the next round of processing.
 */
export class Inheritance {
  private readonly options: InheritanceOptions;
  private known: { parents: Promise<ReadonlyMap<string, Parent>>; at: number } | undefined;

  constructor(options: InheritanceOptions) {
    this.options = options;
  }

  /** Undefined when no policy is assigned, or the entity is of a kind that has none. */
  async policyOf(entity: Entity): Promise<EntityRef | undefined> {
    if (!(entity.kind.toLowerCase() in wholes)) return undefined;
    const own = parentOf(entity);
    if (own.policy !== undefined) return policyRef(own.policy);
    if (own.parent === undefined) return undefined;
    const parents = await this.parents();
    const seen = new Set<string>();
    for (let ref: string | undefined = own.parent; ref !== undefined && !seen.has(ref); ref = parents.get(ref)?.parent) {
      seen.add(ref);
      const policy = parents.get(ref)?.policy;
      if (policy !== undefined) return policyRef(policy);
    }
    return undefined;
  }

  private parents(): Promise<ReadonlyMap<string, Parent>> {
    const now = this.options.now();
    if (!this.known || now - this.known.at > remembered) {
      const before = this.known?.parents;
      const parents = this.read().catch(async (thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        this.options.logger.debug(`Systems and Domains could not be read, so policies are inherited as before: ${message}`);
        return (await before) ?? new Map<string, Parent>();
      });
      this.known = { parents, at: now };
    }
    return this.known.parents;
  }

  private async read(): Promise<ReadonlyMap<string, Parent>> {
    const { catalog, auth } = this.options;
    const parents = new Map<string, Parent>();
    const fields = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.annotations', 'spec.domain', 'spec.subdomainOf'];
    const credentials = await auth.getOwnServiceCredentials();
    let cursor: string | undefined;
    do {
      const page = await catalog.queryEntities(
        cursor === undefined ? { filter: { kind: ['System', 'Domain'] }, fields, limit: 500 } : { cursor, fields, limit: 500 },
        { credentials },
      );
      for (const entity of page.items) {
        const ref = refOf(entity);
        if (ref) parents.set(formatRef(ref), parentOf(entity));
      }
      cursor = page.pageInfo.nextCursor;
    } while (cursor !== undefined);
    return parents;
  }
}

function parentOf(entity: Entity): Parent {
  const policy = entity.metadata.annotations?.[annotations.policy];
  const [field, kind] = wholes[entity.kind.toLowerCase()]!;
  const parent = parseRef(entity.spec?.[field], { kind, ...namespaceOf(entity) });
  return { ...(typeof policy === 'string' && policy.trim() !== '' && { policy }), ...(parent && { parent: formatRef(parent) }) };
}

function refOf(entity: Entity): EntityRef | undefined {
  return parseRef(entity.metadata.name, { kind: entity.kind, ...namespaceOf(entity) });
}

function namespaceOf({ metadata }: Entity): { namespace?: string } {
  return metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
}

/** `gold`, `platform/gold` or `drpolicy:platform/gold`; a bare name means the namespace `default`, wherever it is written. */
function policyRef(text: string): EntityRef | undefined {
  const ref = parseRef(text, { kind: 'drpolicy' });
  return ref?.kind === 'drpolicy' ? ref : undefined;
}
