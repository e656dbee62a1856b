import { isIntact, recordOf } from '../execution/evidence.ts';
import type { Operation } from '../execution/model.ts';
import { apiVersion } from './api-version.ts';
import type { WireDrill } from './drill.ts';
import type { WireOperation } from './plan.ts';

/** Of an operation with the intent Drill: what was kept of it, or how it stands. */
export async function drillToWire(operation: Operation): Promise<WireDrill> {
  const { id, evidence } = operation;
  const { spec, status } = evidence?.record ?? recordOf(operation);
  return {
    apiVersion,
    kind: 'Drill',
    metadata: { name: id },
    spec,
    status: { ...status, ...(evidence && { evidence: { hash: evidence.hash, intact: await isIntact(evidence) } }) },
  };
}

/** The same of an operation as a portal tells it. */
export function drillOfOperation({ metadata, spec, status }: WireOperation): Promise<WireDrill> {
  return drillToWire({ ...status, id: metadata.name, plan: spec } as Operation);
}
