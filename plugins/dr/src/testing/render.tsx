import type { Entity } from '@backstage/catalog-model';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { EntityProvider, entityRouteRef } from '@backstage/plugin-catalog-react';
import { configure, type RenderResult } from '@testing-library/react';
import { setupServer } from 'msw/node';
import type { ReactElement } from 'react';
import { createClientApi } from '../api/clientApi.ts';
import { drApiRef } from '../api/drApi.ts';
import type { Portal } from '../fixtures/portal.ts';
import { type Asked, baseUrl, handlers } from './server.ts';

// Lazy chunks are compiled when a test first asks for them; how long that takes is not what is tested.
configure({ asyncUtilTimeout: 10_000 });

/** One server for a test file: started before, silent between tests, strict about what nobody handles. */
export function usePortal(): { answers(portal: Portal): Asked[] } {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  // Answers arrive when they arrive, and the tests wait for what they show: React need not be told of each.
  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });
  });
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return {
    answers: (portal) => {
      const asked: Asked[] = [];
      server.use(...handlers(portal, asked));
      return asked;
    },
  };
}

export const entity = (name: string, kind = 'System'): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: { owner: 'group:default/team-shop' },
});

/** The real client over the real `fetch`, as in the portal. */
export const drApi = () =>
  createClientApi({ discoveryApi: mockApis.discovery({ baseUrl }), fetchApi: mockApis.fetch({ injectIdentityAuth: { token: 'token' } }) });

interface Options {
  /** The entity whose page it is. */
  on?: Entity;
  analytics?: ReturnType<typeof mockApis.analytics>;
}

export function renderWithPortal(element: ReactElement, { on, analytics = mockApis.analytics() }: Options = {}): RenderResult {
  return renderInTestApp(on ? <EntityProvider entity={on}>{element}</EntityProvider> : element, {
    apis: [[drApiRef, drApi()], analytics],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
  });
}
