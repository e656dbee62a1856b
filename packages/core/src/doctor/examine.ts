import type { Application } from '../application/model.ts';
import type { ReasonCode } from '../compliance/reason-codes.ts';
import type { ClusterProtection } from '../compliance/fleet-protection.ts';
import type { Facts } from '../compliance/facts.ts';
import type { ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { Reason, Severity } from '../reason.ts';
import { checklistEntries, fromPlans } from './checklist.ts';
import type { CheckResult, DoctorReport, PlaceSeen } from './model.ts';
import type { Check, Checkup, EngineSeen, Finding } from './check.ts';
import { fleetChecks } from './rules/fleet.ts';
import { placeChecks } from './rules/places.ts';
import { pointChecks } from './rules/points.ts';
import { unseenIn } from './unseen.ts';

/** Everything that the doctor looks at. */
export interface Examined {
  /** What is asked about; absent: the fleet. */
  application?: string;
  at: Date;
  applications: readonly { application: Application; reasons: readonly Reason[]; places: readonly Facts[] }[];
  clusters: readonly { reading: ClusterReading; protection: ClusterProtection }[];
  /** By engine id. */
  checkups: ReadonlyMap<string, Checkup>;
  /** Of the catalog and the fleet. */
  problems: readonly Reason[];
  /** What plans found that were made to be looked at; absent: none was made. `complete`: each could be made in full. */
  plans?: { reasons: readonly Reason[]; complete: boolean };
  /** Types that were read. */
  kinds: readonly ResourceType[];
}

export const placeRules: readonly Check<PlaceSeen>[] = [...pointChecks, ...placeChecks];

const severities: readonly Severity[] = ['blocker', 'critical', 'warning', 'info'];

/** Runs every check over what was read. Pure and total. */
export function examine(examined: Examined): DoctorReport {
  const { application, at, applications, clusters, kinds } = examined;
  const findings = unique([
    ...examined.problems,
    ...applications.flatMap((one) => ofApplication(one, clusters)),
    ...fleetChecks.flatMap(({ find }) => find({ clusters })),
    ...clusters.flatMap((cluster) => ofEngines(cluster, examined.checkups)),
    ...(examined.plans?.reasons ?? []).map((reason): Finding => ({ ...reason, ...(application !== undefined && { application }) })),
  ])
    .map((finding) => attributed(finding, applications))
    .filter((finding) => application === undefined || concerns(finding, application))
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compare(a, b));
  return {
    ...(application !== undefined && { application }),
    at: at.toISOString(),
    findings,
    checks: results(examined, findings),
    unseen: clusters.flatMap(({ reading }) => unseenIn(reading, kinds)),
  };
}

function ofApplication({ application, reasons, places }: Examined['applications'][number], clusters: Examined['clusters']): Finding[] {
  const found = places.flatMap((facts) => {
    const reading = clusters.find((cluster) => cluster.reading.cluster === facts.cluster.name)?.reading;
    return placeRules.flatMap(({ find }) => find({ facts, application, ...(reading && { reading }) }));
  });
  return [...reasons, ...found].map((reason) => ({ ...reason, application: application.name }));
}

function ofEngines({ reading, protection }: Examined['clusters'][number], checkups: Examined['checkups']): Finding[] {
  return protection.states
    .filter(({ installation }) => installation.installed)
    .flatMap((state): Finding[] => {
      const seen: EngineSeen = { reading, state };
      const checks = checkups.get(state.installation.engine)?.checks ?? [];
      // What could not be read is told with the role that is needed to.
      const problems = state.installation.problems.filter(({ code }) => code !== 'READING_FORBIDDEN');
      return [...problems, ...checks.flatMap(({ find }) => find(seen))];
    });
}

/** The same sentence about several components of one application is told once, about the application. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, cluster, message, application } = finding;
    const key = JSON.stringify([code, cluster, message]);
    const known = seen.get(key);
    if (!known) seen.set(key, finding);
    else if (known.application !== application) {
      const { application: _, ...shared } = known;
      seen.set(key, shared);
    }
  }
  return [...seen.values()];
}

/** What was found at an object belongs to the application whose workload it is, or to the only one in its namespace. */
function attributed(finding: Finding, applications: Examined['applications']): Finding {
  const { subject, cluster } = finding;
  if (!subject || finding.application !== undefined) return finding;
  const here = applications.flatMap(({ application, places }) =>
    places
      .filter((facts) => facts.placement?.namespace === subject.namespace && facts.cluster.name === cluster)
      .map((facts) => ({ application: application.name, facts })),
  );
  const owner = here.find(({ facts }) => facts.workloads.some(({ kind, name }) => kind === subject.kind && name === subject.name));
  if (owner) return { ...finding, application: owner.application, component: owner.facts.component.name };
  const [only, ...more] = new Set(here.map((one) => one.application));
  return only !== undefined && more.length === 0 ? { ...finding, application: only } : finding;
}

/** Asked about one application: its own findings, and what is wrong with the clusters and engines beneath it. */
function concerns({ application, subject }: Finding, asked: string): boolean {
  return application === undefined ? subject === undefined : application === asked;
}

function compare(a: Finding, b: Finding): number {
  const key = ({ application = '', component = '', code, message }: Finding): string =>
    [application, component, code, message].join('\u0000');
  return key(a) < key(b) ? -1 : 1;
}

/** Each number of the checklist: is there a finding, and if not, could everything be looked at? */
function results({ clusters, checkups, plans, kinds }: Examined, findings: readonly Finding[]): DoctorReport['checks'] {
  const found = new Set(findings.map(({ code }) => code));
  const needs = new Map<ReasonCode, ResourceType[]>();
  const all = [...placeRules, ...fleetChecks, ...[...checkups.values()].flatMap(({ checks }) => checks)];
  for (const { codes, needs: types } of all) for (const code of codes) needs.set(code, [...(needs.get(code) ?? []), ...types]);
  const hidden = (types: readonly ResourceType[]): boolean =>
    clusters.some(
      ({ reading }) =>
        reading.unreachable !== undefined ||
        types.some((type) => (reading.failures.get(resourceKey(type))?.code ?? 'NOT_FOUND') !== 'NOT_FOUND'),
    );
  const isLookedAt = (code: ReasonCode): boolean => {
    const types = needs.get(code);
    if (fromPlans.has(code)) return plans?.complete === true;
    return !hidden(types && types.length > 0 ? types : kinds);
  };
  return checklistEntries.map(([number, { title, codes }]) => {
    const result: CheckResult = codes.some((code) => found.has(code)) ? 'found' : codes.every(isLookedAt) ? 'clear' : 'unseen';
    return { number, title, result };
  });
}
