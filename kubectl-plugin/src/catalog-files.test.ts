import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CatalogProblem } from '@kubectl-dr/core/ports/catalog';
import { catalogFromFiles, parseCatalog } from './catalog-files.ts';

describe('parseCatalog', () => {
  const read = (text: string) => {
    const problems: CatalogProblem[] = [];
    return { entities: parseCatalog('shop.yaml', text, problems), problems };
  };

  it('names file and line of a document that is not YAML, and keeps the others', () => {
    const { entities, problems } = read(
      'apiVersion: v1\nkind: System\nmetadata: { name: shop }\n---\nkind: [\n---\napiVersion: v1\nkind: Component\nmetadata: { name: web }\n',
    );
    expect(entities.map((entity) => entity.metadata.name)).toContain('shop');
    expect(problems[0]!.location).toMatch(/^shop\.yaml:\d+$/);
  });

  it('names the field that an entity lacks, with its line', () => {
    const { entities, problems } = read('apiVersion: v1\nkind: System\nmetadata: { title: shop }\n---\n- a list\n');
    expect(entities).toEqual([]);
    expect(problems).toEqual([
      { location: 'shop.yaml:1', message: 'is not a catalog entity: metadata.name is missing' },
      { location: 'shop.yaml:5', message: expect.stringContaining('a mapping with apiVersion') },
    ]);
  });

  it('skips empty documents', () => {
    expect(read('---\n---\n')).toEqual({ entities: [], problems: [] });
  });
});

describe('catalogFromFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-catalog-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads a folder and follows locations, once each', async () => {
    writeFileSync(
      path.join(folder, 'all.yaml'),
      'apiVersion: v1\nkind: Location\nmetadata: { name: all }\nspec: { targets: [./a.yaml, ./missing.yaml] }\n',
    );
    writeFileSync(path.join(folder, 'a.yaml'), 'apiVersion: v1\nkind: System\nmetadata: { name: a }\n');
    const contents = await catalogFromFiles([folder]).read();
    expect(contents.entities.map((entity) => entity.metadata.name)).toEqual(['a']);
    expect(contents.problems).toEqual([{ location: path.join(folder, 'missing.yaml'), message: 'the file does not exist' }]);
  });

  it('refuses a named catalog that does not exist', async () => {
    await expect(catalogFromFiles([path.join(folder, 'nope.yaml')]).read()).rejects.toThrow('does not exist');
  });
});
