import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { coreServices, createServiceFactory, createServiceRef } from '@backstage/backend-plugin-api';
import { DrClient } from '@kubectl-dr/backstage-plugin-dr-common';

/** Disaster recovery for other backend plugins: the plugin's own API, asked in somebody's name. */
export interface DrPluginService {
  /** What the client may see and do is decided for these credentials, request by request. */
  as(credentials: BackstageCredentials): DrClient;
}

export const drServiceRef = createServiceRef<DrPluginService>({
  id: 'dr.service',
  scope: 'plugin',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: { auth: coreServices.auth, discovery: coreServices.discovery },
      factory: ({ auth, discovery }) => ({
        as: (credentials) =>
          new DrClient({
            discoveryApi: discovery,
            fetchApi: {
              fetch: async (url, init = {}) => {
                const { token } = await auth.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId: 'dr' });
                return fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
              },
            },
          }),
      }),
    }),
});
