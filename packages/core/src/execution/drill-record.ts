import type { Plan, PlanCopy, PlanObjective, PlanPoint } from '../planning/model.ts';
import type { OperationState } from './states.ts';

/**
 * What is kept of a drill: the record, and the SHA-256 over its canonical JSON (keys sorted, no blanks; as `jq -cSj` prints
 * it), in hexadecimal. It lies in the journal, and is never written again once the drill is over.
 */
export interface DrillEvidence {
  hash: string;
  record: DrillRecord;
}

export interface DrillRecord {
  spec: {
    application: string;
    entityRef?: string;
    owner?: string;
    components: string[];
    points: PlanPoint[];
    /** Volumes that were made of continuous copies, and not of points. */
    copies?: PlanCopy[];
    target: Plan['target'];
    objectives: PlanObjective[];
    planHash: string;
    requestedBy: string;
    requestedAt: string;
    approvedBy?: string;
    reason?: string;
  };
  status: {
    state: OperationState;
    message?: string;
    /** When everything was ready and every declared check had passed. */
    healthyAt?: string;
    endedAt?: string;
    measured: { rtoSeconds?: number; lossSeconds?: number };
    /** Whether each objective was met, where there is one and it was measured: by the strictest of the components. */
    met: { rto?: boolean; rpo?: boolean };
    /** Loss: requested minus the start of the capture. */
    components: { component: string; lossSeconds?: number }[];
    checks: { title: string; cluster: string; state: string; message?: string }[];
    /** Declared checks that could not be made, and why. */
    unchecked: string[];
    steps: { title: string; cluster: string; state: string; startedAt?: string; endedAt?: string; message?: string }[];
    /** Verified: nothing of what it made is there any more. */
    cleanUp: { state: 'Pending' | 'Verified' | 'Failed'; steps: { title: string; cluster: string; state: string; message?: string }[] };
  };
}
