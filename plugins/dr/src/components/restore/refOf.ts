import type { PortalApplication } from '../../api/drApi.ts';

/** What the API is asked with: the entity ref, or the name of an application that no catalog knows. */
export const refOf = (application: PortalApplication): string => application.spec.entityRef ?? application.metadata.name;
