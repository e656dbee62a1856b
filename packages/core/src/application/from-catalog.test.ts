import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { CatalogEntity } from '../ports/catalog.ts';
import { applicationsFromCatalog } from './from-catalog.ts';

const entity = (ref: string, spec: Record<string, unknown> = {}, annotations: Record<string, string> = {}): CatalogEntity => {
  const [kind, path] = ref.split(':') as [string, string];
  const [namespace, name] = path.includes('/') ? path.split('/') : [undefined, path];
  return { apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name: name!, ...(namespace && { namespace }), annotations }, spec };
};
const read = (...entities: CatalogEntity[]) => applicationsFromCatalog({ entities, problems: [] });
const named = (name: string, ...entities: CatalogEntity[]) =>
  read(...entities).applications.find((application) => application.name === name)!;

describe('applicationsFromCatalog', () => {
  it('reads a system with its parts', () => {
    const shop = named(
      'shop',
      entity('System:shop', { owner: 'team-shop', domain: 'retail' }),
      entity('Domain:retail', {}, { 'kubectl-dr.dev/policy': 'silver' }),
      entity(
        'Component:web',
        { type: 'website', owner: 'team-shop', system: 'shop', dependsOn: ['component:orders', 'resource:cdn'], consumesApis: ['tax'] },
        { 'backstage.io/kubernetes-namespace': 'shop' },
      ),
      entity(
        'Component:orders',
        { type: 'service', owner: 'user:jo', system: 'default/shop', dependsOn: ['orders-db'] },
        { 'kubectl-dr.dev/policy': 'gold' },
      ),
      entity('Resource:orders-db', { type: 'database', owner: 'group:infra/dba', system: 'system:default/shop' }),
    );
    expect(shop).toMatchObject({ entityRef: 'system:default/shop', owner: 'group:default/team-shop', policy: 'silver', source: 'catalog' });
    expect(shop.components).toMatchObject([
      { name: 'orders', owner: 'user:default/jo', type: 'service', policy: 'gold', dependsOn: ['orders-db'], placements: [] },
      {
        name: 'web',
        dependsOn: ['orders'],
        external: ['api:default/tax', 'resource:default/cdn'],
        placements: [{ namespace: 'shop', claim: 'unknown' }],
      },
      { name: 'orders-db', entityRef: 'resource:default/orders-db', owner: 'group:infra/dba', type: 'database' },
    ]);
    expect(shop.problems).toMatchObject([{ code: 'DANGLING_REFERENCE', component: 'web' }]);
    expect(shop.problems[0]!.message).toContain('resource:default/cdn');
  });

  it('reads relations as the catalog API gives them', () => {
    const shop = named(
      'shop',
      entity('System:shop'),
      {
        ...entity('Component:web'),
        relations: [
          { type: 'partOf', targetRef: 'system:default/shop' },
          { type: 'ownedBy', targetRef: 'group:default/a' },
          { type: 'dependsOn', targetRef: 'resource:default/db' },
        ],
      },
      {
        ...entity('Resource:db'),
        relations: [
          { type: 'partOf', targetRef: 'system:default/shop' },
          { type: 'dependencyOf', targetRef: 'component:default/web' },
        ],
      },
    );
    expect(shop.components).toMatchObject([{ name: 'web', owner: 'group:default/a', dependsOn: ['db'] }, { name: 'db' }]);
  });

  it('takes dependencyOf as the edge from the other end', () => {
    const shop = named(
      'shop',
      entity('System:shop'),
      entity('Component:web', { system: 'shop' }),
      entity('Resource:db', { system: 'shop', dependencyOf: ['component:web'] }),
    );
    expect(shop.components[0]).toMatchObject({ name: 'web', dependsOn: ['db'] });
  });

  it("makes an application of what stands alone, and of a subcomponent its parent's", () => {
    const { applications } = read(
      entity('Component:blog', { owner: 'x' }, { 'kubectl-dr.dev/policy': 'bronze' }),
      entity('System:shop'),
      entity('Component:web', { system: 'shop' }),
      entity('Component:web-cache', { subcomponentOf: 'web' }),
    );
    expect(applications.map(({ name, components }) => [name, components.map((component) => component.name)])).toEqual([
      ['shop', ['web', 'web-cache']],
      ['blog', ['blog']],
    ]);
    expect(applications[1]).toMatchObject({
      entityRef: 'component:default/blog',
      owner: 'group:default/x',
      components: [{ policy: 'bronze' }],
    });
  });

  it('keeps names unique', () => {
    const { applications } = read(
      entity('System:other/shop'),
      entity('Component:shop'),
      entity('System:shop'),
      entity('Component:api', { system: 'shop' }),
      entity('Resource:api', { system: 'shop' }),
    );
    expect(applications.map(({ name, entityRef }) => `${name} ${entityRef}`)).toEqual([
      'shop system:default/shop',
      'shop.other system:other/shop',
      'shop.default component:default/shop',
    ]);
    expect(applications[0]!.components.map(({ name }) => name)).toEqual(['api', 'api-resource']);
  });

  it('prints a cycle and keeps the rest', () => {
    const shop = named(
      'shop',
      entity('System:shop'),
      entity('Component:a', { system: 'shop', dependsOn: ['b'] }),
      entity('Component:b', { system: 'shop', dependsOn: ['component:a'] }),
    );
    expect(shop.problems).toMatchObject([{ code: 'DEPENDENCY_CYCLE' }]);
    expect(shop.problems[0]!.message).toContain('a -> b -> a');
    expect(shop.components).toHaveLength(2);
  });

  it('groups by a system that is missing, and says so', () => {
    const { applications } = read(entity('Component:a', { system: 'gone' }), entity('Component:b', { system: 'gone' }));
    expect(applications).toMatchObject([
      { name: 'gone', components: [{ name: 'a' }, { name: 'b' }], problems: [{ code: 'DANGLING_REFERENCE' }] },
    ]);
    expect(applications[0]).not.toHaveProperty('entityRef');
  });

  it('leaves out libraries, clusters and kinds it does not know', () => {
    const { applications } = read(
      entity('System:shop'),
      entity('Component:lib', { type: 'library', system: 'shop' }),
      entity('Component:web', { system: 'shop', dependsOn: ['component:lib'] }),
      entity('Resource:east', { type: 'kubernetes-cluster', system: 'shop' }),
      entity('AiResource:model', { system: 'shop' }),
    );
    expect(applications).toMatchObject([{ name: 'shop', components: [{ name: 'web', external: ['component:default/lib'] }] }]);
    expect(applications[0]!.problems).toEqual([]);
  });

  it('takes a placed system without parts as its own component', () => {
    const shop = named(
      'shop',
      entity('System:shop', { owner: 'a' }, { 'backstage.io/kubernetes-namespace': 'shop', 'kubectl-dr.dev/policy': 'gold' }),
    );
    expect(shop).toMatchObject({
      policy: 'gold',
      components: [{ name: 'shop', owner: 'group:default/a', placements: [{ namespace: 'shop' }] }],
    });
  });

  it('tells malformed documents and annotations', () => {
    const { applications, problems } = applicationsFromCatalog({
      entities: [
        entity('Component:a', {}, { 'backstage.io/kubernetes-namespace': 'NOT A NAME' }),
        entity('Component:a'),
        null as unknown as CatalogEntity,
        { kind: 'Component', metadata: null } as unknown as CatalogEntity,
        { kind: 'System', metadata: { name: 'x', annotations: 'none' }, spec: 'odd', relations: [null, 3] } as unknown as CatalogEntity,
      ],
      problems: [{ location: 'catalog.yaml:7', message: 'bad indentation' }],
    });
    expect(problems.map(({ message }) => message)).toEqual([
      'catalog.yaml:7: bad indentation',
      'component:default/a is defined more than once; the first definition counts',
      expect.stringContaining('no usable kind'),
      expect.stringContaining('no usable kind'),
    ]);
    expect(applications.find(({ name }) => name === 'a')!.problems).toMatchObject([{ code: 'BAD_CATALOG', component: 'a' }]);
  });

  it('survives anything', () => {
    const field = fc.constantFrom('system', 'owner', 'type', 'dependsOn', 'dependencyOf', 'subcomponentOf', 'domain');
    const spec = fc.dictionary(
      field,
      fc.oneof(
        fc.string(),
        fc.constantFrom('a', 'b', 'system:a', 'component:b'),
        fc.array(fc.constantFrom('a', 'component:b', 'resource:a')),
        fc.anything(),
      ),
    );
    const anyEntity = fc.record({
      apiVersion: fc.constant('v'),
      kind: fc.constantFrom('Component', 'Resource', 'System', 'Domain'),
      metadata: fc.record({ name: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()), annotations: fc.anything() }),
      spec,
    });
    fc.assert(
      fc.property(fc.array(anyEntity, { maxLength: 12 }), (entities) => {
        const { applications } = read(...(entities as unknown as CatalogEntity[]));
        const names = applications.map(({ name }) => name.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
        const refs = applications.flatMap(({ components }) => components.map(({ entityRef }) => entityRef));
        expect(new Set(refs).size).toBe(refs.length);
      }),
    );
  });
});

const catalogs = process.env.KUBECTL_DR_SHARED
  ? join(process.env.KUBECTL_DR_SHARED, 'data/catalogs')
  : fileURLToPath(new URL('../../../../../shared/data/catalogs', import.meta.url));

(existsSync(catalogs) ? describe : describe.skip)('real catalogs (skipped without the shared data)', () => {
  const load = (folder: string): CatalogEntity[] =>
    readdirSync(join(catalogs, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) =>
        parseAllDocuments(readFileSync(join(catalogs, folder, file), 'utf8')).map((document) => document.toJS() as CatalogEntity),
      );

  it.each(existsSync(catalogs) ? readdirSync(catalogs) : [])('%s', (folder) => {
    const { applications, problems } = applicationsFromCatalog({ entities: load(folder), problems: [] });
    expect(applications.length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    expect(applications.flatMap((application) => application.problems).filter(({ code }) => code !== 'DANGLING_REFERENCE')).toEqual([]);
  });

  it('reads the artists as written there', () => {
    const { applications } = applicationsFromCatalog({ entities: load('backstage-examples'), problems: [] });
    const portal = applications.find(({ name }) => name === 'artist-engagement-portal')!;
    expect(portal.owner).toBe('group:default/team-a');
    expect(portal.components.find(({ name }) => name === 'artist-lookup')).toMatchObject({
      dependsOn: ['artists-db'],
      owner: 'group:default/team-a',
    });
  });
});
