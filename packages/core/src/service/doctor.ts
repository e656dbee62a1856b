import { numbersOf } from '../doctor/checklist.ts';
import { type Examined, examine } from '../doctor/examine.ts';
import type { DoctorReport } from '../doctor/model.ts';
import { fleetKinds } from '../doctor/rules/fleet.ts';
import { DrError } from '../errors.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import { drift } from '../policy/rendering/drift.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { renderApplication } from './policies.ts';
import { type LookDeps, decideVerdicts, findApplication, look, lookedAt } from './look.ts';

/** Reads what the checks need, one list per type and cluster, and lets the pure ones of `doctor/` decide. */
export async function diagnose(
  deps: LookDeps,
  plan: (assessment: Assessment, request: PlanRequest) => Promise<Plan>,
  name: string | undefined,
  signal?: AbortSignal,
): Promise<DoctorReport> {
  const checkups = new Map(
    await Promise.all(
      deps.engines.flatMap((engine) => (engine.checkup ? [engine.checkup().then((checkup) => [engine.id, checkup] as const)] : [])),
    ),
  );
  const extra = [...fleetKinds, ...[...checkups.values()].flatMap(({ kinds }) => kinds)];
  const assessment = await look(deps, { signal, extra });
  const application = name === undefined ? undefined : findApplication(assessment, name);
  const wanted = application ? [application] : assessment.applications;
  await decideVerdicts(assessment, wanted, deps.contents, signal);
  const fleet = assessment.fleet(wanted);
  const first = fleet.clusters.find(({ reachable }) => reachable);
  const asked = new Set(
    wanted.flatMap(({ components }) => components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster))),
  );
  return examine({
    ...(application && { application: application.name }),
    at: first ? new Date(first.now) : deps.clock.now(),
    applications: fleet.applications.map((status) => ({
      application: status.application,
      reasons: status.reasons,
      places: assessment.facts(status.application),
    })),
    // Of an application only the clusters beneath it are told.
    clusters: assessment.readings().filter(({ reading }) => !application || asked.has(reading.cluster)),
    checkups,
    problems: [
      ...(application ? [] : fleet.problems),
      ...fleet.applications.flatMap((one) => drift(one.application.name, renderApplication(deps, assessment, fleet, one).changes)),
    ],
    ...(application && { plans: await planned(application.name, assessment, plan, signal) }),
    kinds: [...new Map([...lookedAt(deps.engines), ...extra].map((type) => [resourceKey(type), type])).values()],
  });
}

/** What a backup and both ways back would meet. Whatever a plan only says about itself is left out. */
async function planned(
  application: string,
  assessment: Assessment,
  plan: (assessment: Assessment, request: PlanRequest) => Promise<Plan>,
  signal?: AbortSignal,
): Promise<NonNullable<Examined['plans']>> {
  const requests: PlanRequest[] = [
    { application, intent: 'Backup' },
    { application, intent: 'Restore', mode: 'clone' },
    { application, intent: 'Restore', mode: 'inPlace' },
  ];
  const reasons: Reason[] = [];
  let complete = true;
  for (const request of requests) {
    try {
      const { blockers, warnings, changes } = await plan(assessment, request);
      reasons.push(...blockers, ...warnings);
      // With a blocker that early nothing behind it was looked at.
      if (blockers.length > 0 && changes.length === 0) complete = false;
    } catch (thrown) {
      signal?.throwIfAborted();
      // What cannot even be planned has its reason among those of the verdict.
      if (!(thrown instanceof DrError)) throw thrown;
      complete = false;
    }
  }
  return {
    reasons: reasons.filter(({ code, severity }) => !ofThePlan.has(code) && (severity !== 'info' || numbersOf(code).length > 0)),
    complete,
  };
}

/** Reasons about a plan, not about what it is for. */
const ofThePlan: ReadonlySet<Reason['code']> = new Set<Reason['code']>([
  'TARGET_EXISTS',
  'CLONE_REWRITE',
  'UNLABELLED_LEFT_OUT',
  'CLAIMS_COME_ALONG',
  'DEPENDENTS_KEEP_RUNNING',
]);
