import { reasonSchema } from '@kubectl-dr/core/wire/common';
import { doctorReportSchema } from '@kubectl-dr/core/wire/doctor';
import { diffSchema } from '@kubectl-dr/core/wire/plan';
import { policyChangeListSchema, policyLintListSchema } from '@kubectl-dr/core/wire/policy';
import { reportSchema } from '@kubectl-dr/core/wire/report';
import { z } from 'zod';
import { many } from './applications.ts';

/** Of the application against a point, its configuration alone. */
export const diffQuerySchema = z.strictObject({
  /** Absent: the component that the entity is, or all. */
  component: many(z.string().min(1).max(253)).optional(),
  /** As `point` of a plan; default `latest`. */
  point: z.string().min(1).max(600).optional(),
});
export type DiffQuery = z.input<typeof diffQuerySchema>;

export const reportQuerySchema = z.strictObject({
  /** How far back points are listed. */
  days: z.coerce.number().min(0.01).max(3660).default(30),
});
export type ReportQuery = z.input<typeof reportQuerySchema>;

/** What policies ask engines to keep, compared with what is there, and why something could not be rendered. */
export const policyRenderingSchema = policyChangeListSchema.extend({ reasons: z.array(reasonSchema) });
export type PortalPolicyRendering = z.infer<typeof policyRenderingSchema>;

export { diffSchema, doctorReportSchema, policyLintListSchema, reportSchema };
