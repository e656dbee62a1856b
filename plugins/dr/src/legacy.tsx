import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createClientApi } from './api/clientApi.ts';
import { drApiRef } from './api/drApi.ts';
import { fleetRouteRef, policyRouteRef, recoveryRouteRef } from './routes.ts';

export { type DrApi, drApiRef } from './api/drApi.ts';
export { drTranslationRef } from './text/translation.ts';

/** For apps on the old frontend system; the components are those of the new one. */
export const drPlugin = createPlugin({
  id: 'dr',
  routes: { root: fleetRouteRef },
  apis: [
    createApiFactory({
      api: drApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: createClientApi,
    }),
  ],
});

/** `<EntityLayout.Route path="/recovery" title="Recovery"><EntityRecoveryContent /></EntityLayout.Route>` */
export const EntityRecoveryContent = drPlugin.provide(
  createRoutableExtension({
    name: 'EntityRecoveryContent',
    mountPoint: recoveryRouteRef,
    component: async () => (await import('./components/tab/RecoveryTab.tsx')).RecoveryTab,
  }),
);

/** Of a DRPolicy: `<EntityLayout.Route path="/policy" title="Policy" if={isKind('drpolicy')}><EntityPolicyContent /></EntityLayout.Route>` */
export const EntityPolicyContent = drPlugin.provide(
  createRoutableExtension({
    name: 'EntityPolicyContent',
    mountPoint: policyRouteRef,
    component: async () => (await import('./components/policy/PolicyContent.tsx')).PolicyContent,
  }),
);

/** In the overview of an entity: `<Grid item md={4}><EntityRecoveryCard /></Grid>` */
export const EntityRecoveryCard = drPlugin.provide(
  createComponentExtension({
    name: 'EntityRecoveryCard',
    component: { lazy: async () => (await import('./components/card/StatusCard.tsx')).StatusCard },
  }),
);

/** `<Route path="/dr" element={<DrPage />} />` */
export const DrPage = drPlugin.provide(
  createRoutableExtension({
    name: 'DrPage',
    mountPoint: fleetRouteRef,
    component: async () => (await import('./components/fleet/FleetPageWithHeader.tsx')).FleetPageWithHeader,
  }),
);
