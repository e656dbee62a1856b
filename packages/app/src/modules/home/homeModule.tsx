import { createFrontendPlugin, PageBlueprint } from '@backstage/frontend-plugin-api';
import { Navigate } from 'react-router-dom';

/** The portal opens on the fleet: it is what this app is there to show. */
export const homeModule = createFrontendPlugin({
  pluginId: 'home',
  extensions: [PageBlueprint.make({ params: { path: '/', noHeader: true, loader: async () => <Navigate to="/dr" replace /> } })],
});
