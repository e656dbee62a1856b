import { applicationSchema } from '@kubectl-dr/core/wire/application';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { verdictSchema } from '@kubectl-dr/core/wire/common';
import { z } from 'zod';

/** Kubernetes names and catalog names fit in it; anything longer is a mistake or an attack. */
const name = z.string().min(1).max(253);
/** `component:default/orders`, or the name of an application. */
const reference = z.string().min(1).max(600);

/** What the caller may do with an application. For showing buttons; the backend decides again on each request. */
export const allowedSchema = z.object({
  plan: z.boolean(),
  backup: z.boolean(),
  restore: z.boolean(),
  /** Cancel, resume, undo and confirm operations. */
  operate: z.boolean(),
  /** Agree to what others of the team have requested; never to one's own. */
  approve: z.boolean(),
});
export type Allowed = z.infer<typeof allowedSchema>;

/** An application with what only the portal knows. */
export const portalApplicationSchema = applicationSchema.extend({
  allowed: allowedSchema,
  /** Seconds since the oldest reading behind it was fresh. */
  staleSeconds: z.number(),
});
export type PortalApplication = z.infer<typeof portalApplicationSchema>;

/** A query parameter that may be repeated: one is a string, several are an array. */
export const many = <T extends z.ZodType>(item: T) => z.union([z.array(item).max(50), item.transform((value) => [value])]);

export const applicationsQuerySchema = z.strictObject({
  /** Owner references, `group:default/team-shop` or short. */
  owner: many(reference).optional(),
  verdict: many(verdictSchema).optional(),
  /** Applications with a placement on one of these clusters. */
  cluster: many(name).optional(),
  /** Part of the name or title. */
  q: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  /** `metadata.nextCursor` of the page before. */
  cursor: z.string().max(1000).optional(),
});
export type ApplicationsQuery = z.input<typeof applicationsQuerySchema>;

/** Worst verdict first, then by name. */
export const applicationPageSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ApplicationList'),
  metadata: z.object({
    /** Of all pages. */
    total: z.number(),
    /** Absent on the last page. */
    nextCursor: z.string().optional(),
  }),
  items: z.array(portalApplicationSchema),
});
export type ApplicationPage = z.infer<typeof applicationPageSchema>;

export const byRefsRequestSchema = z.strictObject({ entityRefs: z.array(reference).min(1).max(200) });

/** What there is to show for one entity. */
export const entityStatusSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    entityRef: z.string(),
    /** `metadata.name` of the application in `applications`. */
    application: z.string(),
    /** The component that the entity is; absent when it is the application itself. */
    component: z.string().optional(),
    /** What the caller may do with that component; for the whole application it is `allowed` of the application. */
    allowed: allowedSchema.optional(),
  }),
  /** Nothing here runs anywhere: neither a part of an application nor one itself. */
  z.object({ kind: z.literal('unknown'), entityRef: z.string() }),
  z.object({ kind: z.literal('forbidden'), entityRef: z.string(), message: z.string().optional(), hint: z.string().optional() }),
]);
export type EntityStatus = z.infer<typeof entityStatusSchema>;

/** One item per reference asked for, in that order; each application once. */
export const byRefsResponseSchema = z.object({
  items: z.array(entityStatusSchema),
  applications: z.array(portalApplicationSchema),
});
export type ByRefsResponse = z.infer<typeof byRefsResponseSchema>;

/** Where an entity is in a path. Its application is meant, also when it is a component of one. */
export const entityParametersSchema = z.object({ kind: name, namespace: name, name });
