import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { DrError, InputError } from '@kubectl-dr/core/errors';
import { parseRef } from '@kubectl-dr/core/application/entity-ref';
import { applicationKind } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Censor } from '../secrecy/Censor.ts';
import type { ApplicationReads, EntityParameters } from '../service/ApplicationReads.ts';
import type { AuthorizedDrService } from '../service/AuthorizedDrService.ts';
import { operationOutput, planOutput, pointsOutput, statusOutput } from './outputs.ts';
import { summaryOfOperation, summaryOfPlan, summaryOfPoint, summaryOfStatus } from './summaries.ts';

export interface ActionSubjects {
  reads: ApplicationReads;
  service: AuthorizedDrService;
  censor: Censor;
}

const entityRef = 'Entity reference of a Component, Resource or System, such as component:default/orders, or the name of an application.';
const whichComponents = 'Names of components of the application; absent: those that the reference stands for, which of a System are all.';

/**
 * What assistants (MCP) and Scaffolder templates may do: the same reads and writes as the API has, with the same decisions about each
 * application, in the name of whoever calls. A restore takes the id and hash of a plan, so that what happens is what was looked at.
 */
export function registerActions(registry: ActionsRegistryService, { reads, service, censor }: ActionSubjects): void {
  const told = outputsOf(censor);

  registry.register({
    name: 'get-protection-status',
    title: 'Get the protection status of a service',
    description:
      'Tells whether the data of a service could be brought back and how old it would be: its verdict, the newest usable recovery point, ' +
      'the reasons of the verdict and what mends each.',
    attributes: { readOnly: true, idempotent: true },
    schema: {
      input: (z) => z.object({ entityRef: z.string().describe(entityRef) }).strict(),
      output: statusOutput,
    },
    action: async ({ input, credentials }) =>
      told(async () => summaryOfStatus(await reads.get({ credentials }, entityOf(input.entityRef)))),
  });

  registry.register({
    name: 'list-recovery-points',
    title: 'List the recovery points of a service',
    description: 'Lists what a service could go back to, newest first, and for each of its components whether the point brings it back.',
    attributes: { readOnly: true, idempotent: true },
    schema: {
      input: (z) =>
        z
          .object({
            entityRef: z.string().describe(entityRef),
            limit: z.number().int().min(1).max(200).default(20).describe('How many of the newest.'),
          })
          .strict(),
      output: pointsOutput,
    },
    action: async ({ input, credentials }) =>
      told(async () => {
        const { items } = await reads.points({ credentials }, entityOf(input.entityRef));
        return { total: items.length, points: items.slice(0, input.limit).map(summaryOfPoint) };
      }),
  });

  registry.register({
    name: 'plan-restore',
    title: 'Plan a restore',
    description:
      'Works out what a restore would do, without doing it: which data is lost, what would be created, changed or removed, what stands in the ' +
      'way, how it can be undone. Show the result to the person who decides, then hand its id and hash to restore-application.',
    attributes: { readOnly: true, idempotent: true },
    schema: {
      input: (z) =>
        z
          .object({
            entityRef: z.string().describe(entityRef),
            components: z.array(z.string()).min(1).optional().describe(whichComponents),
            point: z
              .string()
              .optional()
              .describe('Name or id of a recovery point, an instant such as 14:05 or 2h ago, or latest (default).'),
            mode: z
              .enum(['clone', 'inPlace', 'dataOnly', 'configOnly'])
              .default('clone')
              .describe('clone: beside the running one, which stays as it is. The others change the running one.'),
            namespace: z.string().optional().describe('Of a clone: the namespace to restore into.'),
          })
          .strict(),
      output: planOutput,
    },
    action: async ({ input: { entityRef: ref, ...request }, credentials }) =>
      told(async () => summaryOfPlan(await service.plan({ credentials }, entityOf(ref), { intent: 'Restore', ...request }))),
  });

  registry.register({
    name: 'create-backup',
    title: 'Back a service up now',
    description: 'Captures the service now, beside its schedule. Nothing that runs is changed.',
    attributes: { readOnly: false, destructive: false, idempotent: false },
    schema: {
      input: (z) =>
        z
          .object({
            entityRef: z.string().describe(entityRef),
            components: z.array(z.string()).min(1).optional().describe(whichComponents),
            reason: z.string().max(1000).optional().describe('For the journal and the audit.'),
          })
          .strict(),
      output: operationOutput,
    },
    action: async ({ input: { entityRef: ref, reason, ...request }, credentials }) =>
      told(async () => {
        const { spec } = await service.plan({ credentials }, entityOf(ref), { intent: 'Backup', ...request });
        const why = reason !== undefined && { reason };
        return summaryOfOperation(await service.start({ credentials }, { plan: { id: spec.id, hash: spec.hash }, ...why }, keyOf(spec.id)));
      }),
  });

  registry.register({
    name: 'restore-application',
    title: 'Restore a service as planned',
    description:
      'Carries out a plan of plan-restore, exactly as it was shown; refused when the world has changed since. A plan that changes the running ' +
      'service wants its name typed by a person (confirm), and may then wait until somebody else has approved it. Twice is once.',
    attributes: { readOnly: false, destructive: true, idempotent: true },
    schema: {
      input: (z) =>
        z
          .object({
            planId: z.string().describe('id of a plan of plan-restore.'),
            planHash: z.string().describe('hash of the same.'),
            confirm: z
              .string()
              .optional()
              .describe('The name of the application, typed by the person who decides; for every mode but clone.'),
            reason: z.string().max(1000).optional().describe('For the journal and the audit.'),
          })
          .strict(),
      output: operationOutput,
    },
    action: async ({ input: { planId: id, planHash: hash, ...rest }, credentials }) =>
      told(async () => summaryOfOperation(await service.start({ credentials }, { plan: { id, hash }, ...rest }, keyOf(id)))),
  });
}

function entityOf(text: string): EntityParameters {
  const found = parseRef(text, { kind: applicationKind });
  if (found) return found;
  throw new InputError(`"${text}" is not an entity reference`, { hint: 'Write it as component:default/orders.' });
}

/** A plan is carried out once, however often it is asked for. */
function keyOf(planId: string): string {
  return `action-${planId}`;
}

/** The registry passes on name and message alone: what to do next has to stand in the message. */
function outputsOf(censor: Censor): <T>(work: () => Promise<T>) => Promise<{ output: T }> {
  return async (work) => {
    try {
      return { output: censor.value(await work()) };
    } catch (thrown) {
      if (!(thrown instanceof DrError)) throw thrown;
      const message = thrown.hint === undefined ? thrown.message : `${thrown.message.replace(/\.$/, '')}. ${thrown.hint}`;
      throw Object.assign(new Error(censor.text(message)), { name: thrown.name });
    }
  };
}
