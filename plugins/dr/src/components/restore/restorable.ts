import type { PortalApplication } from '../../api/drApi.ts';

/**
 * The components that some point brings back, for the safe default: one press must not fail because of a neighbour that
 * was never backed up. `only`: a single component is meant.
 */
export const restorableOf = ({ status }: PortalApplication, only?: string): string[] =>
  status.components
    .filter(({ name, recoveryPoint }) => recoveryPoint !== undefined && (only === undefined || name === only))
    .map(({ name }) => name);
