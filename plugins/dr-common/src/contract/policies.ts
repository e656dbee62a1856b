import { instant, reasonSchema, verdictSchema } from '@kubectl-dr/core/wire/common';
import { policyChangeSchema } from '@kubectl-dr/core/wire/policy';
import { policySchema } from '@kubectl-dr/core/wire/protection';
import { z } from 'zod';
import { entityParametersSchema } from './applications.ts';

/** Where a policy's entity is. */
export const policyParametersSchema = entityParametersSchema.omit({ kind: true });

/** `dr.policies.mode`: whether what policies ask for is compared with the clusters, and corrected there. */
export const reconcileModeSchema = z.enum(['off', 'report', 'apply']);
export type ReconcileMode = z.infer<typeof reconcileModeSchema>;

/** An application of which some component stands under the policy. */
export const policyUserSchema = z.object({
  name: z.string(),
  title: z.string().optional(),
  entityRef: z.string().optional(),
  owner: z.string().optional(),
  /** Worst of the components below. */
  verdict: verdictSchema,
  /** Those under this policy that the caller may see. */
  components: z.array(z.string()),
  /** Of the components below the one that is worst off; absent: no usable point. */
  ageSeconds: z.number().optional(),
  /** Of those components, worst first. */
  reasons: z.array(reasonSchema),
});
export type PolicyUser = z.infer<typeof policyUserSchema>;

/** The last time that the portal wrote an object for a policy, or tried to. */
export const correctionSchema = z.object({
  application: z.string(),
  cluster: z.string(),
  /** `Schedule velero/dr-shop-shop`. */
  object: z.string(),
  action: z.enum(['create', 'change', 'remove']),
  at: instant,
  /** Why it was not written. */
  error: z.string().optional(),
});
export type Correction = z.infer<typeof correctionSchema>;

/** A policy with who uses it, and what became of it in the clusters; of both only what the caller may see. */
export const portalPolicySchema = policySchema.extend({
  users: z.array(policyUserSchema),
  reconciliation: z.object({
    mode: reconcileModeSchema,
    /** Of `apply`: what is no longer asked for is removed. */
    prune: z.boolean(),
    /** When it was compared last; absent with `off`, and before the first time. */
    comparedAt: instant.optional(),
    /** What is asked for, and what is there of it. */
    objects: z.array(policyChangeSchema),
    /** What could not be rendered, or only in part. */
    reasons: z.array(reasonSchema.extend({ application: z.string() })),
    /** Newest first. */
    corrections: z.array(correctionSchema),
  }),
});
export type PortalPolicy = z.infer<typeof portalPolicySchema>;
