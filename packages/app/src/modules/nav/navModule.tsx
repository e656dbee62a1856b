import { PortalSidebar } from './PortalSidebar.tsx';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { NavContentBlueprint } from '@backstage/plugin-app-react';

export const navModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    NavContentBlueprint.make({
      params: { component: (props) => <PortalSidebar {...props} /> },
    }),
  ],
});
