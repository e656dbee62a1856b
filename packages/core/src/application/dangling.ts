import type { Reason } from '../reason.ts';

/** `from` names `to` in `field`, and the catalog does not know it. */
export function dangling(from: string, field: string, to: string, component?: string): Reason {
  return {
    code: 'DANGLING_REFERENCE',
    severity: 'info',
    ...(component !== undefined && { component }),
    message: `${from} names ${to} in ${field}, which is not in the catalog`,
    evidence: [`${field}: ${to}`],
    fix: `Correct the name, or add ${to} to the catalog.`,
  };
}
