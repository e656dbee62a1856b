import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { InputError } from '@kubectl-dr/core/errors';
import type { Catalog, CatalogContents, CatalogEntity, CatalogProblem } from '@kubectl-dr/core/ports/catalog';

/**
 * A catalog from files, folders (every .yaml below) or URLs, so that the CLI needs no portal. A document that cannot be
 * used is left out and named with file and line; the rest works. Kinds `Location` with `spec.target(s)` of type file are
 * followed relative to their file.
 */
export function catalogFromFiles(locations: readonly string[], fetchText: (url: string) => Promise<string> = fetchUrl): Catalog {
  return {
    async read() {
      const contents: CatalogContents = { entities: [], problems: [] };
      const seen = new Set<string>();
      const queue = [...locations];
      for (let location = queue.shift(); location !== undefined; location = queue.shift()) {
        for (const file of await filesOf(location, contents.problems, locations.includes(location))) {
          if (seen.has(file)) continue;
          seen.add(file);
          const text = await read(file, fetchText, contents.problems);
          if (text === undefined) continue;
          for (const entity of parseCatalog(file, text, contents.problems)) {
            if (entity.kind === 'Location') queue.push(...targetsOf(entity, file));
            else contents.entities.push(entity);
          }
        }
      }
      return contents;
    },
  };
}

const isUrl = (location: string): boolean => /^https?:\/\//.test(location);

async function filesOf(location: string, problems: CatalogProblem[], named: boolean): Promise<string[]> {
  if (isUrl(location)) return [location];
  try {
    if (!(await stat(location)).isDirectory()) return [path.resolve(location)];
    const entries = await readdir(location, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => path.resolve(entry.parentPath, entry.name))
      .sort();
  } catch (cause) {
    if (named) throw new InputError(`the catalog ${location} does not exist or cannot be read`, { code: 'BAD_CATALOG', cause });
    problems.push({ location, message: 'the file does not exist' });
    return [];
  }
}

async function read(file: string, fetchText: (url: string) => Promise<string>, problems: CatalogProblem[]): Promise<string | undefined> {
  try {
    return isUrl(file) ? await fetchText(file) : await readFile(file, 'utf8');
  } catch (error) {
    problems.push({ location: file, message: `cannot be read: ${(error as Error).message}` });
    return undefined;
  }
}

async function fetchUrl(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.text();
}

/** Entities of one file; what is not an entity becomes a problem with its line. */
export function parseCatalog(file: string, text: string, problems: CatalogProblem[]): CatalogEntity[] {
  const lines = new LineCounter();
  const entities: CatalogEntity[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true })) {
    if (!('errors' in document)) continue;
    const [error] = document.errors;
    if (error) {
      problems.push({
        location: `${file}:${lines.linePos(error.pos[0]).line}`,
        message: error.message.split('\n')[0]!.replace(/ at line .*$/, ''),
      });
      continue;
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) continue;
    const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
    const problem = whyNotEntity(value);
    if (problem) problems.push({ location: `${file}:${line}`, message: problem });
    else entities.push(value as CatalogEntity);
  }
  return entities;
}

function whyNotEntity(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'is not a catalog entity: a mapping with apiVersion, kind and metadata is expected';
  const entity = value as Record<string, unknown>;
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof entity[field] !== 'string') return `is not a catalog entity: ${field} is missing`;
  }
  const metadata = entity.metadata;
  if (typeof metadata !== 'object' || metadata === null) return 'is not a catalog entity: metadata is missing';
  if (typeof (metadata as Record<string, unknown>).name !== 'string') return 'is not a catalog entity: metadata.name is missing';
  return undefined;
}

function targetsOf(entity: CatalogEntity, file: string): string[] {
  const spec = entity.spec ?? {};
  const targets = [spec.target, ...(Array.isArray(spec.targets) ? spec.targets : [])].filter((target) => typeof target === 'string');
  return targets.map((target) => {
    if (isUrl(target)) return target;
    return isUrl(file) ? new URL(target, file).href : path.resolve(path.dirname(file), target);
  });
}
