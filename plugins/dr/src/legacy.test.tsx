import { discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';
import { EntityProvider, entityRouteRef } from '@backstage/plugin-catalog-react';
import { mockApis, renderInTestApp, TestApiProvider } from '@backstage/test-utils';
import { screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { Route, Routes } from 'react-router-dom';
import { shop } from './fixtures/applications.ts';
import { gold } from './fixtures/policies.ts';
import { shopPoints } from './fixtures/points.ts';
import { DrPage, drApiRef, drPlugin, EntityPolicyContent, EntityRecoveryCard, EntityRecoveryContent } from './legacy.tsx';
import { entity, usePortal } from './testing/render.tsx';
import { baseUrl } from './testing/server.ts';

describe('the plugin in the old frontend system', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/'));

  /** The plugin's own API factory, as an old app would use it. */
  const api = () => {
    const [factory] = [...drPlugin.getApis()];
    return factory!.factory({ discoveryApi: mockApis.discovery({ baseUrl }), fetchApi: { fetch } }) as never;
  };
  const render = (element: ReactElement) =>
    renderInTestApp(
      <TestApiProvider apis={[[drApiRef, api()]]}>
        <EntityProvider entity={entity('shop')}>
          <Routes>
            <Route path="/here" element={element} />
          </Routes>
        </EntityProvider>
      </TestApiProvider>,
      { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef }, routeEntries: ['/here'] },
    );
  const statuses = { 'system:default/shop': { kind: 'ready' as const, application: shop } };

  it('brings its API, from discovery and fetch of the app', () => {
    const [factory] = [...drPlugin.getApis()];
    expect(factory).toMatchObject({ api: drApiRef, deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef } });
  });

  it('has the card', async () => {
    portal.answers({ statuses });
    await render(<EntityRecoveryCard />);
    expect(await screen.findByRole('button', { name: 'Restore' })).toBeInTheDocument();
  });

  it('has the tab', async () => {
    portal.answers({ statuses, points: shopPoints });
    await render(<EntityRecoveryContent />);
    expect(await screen.findByText('Recovery points, last 30 days')).toBeInTheDocument();
  });

  it('has the tab of a policy', async () => {
    portal.answers({ policy: gold });
    await render(<EntityPolicyContent />);
    expect(await screen.findByRole('heading', { name: 'Who uses it' })).toBeInTheDocument();
  });

  it('has the page, with a header of its own', async () => {
    portal.answers({ applications: [shop] });
    await render(<DrPage />);
    expect(await screen.findByRole('heading', { level: 1, name: 'Recovery' })).toBeInTheDocument();
    expect(await screen.findByRole('rowheader', { name: /Shop/ })).toBeInTheDocument();
  });
});
