import { createBackend } from '@backstage/backend-defaults';
import { exampleAuthProvider } from './auth/exampleAuthProvider.ts';
import { examplePermissionPolicy } from './permission/examplePermissionPolicy.ts';

const backend = createBackend();

backend.add(import('@backstage/plugin-app-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(exampleAuthProvider);

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(import('@kubectl-dr/backstage-plugin-catalog-backend-module-dr'));

backend.add(import('@backstage/plugin-permission-backend'));
backend.add(examplePermissionPolicy);

backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));

backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));

backend.add(import('@kubectl-dr/backstage-plugin-dr-backend'));

await backend.start();
