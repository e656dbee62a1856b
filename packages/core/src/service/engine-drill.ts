import type { PlanDraft } from '../planning/assemble.ts';
import { objectivesOf } from '../planning/drill.ts';
import { engineTest, uncheckedIn } from '../planning/move/engine-test.ts';
import type { Handed } from '../planning/move/handover.ts';
import { bridged } from '../planning/move/handover.ts';
import { isolationPolicy, openingsOf } from '../planning/isolation.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Application } from '../application/model.ts';
import type { ManagedApplication } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { type HandoverGround, distinct, handingOf, moverOf, uncheckedOf } from './moves/handover.ts';
import { joinedPlan } from './moves/joined-plan.ts';
import { isExclusive } from './plan-ground.ts';
import { withRights } from './plan-rights.ts';

/** Plans the drill of what no engine tests by itself, of these components alone. */
type PlanRest = (application: Application, components: string[]) => Promise<PlanDraft>;

/**
 * The drill of an application of which engines test the failover of something by themselves, the rest of it planned by `planRest`.
 * Undefined: no engine does. Nothing is written.
 */
export async function engineDrill(ground: HandoverGround, planRest: PlanRest, signal?: AbortSignal): Promise<PlanDraft | undefined> {
  const { deps, application, request, now } = ground;
  const { to: on, ...asked } = request;
  const handing = await handingOf(ground, ({ managed }) => managed !== undefined && tests(ground, managed), signal);
  if (!handing) return undefined;
  const { wanted, names, handed, blockers, warnings } = handing;
  const others = wanted.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const rest =
    others.length === 0 ? undefined : await planRest({ ...application, components: bridged(application.components, names) }, others);
  const part = engineTest(application.name, handed, rest ?? { waves: [] }, now);
  const all = wanted.map(({ name }) => name);
  const plan: PlanDraft = {
    ...joinedPlan(ground, 'Drill', all, handed, part, rest),
    request: { ...(rest?.request ?? asked), application: application.name, components: all, on },
    cleanUp: part.cleanUp,
    objectives: [...objectivesOf({ components: handed.flatMap(({ components }) => components) }), ...(rest?.objectives ?? [])],
    blockers: distinct([
      ...blockers,
      ...handed.flatMap((one) => (one.order.into ? apart(one, ground) : [...open(one, ground), ...letOut(one)])),
      ...(rest?.blockers ?? []),
    ]),
    warnings: distinct([
      ...warnings,
      ...handed.flatMap((one) => [...(one.order.into ? [] : [unchanged(one)]), ...uncheckedOf(uncheckedIn(one))]),
      ...(rest?.warnings ?? []),
    ]),
    undo: { text: 'nothing to undo: what a drill makes is removed when it ends', possible: false },
    home: on,
  };
  return withRights(plan, deps, signal);
}

function tests({ deps }: HandoverGround, { engine }: ManagedApplication): boolean {
  return moverOf(deps.engines, engine).moves.includes('test');
}

/** Nothing may start there that can be heard outside, and nothing of others may be cut off. */
function open({ to, origins, managed, components }: Handed, { assessment, application }: HandoverGround): Reason[] {
  const chosen = new Set(components.map(({ component }) => component.name));
  return [...new Set(origins.map(({ namespace }) => namespace))].flatMap((namespace): Reason[] => {
    const about = { code: 'TEST_NOT_ISOLATED' as const, severity: 'blocker' as const, cluster: to, evidence: [`Namespace ${namespace}`] };
    if (!assessment.inventory.get(to)?.namespace(namespace))
      return [
        {
          ...about,
          message: `${managed.engine} tests in the namespace ${namespace}, which is not on ${to}: it cannot be shut off before something starts there`,
          fix: `make it: kubectl --context ${to} create namespace ${namespace}`,
        },
      ];
    if (isExclusive(assessment.applications, application, chosen, { cluster: to, namespace })) return [];
    return [
      {
        ...about,
        message: `${managed.engine} tests in the namespace ${namespace}, where ${to} holds more than ${[...chosen].join(' and ')}: shutting it off would cut that off`,
        fix: 'drill from a recovery point, which is brought into a namespace of its own: --point POINT',
      },
    ];
  });
}

/** What is tried apart has to have arrived, has room made for it, and is copied without a change. */
function apart({ to, managed, order, brings }: Handed, { assessment }: HandoverGround): Reason[] {
  const on = assessment.inventory.get(to);
  const blocker = { severity: 'blocker' as const, cluster: to };
  return [
    ...Object.entries(order.into ?? {}).flatMap(([namespace, scratch]): Reason[] => [
      ...(on?.namespace(namespace)
        ? []
        : [{ ...blocker, code: 'REPLICATION_EMPTY' as const, message: `nothing of ${managed.name} has arrived in ${namespace} on ${to}` }]),
      ...(on?.namespace(scratch)
        ? [{ ...blocker, code: 'TARGET_EXISTS' as const, message: `the namespace ${scratch} already exists on ${to}`, fix: 'plan again' }]
        : []),
    ]),
    ...(brings.acts.length === 0
      ? []
      : [
          {
            ...blocker,
            code: 'TEST_NOT_ISOLATED' as const,
            message: `${managed.engine} copies what has arrived on ${to} as it is, and ${brings.acts.slice(0, 3).join(', ')} would act in the world`,
            evidence: brings.acts,
            fix: 'drill from a recovery point, of which a copy is changed: --point POINT',
          },
        ]),
  ];
}

/** Policies add up: one of the application's own that lets its pods out lets out those of the test as well. */
function letOut({ to, managed, brings }: Handed): Reason[] {
  const about = { code: 'TEST_NOT_ISOLATED' as const, severity: 'blocker' as const, cluster: to };
  const opens = namesOf(brings.policies.filter((policy) => openingsOf(policy).egress));
  const [unread] = brings.policiesUnread;
  return [
    ...(opens.length > 0
      ? [
          {
            ...about,
            message: `${managed.engine} runs ${managed.name} with its own network policies, and ${opens.join(', ')} would let the test reach what is outside its namespace`,
            evidence: opens.map((name) => `NetworkPolicy ${name}`),
            fix: 'drill from a recovery point, which is tried without them: --point POINT; or let the policy name pods of its own namespace alone',
          },
        ]
      : []),
    ...(unread === undefined
      ? []
      : [
          {
            ...about,
            message: `whether network policies of ${managed.name} would let its test out cannot be seen: ${unread}`,
            fix: 'grant list on networkpolicies',
          },
        ]),
  ];
}

function namesOf(policies: readonly KubeObject[]): string[] {
  return [
    ...new Set(
      policies
        .filter(({ metadata }) => metadata.name !== isolationPolicy)
        .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
    ),
  ];
}

function unchanged({ to, managed, origins, brings }: Handed): Reason {
  const spaces = [...new Set(origins.map(({ namespace }) => namespace))];
  const letIn = namesOf(brings.policies.filter((policy) => openingsOf(policy).ingress));
  const reached = letIn.length === 0 ? '' : `; ${letIn.join(', ')} lets in whom it lets in otherwise`;
  return {
    code: 'TEST_UNCHANGED',
    severity: 'warning',
    cluster: to,
    message: `${managed.engine} runs ${managed.name} in ${spaces.join(' and ')} on ${to} as it is for the time of the test: its hosts, cron jobs and network policies are not changed${reached}`,
    ...(letIn.length > 0 && { evidence: letIn.map((name) => `NetworkPolicy ${name}`) }),
    fix: 'see that nothing outside acts on them (a controller for DNS, say): only the network of the namespace is shut off',
  };
}
