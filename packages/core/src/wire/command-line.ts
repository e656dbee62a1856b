import { z } from 'zod';
import { applicationSchema, componentStatusSchema } from './application.ts';
import { listOf, resource } from './common.ts';

/** What only the command line prints as data: a component on its own, the meaning of a reason, its version. */
export const componentSchema = resource('Component', {
  metadata: z.object({ name: z.string(), application: z.string() }),
  spec: applicationSchema.shape.spec.shape.components.element,
  status: componentStatusSchema,
});
export type WireComponent = z.infer<typeof componentSchema>;
export const componentListSchema = listOf('Component', componentSchema);

export const reasonMeaningSchema = resource('Reason', { spec: z.object({ title: z.string(), why: z.string(), fix: z.string() }) });
export type WireReasonMeaning = z.infer<typeof reasonMeaningSchema>;
export const reasonMeaningListSchema = listOf('Reason', reasonMeaningSchema);

/** A word of the product, or a number of the checklist with the reasons that tell of it. */
export const wordSchema = resource('Word', { spec: z.object({ meaning: z.string(), reasons: z.array(z.string()).optional() }) });
export type WireWord = z.infer<typeof wordSchema>;

export const versionSchema = resource('Version', { client: z.object({ version: z.string(), node: z.string(), platform: z.string() }) });
export type WireVersion = z.infer<typeof versionSchema>;
