import type { ActionsRegistryActionOptions } from '@backstage/backend-plugin-api/alpha';

/** The zod that the registry hands out. */
type Zod = Parameters<ActionsRegistryActionOptions<any, any>['schema']['input']>[0];

const reason = (z: Zod) =>
  z.object({
    severity: z.string(),
    code: z.string(),
    message: z.string(),
    fix: z.string().optional().describe('What mends it.'),
    component: z.string().optional(),
  });

const point = (z: Zod) =>
  z.object({ name: z.string(), cluster: z.string(), capturedAt: z.string().optional(), ageSeconds: z.number().optional() });

export const statusOutput = (z: Zod) =>
  z.object({
    application: z.string(),
    owner: z.string().optional(),
    verdict: z.string().describe('Protected, AtRisk, Breached, Unproven, Unprotected or Unknown.'),
    newestUsablePoint: point(z).optional(),
    rpoSeconds: z.number().optional().describe('How old the data may be.'),
    dataAgeSeconds: z.number().optional().describe('How old it would be.'),
    nextRun: z.string().optional(),
    staleSeconds: z.number().describe('How old this answer is.'),
    reasons: z.array(reason(z)),
    components: z.array(z.object({ name: z.string(), verdict: z.string(), newestUsablePoint: point(z).optional() })),
    mayRestore: z.boolean().describe('Whether the caller may restore it.'),
  });

export const pointsOutput = (z: Zod) =>
  z.object({
    total: z.number(),
    points: z.array(
      z.object({
        name: z.string(),
        id: z.string(),
        phase: z.string(),
        capturedAt: z.string().optional(),
        ageSeconds: z.number().optional(),
        expiresAt: z.string().optional(),
        components: z.array(z.object({ name: z.string(), usable: z.string(), reasons: z.array(z.string()) })),
      }),
    ),
  });

export const planOutput = (z: Zod) =>
  z.object({
    id: z.string(),
    hash: z.string(),
    expiresAt: z.string(),
    application: z.string(),
    mode: z.string().optional(),
    into: z.array(z.string()).describe('Clusters and namespaces that are written to.'),
    dataLoss: z.array(z.string()),
    points: z.array(z.object({ component: z.string(), name: z.string(), capturedAt: z.string() })),
    changes: z.array(z.object({ action: z.string(), object: z.string() })),
    blockers: z.array(reason(z)).describe('With one of these the plan cannot be carried out.'),
    warnings: z.array(reason(z)),
    undo: z.string(),
    estimateSeconds: z.number().optional(),
    carriedOutBy: z.string().describe('owner: at once; approval: after another person agreed; operator: only by an operator.'),
  });

export const operationOutput = (z: Zod) =>
  z.object({
    operation: z.string(),
    application: z.string(),
    state: z.string().describe('It goes on in the background.'),
    message: z.string().optional(),
  });
