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

/** In a filter by owner: applications that nobody claims. No entity reference looks like this. */
export const noOwner = 'none';

export const applicationFilterSchema = z.strictObject({
  /** Owner references, `group:default/team-shop` or short, or `none`. */
  owner: many(reference).optional(),
  verdict: many(verdictSchema).optional(),
  /** Applications with a placement on one of these clusters. */
  cluster: many(name).optional(),
  /** Part of the name, of the title or of the owner's reference. */
  q: z.string().max(200).optional(),
});
export type ApplicationFilter = z.infer<typeof applicationFilterSchema>;

export const applicationsQuerySchema = applicationFilterSchema.extend({
  /** `verdict`: worst first; `age`: of the newest usable data, where none is older than any. */
  sort: z.enum(['verdict', 'name', 'owner', 'age']).default('verdict'),
  order: z.enum(['ascending', 'descending']).default('ascending'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  /** `metadata.nextCursor` of the page before, of the same order. */
  cursor: z.string().max(1000).optional(),
});
export type ApplicationsQuery = z.input<typeof applicationsQuerySchema>;

/** How many applications stand where. */
export const verdictCountsSchema = z.record(verdictSchema, z.number());
export type VerdictCounts = z.infer<typeof verdictCountsSchema>;

export const applicationPageSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ApplicationList'),
  metadata: z.object({
    /** Of all pages. */
    total: z.number(),
    /** Of all that the filter lets through but for its verdict, so that they can be shown beside that choice. */
    verdicts: verdictCountsSchema,
    /** As of an application: the oldest reading behind these counts. */
    staleSeconds: z.number(),
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
