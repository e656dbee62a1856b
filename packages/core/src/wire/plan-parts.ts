import { z } from 'zod';
import { instant } from './common.ts';

const name = z.string().min(1).max(253);

export const objectiveSchema = z.object({
  component: z.string(),
  policy: z.string(),
  rpoSeconds: z.number().optional(),
  rtoSeconds: z.number().optional(),
});

export const planPointSchema = z.object({
  component: z.string(),
  cluster: z.string(),
  namespace: name,
  pointId: z.string(),
  name: z.string(),
  capturedAt: instant,
});

export const planCopySchema = z.object({
  component: z.string(),
  claim: name,
  engine: z.string(),
  from: z.string(),
  to: z.string(),
  name,
  namespace: name,
  capturedAt: instant.optional(),
  asOf: instant.optional(),
});

/** Field for field `RecoverySet` of `planning/model.ts`. */
export interface WireRecoverySet {
  moment: string;
  skewSeconds: number;
  lossSeconds: number;
  unknown?: true | undefined;
}
export const recoverySetSchema: z.ZodType<WireRecoverySet> = z.object({
  moment: instant,
  skewSeconds: z.number(),
  lossSeconds: z.number(),
  unknown: z.literal(true).optional(),
});

export const operationStateSchema = z.enum([
  'Pending',
  'WaitingForApproval',
  'Running',
  'WaitingOnUser',
  'Verifying',
  'Succeeded',
  'Failed',
  'Undoing',
  'Undone',
  'Cancelled',
]);
