import { ApiBlueprint, createFrontendPlugin, discoveryApiRef, fetchApiRef, PageBlueprint } from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
  EntityContextMenuItemBlueprint,
  EntityIconLinkBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { RiShieldCheckLine } from '@remixicon/react';
import { createClientApi } from './api/clientApi.ts';
import { drApiRef } from './api/drApi.ts';
import { useIconLink, useMenuItem } from './entityLinks.ts';
import { fleetRouteRef, policyRouteRef, recoveryPath, recoveryRouteRef } from './routes.ts';

/** A predicate, so that an administrator can replace it in app-config. */
const recoverable = { kind: { $in: ['Component', 'Resource', 'System'] } };

const drApi = ApiBlueprint.make({
  params: (define) =>
    define({
      api: drApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: createClientApi,
    }),
});

const statusCard = EntityCardBlueprint.make({
  name: 'status',
  params: {
    filter: recoverable,
    type: 'info',
    loader: async () => {
      const { StatusCard } = await import('./components/card/StatusCard.tsx');
      return <StatusCard />;
    },
  },
});

const recoveryContent = EntityContentBlueprint.make({
  name: 'recovery',
  params: {
    path: recoveryPath,
    title: 'Recovery',
    group: 'operation',
    routeRef: recoveryRouteRef,
    filter: recoverable,
    loader: async () => {
      const { RecoveryTab } = await import('./components/tab/RecoveryTab.tsx');
      return <RecoveryTab />;
    },
  },
});

const policyContent = EntityContentBlueprint.make({
  name: 'policy',
  params: {
    path: 'policy',
    title: 'Policy',
    group: 'operation',
    routeRef: policyRouteRef,
    filter: { kind: 'DRPolicy' },
    loader: async () => {
      const { PolicyContent } = await import('./components/policy/PolicyContent.tsx');
      return <PolicyContent />;
    },
  },
});

const iconLink = EntityIconLinkBlueprint.make({
  name: 'recovery',
  params: { filter: recoverable, useProps: () => ({ icon: <RiShieldCheckLine />, ...useIconLink() }) },
});

const menuItem = EntityContextMenuItemBlueprint.make({
  name: 'recovery',
  params: { filter: recoverable, icon: <RiShieldCheckLine size={20} />, useProps: useMenuItem },
});

const fleetPage = PageBlueprint.make({
  params: {
    path: '/dr',
    title: 'Recovery',
    icon: <RiShieldCheckLine />,
    routeRef: fleetRouteRef,
    loader: async () => {
      const { FleetPage } = await import('./components/fleet/FleetPage.tsx');
      return <FleetPage />;
    },
  },
});

/** For the new frontend system; found by `app.packages: all`. */
export const drPlugin = createFrontendPlugin({
  pluginId: 'dr',
  title: 'Recovery',
  icon: <RiShieldCheckLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { root: fleetRouteRef },
  extensions: [drApi, statusCard, recoveryContent, policyContent, iconLink, menuItem, fleetPage],
});
