import type { PortalApplication } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import type { WatchState } from '@kubectl-dr/kubernetes';
import type { Access } from '../authorization/Access.ts';
import { unchanging } from '../secrecy/unchanging.ts';

export interface Age {
  states: readonly WatchState[];
  /** Milliseconds. */
  assessmentAge: number;
}

/** How old what is shown is, whatever is oldest: the assessment, or the news from one of the applications' clusters. */
export function staleSecondsOf(statuses: readonly ApplicationStatus[], { states, assessmentAge }: Age): number {
  const names = new Set<string | undefined>();
  for (const { application } of statuses) {
    let placed = false;
    for (const { placements } of application.components) {
      for (const { cluster } of placements) {
        placed = true;
        names.add(cluster);
      }
    }
    if (!placed) names.add(undefined);
  }
  const everywhere = names.has(undefined);
  const ages = states.filter(({ cluster }) => everywhere || names.has(cluster)).map(({ age }) => age);
  return Math.round(Math.max(0, assessmentAge, ...ages) / 1000);
}

/** The application without the components that the caller may not see, and without what is said of them. */
export function visiblePart(status: ApplicationStatus, access: Access): ApplicationStatus {
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
    const made = applicationToWire(status);
    wire = { ...made, spec: unchanging(made.spec), status: unchanging(made.status) };
    wires.set(status, wire);
  }
  return wire;
}

/** As the portal shows it to this caller; `access` has to be prepared for acting. */
export function portalApplication(status: ApplicationStatus, access: Access, age: Age): PortalApplication {
  return {
    ...wireOf(visiblePart(status, access)),
    allowed: access.allowed(status.application),
    staleSeconds: staleSecondsOf([status], age),
  };
}
