import { sealPlan } from '../planning/assemble.ts';
import { objectivesOf } from '../planning/drill.ts';
import { engineTest } from '../planning/move/engine-test.ts';
import type { Handed } from '../planning/move/handover.ts';
import { bridged } from '../planning/move/handover.ts';
import type { Plan } from '../planning/model.ts';
import type { Application } from '../application/model.ts';
import type { ManagedApplication } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { type HandoverGround, distinct, handingOf, moverOf, steeredIn } from './handover.ts';
import { joinedPlan } from './joined-plan.ts';
import { isExclusive } from './plan-ground.ts';
import { withRights } from './plan-rights.ts';

/** Plans the drill of what no engine tests by itself, of these components alone. */
type PlanRest = (application: Application, components: string[]) => Promise<Plan>;

/**
 * The drill of an application of which engines test the failover of something by themselves, the rest of it planned by `planRest`.
 * Undefined: no engine does. Nothing is written.
 */
export async function engineDrill(ground: HandoverGround, planRest: PlanRest, signal?: AbortSignal): Promise<Plan | undefined> {
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
  const plan = await sealPlan(
    {
      ...joinedPlan(ground, 'Drill', all, handed, part, rest),
      request: { ...(rest?.request ?? asked), application: application.name, components: all, on },
      cleanUp: part.cleanUp,
      objectives: [...objectivesOf({ components: handed.flatMap(({ components }) => components) }), ...(rest?.objectives ?? [])],
      blockers: distinct([...blockers, ...handed.flatMap((one) => open(one, ground)), ...(rest?.blockers ?? [])]),
      warnings: distinct([...warnings, ...handed.map(unchanged), ...(rest?.warnings ?? [])]),
      undo: { text: 'nothing to undo: what a drill makes is removed when it ends', possible: false },
      home: on,
    },
    now,
  );
  return withRights(plan, deps, now, signal);
}

function tests({ deps }: HandoverGround, { engine }: ManagedApplication): boolean {
  return moverOf(deps.engines, engine).moves.includes('test');
}

/** What is managed by engines that move it and cannot try that: a drill of its points proves less than a failover needs. */
export function untested(ground: HandoverGround, components: readonly string[]): Reason[] {
  const { application, request, deps } = ground;
  return application.components.flatMap((component): Reason[] => {
    const managed = components.includes(component.name) ? steeredIn(component, ground)?.managed : undefined;
    if (!managed || tests(ground, managed)) return [];
    const { title } = deps.engines.find(({ id }) => id === managed.engine)!;
    return [
      {
        code: 'ENGINE_CANNOT_TEST',
        severity: 'warning',
        component: component.name,
        cluster: request.to,
        message: `${title} has no test of a failover: a recovery point of ${component.name} is tried on ${request.to}, and not the copy (${managed.name}) that a failover would go on with`,
      },
    ];
  });
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

function unchanged({ to, managed, origins }: Handed): Reason {
  const spaces = [...new Set(origins.map(({ namespace }) => namespace))];
  return {
    code: 'TEST_UNCHANGED',
    severity: 'warning',
    cluster: to,
    message: `${managed.engine} runs ${managed.name} in ${spaces.join(' and ')} on ${to} as it is for the time of the test: its hosts, cron jobs and network policies are not changed`,
    fix: 'see that nothing outside acts on them (a controller for DNS, say): only the network of the namespace is shut off',
  };
}
