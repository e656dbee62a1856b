import type { Allowed, EntityStatus, PortalApplication } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ApplicationStatus, ComponentStatus } from '@kubectl-dr/core/service/model';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import type { WatchState } from '@kubectl-dr/kubernetes';
import type { Access } from '../authorization/Access.ts';
import type { Subject } from '../index/snapshot.ts';
import { extended, unchanging } from '../secrecy/unchanging.ts';

type ReadyStatus = Extract<EntityStatus, { kind: 'ready' }>;

export interface Age {
  /** Of the news from each cluster, milliseconds. */
  ages: ReadonlyMap<string, number>;
  /** The greatest of these and of `assessmentAge`. */
  oldest: number;
  /** Milliseconds. */
  assessmentAge: number;
}

export function ageOf(states: readonly Pick<WatchState, 'cluster' | 'age'>[], assessmentAge: number): Age {
  return {
    ages: new Map(states.map(({ cluster, age }) => [cluster, age])),
    oldest: Math.max(0, assessmentAge, ...states.map(({ age }) => age)),
    assessmentAge,
  };
}

/** How old what is shown is, whatever is oldest: the assessment, or the news from one of the applications' clusters. */
export function staleSecondsOf(statuses: readonly ApplicationStatus[], { ages, oldest, assessmentAge }: Age): number {
  let most = Math.max(0, assessmentAge);
  for (const { application } of statuses) {
    if (most >= oldest) break;
    let placed = false;
    for (const { placements } of application.components) {
      for (const { cluster } of placements) {
        placed = true;
        most = Math.max(most, cluster === undefined ? oldest : (ages.get(cluster) ?? 0));
      }
    }
    // What is placed nowhere was looked for everywhere.
    if (!placed) most = oldest;
  }
  return Math.round(most / 1000);
}

/** The application without the components that the caller may not see, and without what is said of them. */
export function visiblePart(status: ApplicationStatus, access: Access): ApplicationStatus {
  if (access.maySeeEverything()) return status;
  const { application } = status;
  const hidden = new Set(
    application.components.filter((component) => !access.maySeeComponent(application, component)).map(({ name }) => name),
  );
  if (hidden.size === 0) return status;
  return {
    ...status,
    application: { ...application, components: application.components.filter(({ name }) => !hidden.has(name)) },
    components: status.components.filter(({ component }) => !hidden.has(component.name)),
    reasons: status.reasons.filter(({ component }) => component === undefined || !hidden.has(component)),
  };
}

/** By the status that an assessment gave: most are those of the assessment before, and each is shown to many. */
const wires = new WeakMap<ApplicationStatus, WireApplication>();

function wireOf(status: ApplicationStatus): WireApplication {
  let wire = wires.get(status);
  if (!wire) {
    wire = unchanging(applicationToWire(status));
    wires.set(status, wire);
  }
  return wire;
}

/** What is said to a caller beside what all are told: few different things, of many. */
const told = new Map<string, object>();
const most = 10_000;

function toldOf<T extends { allowed: Allowed; staleSeconds?: number }>(more: T): T {
  const { allowed, staleSeconds } = more;
  const key = `${allowed.plan} ${allowed.backup} ${allowed.restore} ${allowed.operate} ${allowed.approve} ${staleSeconds}`;
  const known = told.get(key);
  if (known) return known as T;
  if (told.size >= most) told.clear();
  told.set(key, unchanging(more));
  return more;
}

/** As the portal shows it to this caller; `access` has to be prepared for acting. */
export function portalApplication(status: ApplicationStatus, access: Access, age: Age): PortalApplication {
  const wire = wireOf(visiblePart(status, access));
  return extended(wire, toldOf({ allowed: access.allowed(status.application), staleSeconds: staleSecondsOf([status], age) }));
}

/** By what an entity stands for. */
const readies = new WeakMap<ApplicationStatus | ComponentStatus, ReadyStatus>();

/** What there is to show of an entity that the caller may see. `text`: how they called it. */
export function readyStatus(text: string, { status, component: part }: Subject, access: Access): EntityStatus {
  const { application } = status;
  const component = part?.component;
  const known = readies.get(part ?? status);
  const ready =
    known?.entityRef === text
      ? known
      : unchanging<ReadyStatus>({
          kind: 'ready',
          entityRef: text,
          application: application.name,
          ...(component && { component: component.name }),
        });
  if (ready !== known) readies.set(part ?? status, ready);
  return component ? extended(ready, toldOf({ allowed: access.allowed(application, component) })) : ready;
}
