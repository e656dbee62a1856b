import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Catalog, CatalogContents, CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { formatRef, ownerRef, parseRef } from '@kubectl-dr/core/application/entity-ref';

const kinds = ['Domain', 'System', 'Component', 'Resource', 'DRPolicy', 'Group', 'User'];
/** Only what is read; descriptions and specs of other kinds can be large. */
const fields = ['apiVersion', 'kind', 'metadata', 'spec', 'relations'];
/** A new portal's catalog fills during its first minute, milliseconds. */
const young = { until: 60_000, every: 3_000 };
const every = 30_000;

export interface CatalogCacheOptions {
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  clock: Clock;
  onChange(): void;
}

/**
 * The catalog as core reads it, in memory. It is read with the plugin's own credentials; what a caller may see of it is
 * decided where it is shown.
 */
export class CatalogCache implements Catalog {
  private readonly options: CatalogCacheOptions;
  private contents: CatalogContents = {
    entities: [],
    problems: [{ location: 'catalog', message: 'the catalog has not answered yet: owners and policies are not known' }],
  };
  private readonly answered = new AbortController();
  private known = false;
  /** Of what was read; undefined before, as also nothing is an answer. */
  private version: string | undefined;
  private parents: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(options: CatalogCacheOptions) {
    this.options = options;
  }

  async read(): Promise<CatalogContents> {
    return this.contents;
  }

  /** ServiceUnavailableError until it was read: for what would be decided, told or begun as if nobody owned anything. */
  assertKnown(): void {
    if (!this.known)
      throw new ServiceUnavailableError('The catalog has not answered yet, so nobody knows who owns what', {
        code: 'TIMEOUT',
        hint: 'Look again when the catalog works.',
      });
  }

  /** Resolves when it was read, or could not be, for the first time; at the latest after so many milliseconds. */
  async tried(milliseconds: number, signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([this.answered.signal, signal]);
    await this.options.clock.sleep(milliseconds, over).catch(() => undefined);
  }

  /** Reads again and again until the signal fires. A catalog that does not answer leaves what was read before. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const began = clock.now().getTime();
    while (!signal.aborted) {
      await this.refresh();
      const wait = clock.now().getTime() - began < young.until ? young.every : every;
      await clock.sleep(wait, signal).catch(() => undefined);
    }
  }

  async refresh(): Promise<void> {
    const { logger, onChange } = this.options;
    try {
      const entities = await this.readAll();
      const version = versionOf(entities);
      if (version === this.version) return;
      this.known = true;
      this.contents = { entities, problems: [] };
      this.version = version;
      this.parents = parentsOf(entities);
      onChange();
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const problems = [{ location: 'catalog', message: `the catalog could not be read: ${message}` }];
      if (this.contents.problems[0]?.message === problems[0]!.message) return;
      logger.warn(problems[0]!.message);
      this.contents = { ...this.contents, problems };
      this.version = undefined;
      onChange();
    } finally {
      this.answered.abort();
    }
  }

  /** Groups above these, directly or not; a circle ends. */
  ancestors(groups: Iterable<string>): string[] {
    const found = new Set<string>();
    const waiting = [...groups];
    for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
      for (const parent of this.parents.get(ref) ?? []) {
        if (found.has(parent)) continue;
        found.add(parent);
        waiting.push(parent);
      }
    }
    return [...found];
  }

  /** Entities as the catalog has them this moment, for decisions that must not rest on a copy. Absent ones are left out. */
  async current(entityRefs: string[]): Promise<Map<string, CatalogEntity>> {
    const { catalog, auth } = this.options;
    if (entityRefs.length === 0) return new Map();
    const credentials = await auth.getOwnServiceCredentials();
    const { items } = await catalog
      .getEntitiesByRefs({ entityRefs, fields: ['kind', 'metadata', 'spec.owner', 'relations'] }, { credentials })
      .catch((thrown) => {
        throw new ServiceUnavailableError('The catalog does not answer, so nobody knows who owns what', {
          code: 'TIMEOUT',
          cause: thrown,
          hint: 'Try again when the catalog works.',
        });
      });
    return new Map(items.flatMap((item, at) => (item ? [[entityRefs[at]!, item as unknown as CatalogEntity] as const] : [])));
  }

  private async readAll(): Promise<CatalogEntity[]> {
    const { catalog, auth } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const entities: CatalogEntity[] = [];
    let cursor: string | undefined;
    do {
      const page = await catalog.queryEntities(
        cursor === undefined ? { filter: { kind: kinds }, fields, limit: 500 } : { cursor, fields, limit: 500 },
        { credentials },
      );
      entities.push(...(page.items as unknown as CatalogEntity[]));
      cursor = page.pageInfo.nextCursor;
    } while (cursor !== undefined);
    return entities;
  }
}

/** As core reads it: the relation that the catalog computed, else what the file says. */
export function ownerOf({ metadata, spec, relations }: CatalogEntity): string | undefined {
  const related = relations?.find(({ type }) => type === 'ownedBy');
  return related ? ownerRef(related.targetRef) : ownerRef(spec?.owner, metadata.namespace);
}

/** Every stored version of an entity has its own etag. */
function versionOf(entities: readonly CatalogEntity[]): string {
  const parts = entities.map(({ kind, metadata, relations }) => [
    kind,
    metadata.namespace,
    metadata.name,
    metadata.etag,
    relations?.length,
  ]);
  return JSON.stringify(parts.map((part) => part.join('/')).sort());
}

function parentsOf(entities: readonly CatalogEntity[]): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const { kind, metadata, spec, relations } of entities) {
    if (kind.toLowerCase() !== 'group') continue;
    const own = parseRef(metadata.name, { kind: 'group', ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) });
    if (!own) continue;
    const written = parseRef(spec?.parent, { kind: 'group', namespace: own.namespace });
    const related = (relations ?? []).flatMap(({ type, targetRef }) => (type === 'childOf' ? (parseRef(targetRef) ?? []) : []));
    parents.set(formatRef(own), [...(written ? [written] : []), ...related].map(formatRef));
  }
  return parents;
}
