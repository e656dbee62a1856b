import { createRouteRef } from '@backstage/core-plugin-api';

export const fleetRouteRef = createRouteRef({ id: 'dr' });
/** The entity tab; its parameters are those of the entity page around it. */
export const recoveryRouteRef = createRouteRef({ id: 'dr-recovery' });

/** The tab of a DRPolicy's page. */
export const policyRouteRef = createRouteRef({ id: 'dr-policy' });

/** Where the tab lies under an entity's page. */
export const recoveryPath = 'recovery';
