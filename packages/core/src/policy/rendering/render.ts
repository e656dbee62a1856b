import { annotations, labels } from '../../application/model.ts';
import { nameFor } from '../../planning/assemble.ts';
import { enginesOf } from '../../planning/backup.ts';
import type { Place } from '../../planning/places.ts';
import { InputError } from '../../errors.ts';
import type { Engine, ScheduleRequest } from '../../ports/engine.ts';
import type { Reason } from '../../reason.ts';
import type { ApplicationStatus, Fleet } from '../../service/model.ts';
import type { Policy } from '../model.ts';
import type { RenderedObject } from './model.ts';

export interface RenderInputs {
  fleet: Fleet;
  status: ApplicationStatus;
  /** `exclusive`: nobody else's components live in the namespace. */
  places: readonly (Place & { exclusive: boolean })[];
  engines: readonly Engine[];
}

type Entry = Place['components'][number];

/**
 * What the policies of an application ask engines to keep: a timetable per place, engine, policy and location. A namespace
 * that is the application's alone, under one policy, is taken whole, else each component by its selector, as a backup on
 * demand does it.
 */
export function renderPolicies(inputs: RenderInputs): { objects: RenderedObject[]; reasons: Reason[] } {
  const objects: RenderedObject[] = [];
  const reasons: Reason[] = [];
  const engines = inputs.engines.filter(({ schedule }) => schedule);
  for (const place of inputs.places) {
    for (const { engine, entries } of enginesOf({ fleet: inputs.fleet, engines }, place)) {
      const asking = entries.filter(({ status }) => status.policy?.schedule);
      for (const [policy, some] of byPolicy(asking)) {
        if (!engine) {
          reasons.push(noTimetable(place, policy));
          continue;
        }
        const { timetable, ...schedule } = engines.find(({ id }) => id === engine.id)!.schedule!;
        for (const request of requestsOf(inputs, place, policy, some)) {
          try {
            const about = { application: inputs.status.application.name, policy: policy.name, cluster: place.cluster };
            objects.push(
              ...[schedule, ...(timetable ? [timetable] : [])].map(({ type, owns, render }) => ({
                ...about,
                type,
                owns,
                object: render(request, engine.namespace),
              })),
            );
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            reasons.push(cannotKeep(place, policy, error));
          }
        }
      }
    }
  }
  return { objects, reasons };
}

function byPolicy(entries: readonly Entry[]): Map<Policy, Entry[]> {
  const found = new Map<Policy, Entry[]>();
  for (const entry of entries) {
    const policy = entry.status.policy!;
    const known = [...found.keys()].find(({ name, revision }) => name === policy.name && revision === policy.revision) ?? policy;
    found.set(known, [...(found.get(known) ?? []), entry]);
  }
  return found;
}

function requestsOf(
  { status }: RenderInputs,
  place: RenderInputs['places'][number],
  policy: Policy,
  entries: readonly Entry[],
): ScheduleRequest[] {
  const { application } = status;
  const whole =
    entries.some(({ labelSelector }) => labelSelector === undefined) || (place.exclusive && entries.length === place.components.length);
  const locations = policy.locations.length > 0 ? policy.locations.map(({ name }) => name) : [undefined];
  return (whole ? [undefined] : entries).flatMap((entry) =>
    locations.map((location, index): ScheduleRequest => {
      const component = entry?.status.component.name;
      const parts = [application.name, component ?? place.namespace, ...(index > 0 ? [location] : [])];
      return {
        name: nameFor(`dr-${parts.join('-')}`, 48),
        namespaces: [place.namespace],
        ...(entry?.labelSelector !== undefined && { labelSelector: entry.labelSelector }),
        ...expressionOf(policy.schedule!),
        keepFor: policy.retention.keepFor,
        ...(location !== undefined && { location }),
        labels: {
          [labels.application]: nameFor(application.name),
          ...(component !== undefined && { [labels.componentOf]: nameFor(component) }),
          [labels.policy]: nameFor(policy.name),
          [labels.policyRevision]: policy.revision,
        },
        annotations: {
          ...(application.owner !== undefined && { [annotations.owner]: application.owner }),
          ...(application.entityRef !== undefined && { [annotations.entityRef]: application.entityRef }),
        },
      };
    }),
  );
}

function expressionOf(schedule: NonNullable<Policy['schedule']>): Pick<ScheduleRequest, 'every' | 'cron' | 'timeZone'> {
  return 'every' in schedule ? { every: schedule.every } : { cron: schedule.cron, timeZone: schedule.timeZone };
}

/** The engine has a timetable, and not one like this. */
function cannotKeep({ cluster, namespace }: Place, policy: Policy, { message, hint }: InputError): Reason {
  return {
    code: 'NO_ENGINE',
    severity: 'warning',
    cluster,
    message: `the schedule of ${policy.name} for ${namespace} on ${cluster} cannot be kept: ${message}`,
    evidence: [`policy: ${policy.name}`],
    ...(hint !== undefined && { fix: hint }),
  };
}

function noTimetable({ cluster, namespace }: Place, policy: Policy): Reason {
  return {
    code: 'NO_ENGINE',
    severity: 'warning',
    cluster,
    message: `no engine on ${cluster} keeps a timetable for ${namespace}, which ${policy.name} asks for`,
    evidence: [`policy: ${policy.name}`],
    fix: `Install an engine with schedules on ${cluster}, or run kubectl dr backup from a CronJob.`,
  };
}
