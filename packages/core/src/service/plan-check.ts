import type { Application } from '../application/model.ts';
import { ConflictError, DrError, InputError, NotAllowedError } from '../errors.ts';
import { planHash } from '../planning/hash.ts';
import { isMove } from '../planning/intent.ts';
import type { Plan, Step } from '../planning/model.ts';
import type { ManagedApplication } from '../protection/model.ts';
import { gitOpsMechanisms } from '../planning/suspension.ts';

/** A plan is outside input: its shape and its own hash, before anything is believed of it. */
export async function assertIntact(plan: Plan): Promise<void> {
  // Loaded here: whoever only looks never checks a plan.
  const { planBodySchema } = await import('../wire/plan.ts');
  const parsed = planBodySchema.safeParse(plan);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(`the plan cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, { hint: 'make it again' });
  }
  if ((await planHash(plan)) !== plan.hash) {
    throw new ConflictError(`the plan ${plan.id} was changed after it was made: its hash does not fit`, {
      code: 'PLAN_STALE',
      hint: 'make it again, and change what is asked for instead',
    });
  }
}

export function assertNotExpired(plan: Plan, now: Date): void {
  if (now.getTime() <= Date.parse(plan.expiresAt)) return;
  throw new ConflictError(`the plan ${plan.id} expired at ${plan.expiresAt}`, { code: 'PLAN_EXPIRED', hint: 'make it again' });
}

/** PLAN_BLOCKED, or PLAN_STALE with what moved. `again` is the same request, planned now. */
export function assertCurrent(plan: Plan, again: Plan): void {
  if (plan.blockers.length > 0) throw blocked(plan);
  if (again.hash === plan.hash) return;
  const moved = [...new Set([...Object.keys(plan.basis), ...Object.keys(again.basis)])].filter(
    (key) => plan.basis[key] !== again.basis[key],
  );
  const [blocker] = again.blockers;
  const what = moved.length > 0 ? moved.join(', ') : (blocker?.message ?? changed(plan, again));
  throw new ConflictError(`the plan ${plan.id} is stale, changed since: ${what}`, {
    code: 'PLAN_STALE',
    hint: 'make it again and look at what is different',
    details: { changed: moved },
  });
}

function blocked(plan: Plan): DrError {
  const [first] = plan.blockers;
  const more = plan.blockers.length > 1 ? ` (and ${plan.blockers.length - 1} more)` : '';
  return new ConflictError(`the plan ${plan.id} is blocked: ${first!.message}${more}`, {
    code: 'PLAN_BLOCKED',
    ...(first!.fix && { hint: first!.fix }),
  });
}

function changed(plan: Plan, again: Plan): string {
  const names = ({ changes }: Plan): Set<string> =>
    new Set(changes.map(({ action, kind, namespace, name }) => `${action} ${kind} ${namespace ?? ''}/${name}`));
  const [before, after] = [names(plan), names(again)];
  const different = [...before, ...after].filter((name) => !before.has(name) || !after.has(name));
  return different.slice(0, 5).join(', ') || 'what it would do';
}

/**
 * Nothing outside the application's placements is written, whatever the plan says: it may come from a journal that
 * somebody edited. Sources have to be placements that agreed, targets those that the plan names. `agrees`: the namespace says itself
 * that it belongs to the application's owner; only what moves to another cluster goes by that. `isOwn`: besides, that it is of this
 * application and nobody else's; what is moved under another name goes by that. `managed`: what engines move by themselves.
 */
export function assertInside(
  plan: Plan,
  application: Application,
  agrees: (cluster: string, namespace: string) => boolean,
  isOwn: (cluster: string, namespace: string) => boolean,
  managed: readonly ManagedApplication[],
): void {
  const placements = application.components.flatMap((component) => component.placements);
  const placed = (cluster: string, namespace: string): boolean =>
    placements.some(
      (placement) => placement.namespace === namespace && (placement.cluster ?? cluster) === cluster && placement.claim !== 'unclaimed',
    );
  const moves = isMove(plan.intent);
  const renamed = Object.entries((moves && plan.mapping?.namespaces) || {});
  const named = (namespace: string): boolean => placements.some((placement) => placement.namespace === namespace);
  /** What a move brings under another name, or back from it, has to be the application's by more than its name. */
  const renames = (cluster: string, namespace: string): boolean =>
    renamed.some((pair) => pair.includes(namespace) && pair.some(named)) && isOwn(cluster, namespace);
  // Of a drill, where an engine tries by itself what it would move.
  const tried = new Set(
    plan.intent === 'Drill'
      ? plan.waves
          .flat()
          .flatMap(({ action }) =>
            action.kind === 'mover.move' && !action.order.into
              ? action.order.namespaces.map((namespace) => `${action.order.target}/${namespace}`)
              : [],
          )
      : [],
  );
  const owns = (cluster: string, namespace: string): boolean =>
    placed(cluster, namespace) ||
    ((moves || tried.has(`${cluster}/${namespace}`)) && named(namespace) && agrees(cluster, namespace)) ||
    renames(cluster, namespace);
  /** What arrives at another cluster is the application's there where it comes from. */
  const ownsAnywhere = (namespace: string): boolean =>
    placements.some(({ cluster }) => cluster !== undefined && placed(cluster, namespace));
  const targets = (cluster: string): string[] =>
    plan.target.filter((target) => target.cluster === cluster).flatMap(({ namespaces }) => namespaces);
  const refuse = (step: Step, namespace: string): never => {
    throw new NotAllowedError(
      `step ${step.id} reaches into the namespace ${namespace} on ${step.cluster}, which is not part of ${plan.application}`,
      {
        code: 'UNCLAIMED_PLACEMENT',
        hint: 'make a new plan',
      },
    );
  };
  const inside = (step: Step, namespace: string | undefined): void => {
    if (namespace === undefined || !targets(step.cluster).includes(namespace)) refuse(step, namespace ?? '(none)');
  };
  /** An end of a copy, on whichever cluster it is. */
  const end = (step: Step, { cluster, namespace }: { cluster: string; namespace: string }): void => {
    if (!targets(cluster).includes(namespace)) refuse(step, namespace);
    if (!owns(cluster, namespace) && !made.has(`${cluster}/${namespace}`)) refuse(step, namespace);
  };
  // A target is written to where it is the application's own, or where the plan makes it anew.
  const made = new Set(
    plan.waves.flat().flatMap(({ action, cluster }) => (action.kind === 'namespace.create' ? `${cluster}/${action.namespace}` : [])),
  );
  for (const step of [...plan.waves, ...(plan.cleanUp ?? []), ...(plan.undo.waves ?? []), ...(plan.undo.release ?? [])].flat()) {
    const { action, cluster } = step;
    const written = (namespace: string | undefined): void => {
      inside(step, namespace);
      if (!owns(cluster, namespace!) && !made.has(`${cluster}/${namespace}`)) refuse(step, namespace!);
    };
    switch (action.kind) {
      case 'engine.backup':
        for (const namespace of action.request.namespaces) if (!owns(cluster, namespace)) refuse(step, namespace);
        break;
      case 'point.remove':
        // Only engines that work in the application's own namespace leave it to plans.
        if (action.point.cluster !== cluster || !owns(cluster, action.point.namespace)) refuse(step, action.point.namespace);
        break;
      case 'engine.restore':
        for (const namespace of action.request.namespaces) {
          // A drill of what has arrived at another cluster, and a move; a drill goes nowhere but where the plan makes room.
          const arrives = moves || plan.intent === 'Drill';
          const into = action.request.namespaceMapping[namespace] ?? namespace;
          if (!owns(cluster, namespace) && !(arrives && ownsAnywhere(namespace))) refuse(step, namespace);
          inside(step, into);
          if (plan.intent === 'Drill' && !made.has(`${cluster}/${into}`)) refuse(step, into);
        }
        for (const { namespace } of action.claims ?? []) written(namespace);
        break;
      case 'engine.restore.end':
      case 'point.await':
        break;
      case 'engine.restore.release':
        for (const namespace of action.namespaces) written(namespace);
        break;
      case 'namespace.create':
        inside(step, action.namespace);
        break;
      case 'namespace.isolate':
        written(action.namespace);
        break;
      case 'copy.stop':
        written(action.namespace);
        break;
      case 'copy.start':
        written(action.namespace);
        for (const { namespace } of action.workloads ?? []) written(namespace);
        break;
      case 'objects.carry':
        written(action.namespace);
        for (const { namespace } of action.objects) written(namespace);
        if (!owns('cluster' in action.from ? action.from.cluster : cluster, action.from.namespace) && !ownsAnywhere(action.from.namespace))
          refuse(step, action.from.namespace);
        break;
      case 'replication.sync':
      case 'replication.sync.end':
        for (const ref of [...action.sources, ...action.targets]) end(step, ref);
        break;
      case 'replication.promote':
      case 'replication.promote.end':
        if (action.request.into !== undefined) written(action.request.into);
        // A drill takes an image of the application's own, and writes beside.
        if (plan.intent === 'Drill') {
          if (action.request.into === undefined) refuse(step, '(none)');
          const isOfOurs = (namespace: string): boolean =>
            (ownsAnywhere(namespace) && agrees(cluster, namespace)) || isOwn(cluster, namespace);
          for (const ref of action.request.targets) if (ref.cluster !== cluster || !isOfOurs(ref.namespace)) refuse(step, ref.namespace);
        } else for (const ref of action.request.targets) end(step, ref);
        for (const { metadata } of action.request.claims ?? []) written(metadata.namespace);
        break;
      case 'replication.reverse':
        for (const ref of [...action.former, action.request.source, action.request.target]) end(step, ref);
        break;
      case 'replication.pause':
        for (const ref of action.ends) end(step, ref);
        break;
      case 'mover.move':
      case 'mover.finish': {
        const { application, namespaces, target, leaves, into } = action.order;
        const found = managed.find(({ id }) => id === application.id);
        const same = found?.cluster === cluster && found.name === application.name && found.namespace === application.namespace;
        // What steers lies wherever its engine wants it: it has to cover nothing but the application's own.
        const strange = same ? found.namespaces.find((namespace) => !namespaces.includes(namespace)) : application.namespace;
        if (strange !== undefined) refuse(step, strange);
        if (plan.intent === 'Drill' && action.order.kind !== 'test') refuse(step, application.namespace);
        if (into) {
          // What is tried apart is read where it lies, and lies where the plan makes room.
          for (const [namespace, scratch] of Object.entries(into)) {
            if (!namespaces.includes(namespace) || !ownsAnywhere(namespace) || !agrees(target, namespace)) refuse(step, namespace);
            inside(step, scratch);
            if (!made.has(`${target}/${scratch}`)) refuse(step, scratch);
          }
          break;
        }
        for (const namespace of namespaces) {
          // What is only tried leaves nothing.
          for (const at of plan.intent === 'Drill' ? [target] : [target, leaves]) end(step, { cluster: at, namespace });
        }
        break;
      }
      case 'fence.set':
        // Of a cluster that the application runs on; whether the fence is one for that is looked at when it is set.
        if (!placements.some((placement) => placement.cluster === action.of && placement.claim !== 'unclaimed'))
          throw new NotAllowedError(`step ${step.id} cuts off ${action.of}, where nothing of ${plan.application} runs`, {
            code: 'UNCLAIMED_PLACEMENT',
            hint: 'make a new plan',
          });
        break;
      case 'namespace.remove':
      case 'namespace.remove.empty':
        // Only what the plan itself makes.
        if (!made.has(`${cluster}/${action.namespace}`)) refuse(step, action.namespace);
        inside(step, action.namespace);
        break;
      case 'await.ready':
        for (const namespace of action.namespaces) inside(step, namespace);
        for (const { namespace } of action.workloads ?? []) inside(step, namespace);
        break;
      case 'await.quiet':
      case 'await.claims':
        inside(step, action.namespace);
        break;
      case 'check.http':
      case 'check.exec':
        written(action.namespace);
        inside(step, action.declaredBy.namespace);
        break;
      case 'volume.keep':
      case 'volume.rebind':
      case 'volume.release':
      case 'claim.remove':
      case 'claim.discard':
        written(action.namespace);
        break;
      case 'workload.scale':
      case 'workload.restart':
      case 'object.create':
        written(action.target.namespace);
        break;
      case 'objects.restore':
      case 'objects.remove':
        for (const { namespace } of action.objects) written(namespace);
        break;
      case 'object.suspend':
      case 'object.resume':
        // GitOps objects lie elsewhere: whether they deploy this application is looked at when the step is carried out.
        if (!gitOpsMechanisms.includes(action.mechanism)) written(action.target.namespace);
        break;
    }
  }
}
