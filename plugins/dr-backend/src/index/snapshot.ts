import type { ApplicationStatus, ComponentStatus, Fleet } from '@kubectl-dr/core/service/model';
import type { Agreements } from './Agreements.ts';
import { type Sort, sortedBy } from './urgency.ts';

/** The fleet at one moment, arranged for questions. */
export interface Snapshot {
  fleet: Fleet;
  agreements: Agreements;
  /** Local time, milliseconds. */
  assessedAt: number;
  /** The applications in this order, worked out when somebody first wants it. */
  sorted(by: Sort): readonly ApplicationStatus[];
  /** By name in lower case. */
  byName: ReadonlyMap<string, ApplicationStatus>;
  /** By reference of the application's entity, or of one of its components. */
  byRef: ReadonlyMap<string, Subject>;
}

/** What an entity stands for. */
export interface Subject {
  status: ApplicationStatus;
  /** Absent when the entity is the application itself. */
  component?: ComponentStatus;
}

export function snapshotOf(fleet: Fleet, agreements: Agreements, assessedAt: number): Snapshot {
  const byName = new Map<string, ApplicationStatus>();
  const byRef = new Map<string, Subject>();
  for (const status of fleet.applications) {
    byName.set(status.application.name.toLowerCase(), status);
    for (const component of status.components) {
      const ref = component.component.entityRef;
      if (ref !== undefined && !byRef.has(ref)) byRef.set(ref, { status, component });
    }
  }
  // A System that is its own only component is asked for as the application.
  for (const status of fleet.applications) {
    if (status.application.entityRef !== undefined) byRef.set(status.application.entityRef, { status });
  }
  const orders = new Map<Sort, readonly ApplicationStatus[]>();
  const sorted = (by: Sort): readonly ApplicationStatus[] => {
    const known = orders.get(by) ?? sortedBy(by, fleet.applications);
    orders.set(by, known);
    return known;
  };
  return { fleet, agreements, assessedAt, sorted, byName, byRef };
}

/** What a page would have to show anew: everything but ages, which move by themselves. */
export function digestOf({ applications, clusters, locations }: Fleet): string {
  return JSON.stringify([
    applications.map(digestOfStatus).join(),
    clusters.map(({ name, reachable }) => [name, reachable]),
    locations.map(({ id, phase }) => [id, phase]),
  ]);
}

/** Most statuses are those of the assessment before. */
const digests = new WeakMap<ApplicationStatus, string>();

function digestOfStatus(status: ApplicationStatus): string {
  let digest = digests.get(status);
  if (digest === undefined) {
    const { application, verdict, reasons, point, components } = status;
    digest = JSON.stringify([
      application.name,
      application.owner,
      verdict,
      point?.id,
      reasons.map(({ code, component, cluster }) => [code, component, cluster]),
      components.map((component) => [component.component.name, component.verdict, component.point?.id, component.points.length]),
    ]);
    digests.set(status, digest);
  }
  return digest;
}
