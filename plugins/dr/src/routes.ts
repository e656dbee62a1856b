import { createRouteRef } from '@backstage/core-plugin-api';

export const fleetRouteRef = createRouteRef({ id: 'dr' });
/** The entity tab; its parameters are those of the entity page around it. */
export const recoveryRouteRef = createRouteRef({ id: 'dr-recovery' });

/** Where the tab lies under an entity's page. */
export const recoveryPath = 'recovery';
