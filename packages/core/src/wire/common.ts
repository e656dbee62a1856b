import { z } from 'zod';
import { apiVersion } from './api-version.ts';

/** RFC 3339 in UTC. */
export const instant = z.string();

export const reasonSchema = z.object({
  code: z.string(),
  severity: z.enum(['blocker', 'critical', 'warning', 'info']),
  message: z.string(),
  component: z.string().optional(),
  cluster: z.string().optional(),
  evidence: z.array(z.string()).optional(),
  fix: z.string().optional(),
});
export type WireReason = z.infer<typeof reasonSchema>;

export const verdictSchema = z.enum(['Unknown', 'Unprotected', 'Breached', 'AtRisk', 'Unproven', 'Protected']);

/** `{apiVersion, kind, metadata, spec?, status?}`. */
export function resource<K extends string, S extends z.ZodRawShape>(kind: K, shape: S) {
  return z.object({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: z.object({ name: z.string(), namespace: z.string().optional(), cluster: z.string().optional() }),
    ...shape,
  });
}

/** Lists are `kind: KList` with `items`. */
export function listOf<K extends string, T extends z.ZodType>(kind: K, item: T) {
  return z.object({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(`${kind}List`),
    items: z.array(item),
  });
}

/** An error as data: CLI `--error-format=json`, HTTP body, operation message. */
export const errorSchema = z.object({
  code: z.string(),
  reason: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  cluster: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
