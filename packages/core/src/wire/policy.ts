import { z } from 'zod';
import { listOf, reasonSchema, resource } from './common.ts';
import { fieldChangeSchema } from './plan.ts';

/** One object that a policy asks for, compared with what is there, or carried out. */
export const policyChangeSchema = resource('PolicyChange', {
  spec: z.object({
    application: z.string(),
    policy: z.string(),
    /** As it is written; of `remove` as it is there. */
    object: z.looseObject({ apiVersion: z.string(), kind: z.string() }),
  }),
  status: z.object({
    action: z.enum(['create', 'change', 'same', 'conflict', 'remove']),
    /** It was written, not only compared. */
    done: z.boolean(),
    fields: z.array(fieldChangeSchema).optional(),
    why: z.string().optional(),
  }),
});
export type WirePolicyChange = z.infer<typeof policyChangeSchema>;
export const policyChangeListSchema = listOf('PolicyChange', policyChangeSchema);

/** What is wrong with one policy of the catalog, or with its assignment. */
export const policyLintSchema = resource('PolicyLint', {
  status: z.object({ valid: z.boolean(), problems: z.array(reasonSchema.pick({ severity: true, message: true, fix: true })) }),
});
export type WirePolicyLint = z.infer<typeof policyLintSchema>;
export const policyLintListSchema = listOf('PolicyLint', policyLintSchema);
