import { readFileSync } from 'node:fs';
import path from 'node:path';
import { coreExtensionData } from '@backstage/frontend-plugin-api';
import { createExtensionTester, renderTestApp } from '@backstage/frontend-test-utils';
import { EntityCardBlueprint, EntityContextMenuItemBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { screen } from '@testing-library/react';
import { useIconLink, useMenuItem } from './entityLinks.ts';
import { shop } from './fixtures/applications.ts';
import { gold } from './fixtures/policies.ts';
import { shopPoints } from './fixtures/points.ts';
import plugin, { drApiRef } from './index.ts';
import { drApi, entity, renderWithPortal, usePortal } from './testing/render.tsx';

describe('the plugin in the new frontend system', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/'));
  const apis = [[drApiRef, drApi()]] as const;
  const ready = { kind: 'ready' as const, application: shop };

  it('has the extensions that the README lists', () => {
    expect(plugin.pluginId).toBe('dr');
    const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
    const listed = [...readme.matchAll(/^\| `([a-z-]+:dr[^`]*)` \|/gm)].map(([, id]) => id!);
    const { extensions } = plugin as unknown as { extensions: { id: string }[] };
    expect(listed.toSorted()).toEqual(extensions.map(({ id }) => id).toSorted());
  });

  it('puts the card on Components, Resources and Systems, and nowhere else', async () => {
    const card = createExtensionTester(plugin.getExtension('entity-card:dr/status'), { apis });
    expect(card.get(EntityCardBlueprint.dataRefs.type)).toBe('info');
    const filter = card.get(EntityCardBlueprint.dataRefs.filterFunction)!;
    const kinds = ['Component', 'Resource', 'System', 'API', 'Group', 'User', 'Location'];
    expect(kinds.filter((kind) => filter(entity('x', kind)))).toEqual(['Component', 'Resource', 'System']);
  });

  it('shows the card on the page of an entity', async () => {
    portal.answers({ statuses: { 'system:default/shop': ready } });
    renderTestApp({ extensions: [createTestEntityPage({ entity: entity('shop') }), plugin.getExtension('entity-card:dr/status')], apis });
    expect(await screen.findByRole('button', { name: 'Restore' })).toBeInTheDocument();
  });

  it('shows the tab on the page of an entity', async () => {
    portal.answers({ statuses: { 'system:default/shop': ready }, points: shopPoints });
    renderTestApp({
      extensions: [createTestEntityPage({ entity: entity('shop') }), plugin.getExtension('entity-content:dr/recovery')],
      apis,
    });
    expect(await screen.findByRole('listbox', { name: /Recovery points of orders-db/ })).toBeInTheDocument();
  });

  it('shows what became of a policy on its page', async () => {
    portal.answers({ policy: gold });
    renderTestApp({
      extensions: [createTestEntityPage({ entity: entity('gold', 'DRPolicy') }), plugin.getExtension('entity-content:dr/policy')],
      apis,
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    });
    expect(await screen.findByRole('heading', { name: 'Who uses it' })).toBeInTheDocument();
  });

  it('links to the tab from the about card and from the menu, where there is a tab', () => {
    for (const id of ['entity-icon-link:dr/recovery', 'entity-context-menu-item:dr/recovery'] as const) {
      const extension = createExtensionTester(plugin.getExtension(id));
      const filter = extension.get(EntityContextMenuItemBlueprint.dataRefs.filterFunction)!;
      expect(['Component', 'API', 'System', 'DRPolicy'].filter((kind) => filter(entity('x', kind)))).toEqual(['Component', 'System']);
    }
    const links: object[] = [];
    const Looks = () => {
      links.push(useIconLink(), useMenuItem());
      return null;
    };
    renderWithPortal(<Looks />, { on: entity('shop') });
    expect(links.slice(0, 2)).toEqual([
      { label: 'Recovery', href: '/catalog/default/system/shop/recovery' },
      { title: 'Recovery points, restore', href: '/catalog/default/system/shop/recovery' },
    ]);
  });

  it('shows the fleet under /dr, with its title', async () => {
    portal.answers({ applications: [shop] });
    renderTestApp({
      features: [plugin],
      initialRouteEntries: ['/dr'],
      apis,
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    });
    expect(await screen.findByRole('rowheader', { name: /Shop/ })).toBeInTheDocument();
    expect(screen.getByRole('heading', { level: 1, name: 'Recovery' })).toBeInTheDocument();
  });

  it('lets an administrator move the page and name another path', () => {
    const page = createExtensionTester(plugin.getExtension('page:dr'), { config: { path: '/recovery', title: 'DR' } });
    expect(page.get(coreExtensionData.routePath)).toBe('/recovery');
    expect(page.get(coreExtensionData.title)).toBe('DR');
  });

  it('asks once for all cards of a page', async () => {
    const names = ['web', 'orders', 'queue'];
    const asked = portal.answers({
      statuses: Object.fromEntries(names.map((name) => [`component:default/${name}`, { ...ready, component: name }])),
    });
    const api = drApi();
    await Promise.all(names.map((name) => api.status(`component:default/${name}`)));
    expect(asked).toMatchObject([
      { method: 'POST', path: '/api/dr/v1/applications/by-refs', body: { entityRefs: names.map((name) => `component:default/${name}`) } },
    ]);
  });
});
