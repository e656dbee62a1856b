import { type Placement, annotations, labels } from '../application/model.ts';
import { dependencyGraph } from '../application/graph.ts';
import type { Rewrite } from '../ports/engine.ts';
import type { RecoveryPoint, VolumeCapture } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { type PlanDraft, nameFor, ofApplication } from './assemble.ts';
import { changesOf } from './changes.ts';
import { check } from './checks/target.ts';
import { checkOf, checksOfClone } from './clone-checks.ts';
import { type CloneInputs, type ClonePlace, type CopiedData, broughtBy, isCopy, staysBehind } from './clone-inputs.ts';
import { estimateByPast, estimateOfRestore, isCopied } from './estimate.ts';
import { calledLikeTheirHosts } from './host-names.ts';
import { isolationPolicy } from './isolation.ts';
import { keepInside } from './keep-inside.ts';
import { releaseOf } from './left-behind.ts';
import type { Plan, PlanCopy, Step } from './model.ts';
import { neutralise } from './neutralise.ts';
import { newestOf } from './select-point.ts';
import type { Place } from './places.ts';
import { checkUnreadable } from './verification.ts';

/** What is left out of a point whose volumes come from elsewhere: pods would have their files put back, and controllers make them anew. */
const dataResources = ['persistentvolumeclaims', 'persistentvolumes', 'pods'];

/** Restored before anything that needs it, from everywhere in the namespace: they often carry no label. */
const configuration = [
  'secrets',
  'configmaps',
  'serviceaccounts',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'limitranges',
  'resourcequotas',
];
const readyTimeout = 600;

/** Brings components back beside the original. What is read is in the inputs; this decides, and touches nothing. */
export function planClone(inputs: CloneInputs): PlanDraft {
  const { request, status, components, places } = inputs;
  const { application } = status;
  const blockers: Reason[] = [...inputs.blockers];
  const warnings: Reason[] = [...inputs.warnings];
  const isolated = request.isolate !== false;
  const basis: Record<string, string> = {};
  const changes: Plan['changes'] = [];
  const prepare: Step[] = [];
  const isolate: Step[] = [];
  const order = dependencyGraph(components.map(({ component }) => ({ name: component.name, dependsOn: component.dependsOn })));
  const waves: Step[][] = order.waves.map(() => []);
  const first: Step[] = [];
  const rest: Step[] = [];
  const gates: Step[][] = order.waves.map(() => []);
  const checks: Step[][] = order.waves.map(() => []);
  const promotes: Step[] = [];
  const left: Step[] = [];

  for (const place of places) {
    const { cluster, namespace, target } = place;
    basis[`${cluster}/namespace ${target}`] = place.targetExists ? 'exists' : 'absent';
    if (place.targetExists) {
      blockers.push({
        code: 'TARGET_EXISTS',
        severity: 'blocker',
        cluster,
        message: `the namespace ${target} already exists on ${cluster}`,
        fix: isCopy(place) ? 'choose another with --as' : `choose another: --map-namespace ${namespace}=NAME`,
      });
    }
    prepare.push({
      id: `prepare-${nameFor(`${cluster}-${target}`, 200)}`,
      title: `Create the namespace ${target}`,
      cluster,
      action: {
        kind: 'namespace.create',
        namespace: target,
        labels: {
          ...(isCopy(place) ? { [labels.cloneOf]: namespace } : labelsOfNamespace(place)),
          [labels.application]: nameFor(application.name),
        },
        annotations: ownerOf(place, application.owner),
      },
    });
    if (isolated) {
      isolate.push({
        id: `isolate-${nameFor(`${cluster}-${target}`, 200)}`,
        title: `Let ${target} reach nothing outside itself`,
        cluster,
        action: { kind: 'namespace.isolate', namespace: target, policyName: isolationPolicy },
      });
    }
    const single = new Set(place.points.values()).size <= 1;
    const whole =
      place.copies.size === 0 &&
      place.exclusive &&
      single &&
      (order.waves.length <= 1 || place.components.some((entry) => entry.labelSelector === undefined));
    const newest = newestOf([...place.points.values()]);
    const verify = (
      wave: number,
      point: RecoveryPoint,
      entry: Pick<Placement, 'labelSelector' | 'workloads'>,
      component?: string,
    ): void => {
      const found = checksOfClone(place, point, entry, component, isolated);
      checks[wave]?.push(...found.steps);
      if (found.unreadable.length > 0) warnings.push(checkUnreadable(found.unreadable));
    };
    for (const point of new Set(place.points.values())) {
      basis[`${cluster}/${point.id}`] = `${point.uid ?? ''} ${point.phase}`;
      const objects = broughtBy(place, point);
      const outcome = changesOf(objects, {
        cluster,
        source: namespace,
        target,
        adapt: adaptOf(place, isolated),
        ...(!isCopy(place) && { as: place.arrival!.as }),
      });
      // With several points an object is listed as it comes back from the newest.
      if (point === newest) {
        changes.push(...outcome.changes);
        const own = objects.filter((object) => object.metadata.namespace === namespace);
        warnings.push(...outcome.warnings, ...(place.arrival?.remarks(own, cluster) ?? []));
        const found = check(checkOf(place, point, objects));
        blockers.push(...found.blockers);
        warnings.push(...found.warnings);
      }
    }
    const withoutHosts = [...place.captured.values()].flat().some((object) => staysBehind(object, place));
    const restore = (
      id: string,
      title: string,
      point: RecoveryPoint,
      scope: { labelSelector?: string; includedResources?: string[]; excludedResources?: string[] },
      component?: string,
    ): Step => {
      const step: Step = {
        id: `${id}-${nameFor(`${cluster}-${target}`, 150)}`,
        title,
        cluster,
        ...(component === undefined ? {} : { component }),
        action: {
          kind: 'engine.restore',
          engine: place.engine.id,
          engineNamespace: place.engineNamespace,
          request: {
            point: { id: point.id, name: point.name, namespace: point.namespace, cluster: point.cluster },
            namespaces: [namespace],
            namespaceMapping: { [namespace]: target },
            ...scope,
            ...(withoutHosts &&
              scope.includedResources === undefined && {
                excludedResources: [...(scope.excludedResources ?? []), calledLikeTheirHosts],
              }),
            rewrites: rewritesOf(place, point, isolated),
            labels: { [labels.application]: nameFor(application.name) },
            annotations: {},
          },
        },
      };
      const bringsData = scope.includedResources === undefined && scope.excludedResources === undefined;
      if (bringsData && bringsSnapshots(place, point)) left.push(releaseOf(step));
      return step;
    };
    for (const { engine, claims } of place.copies.values()) for (const one of claims) basis[`${cluster}/${one.target.id}`] = engine.id;
    if (!newest) continue;
    if (whole) {
      waves[0]?.push(restore('restore', `Restore the namespace ${namespace} into ${target}`, newest, {}));
      gates[0]?.push(gate(`ready-${nameFor(`${cluster}-${target}`, 150)}`, cluster, target, undefined));
      verify(0, newest, {});
      continue;
    }
    if (place.exclusive)
      first.push(
        restore('configuration', `Restore configuration of ${namespace} into ${target}`, newest, { includedResources: configuration }),
      );
    else warnings.push(shared(place));
    for (const entry of place.components) {
      const name = entry.status.component.name;
      const point = place.points.get(name);
      if (!point) continue;
      const wave = Math.max(
        order.waves.findIndex((names) => names.includes(name)),
        0,
      );
      const copied = place.copies.get(name);
      if (copied) promotes.push(promotion(place, name, copied, application.name));
      const scope = {
        ...(entry.labelSelector !== undefined && { labelSelector: entry.labelSelector }),
        ...(copied && { excludedResources: dataResources }),
      };
      waves[wave]?.push(restore(`restore-${nameFor(name, 50)}`, `Restore ${name} into ${target}`, point, scope, name));
      gates[wave]?.push(
        gate(`ready-${nameFor(name, 50)}-${nameFor(`${cluster}-${target}`, 150)}`, cluster, target, entry.labelSelector, name),
      );
      verify(wave, point, entry, name);
    }
    const withoutData = place.copies.size > 0 ? { excludedResources: dataResources } : {};
    if (place.exclusive) rest.push(restore('rest', `Restore what is left of ${namespace} into ${target}`, newest, withoutData));
  }

  const names = components.map(({ component }) => component.name);
  const copies = places.flatMap(copiesIn);
  const all = [
    prepare,
    isolate,
    first,
    promotes,
    ...waves.flatMap((wave, index) => [wave, gates[index]!, checks[index]!]),
    rest,
    left,
  ].filter((wave) => wave.length > 0);
  return {
    intent: 'Restore',
    request,
    ...ofApplication(application),
    components: names,
    points: places.flatMap((place) =>
      [...place.points].map(([component, point]) => ({
        component,
        cluster: place.cluster,
        namespace: place.namespace,
        pointId: point.id,
        name: point.name,
        capturedAt: point.capturedAt ?? '',
      })),
    ),
    ...(copies.length > 0 && { copies }),
    target: places.map(({ cluster, target }) => ({ cluster, namespaces: [target] })),
    mode: 'clone',
    waves: all,
    changes,
    dataLoss: components.map(({ component: { name } }) => ({
      component: name,
      seconds: 0,
      text: `nothing of ${name}: it is restored beside`,
    })),
    estimate:
      estimateByPast({ application: application.name, components: names, mode: 'clone' }, inputs.past) ??
      estimateOfRestore(bytesOf(places), inputs.past),
    blockers,
    warnings,
    undo: {
      text: `delete the copy: ${places.map(({ cluster, target }) => `kubectl --context ${cluster} delete namespace ${target}`).join('; ')}`,
      possible: true,
    },
    basis,
    home: inputs.home,
  };
}

function promotion({ cluster, target }: ClonePlace, component: string, { engine, claims }: CopiedData, application: string): Step {
  return {
    id: `promote-${nameFor(component, 50)}-${nameFor(`${cluster}-${target}`, 150)}`,
    title: `Make ${claims.map(({ claim }) => claim).join(' and ')} of ${component} out of the image of its copy, which goes on`,
    cluster,
    component,
    action: {
      kind: 'replication.promote',
      engine: engine.id,
      request: {
        targets: claims.map((one) => one.target),
        into: target,
        claims: claims.map(({ manifest }) => manifest),
        labels: { [labels.application]: nameFor(application) },
        annotations: {},
      },
    },
  };
}

function copiesIn({ cluster, namespace, copies }: ClonePlace): PlanCopy[] {
  return [...copies].flatMap(([component, { engine, claims }]) =>
    claims.map(({ claim, from, target, capturedAt }) => ({
      component,
      claim,
      engine: engine.id,
      from,
      to: cluster,
      name: target.name,
      namespace,
      ...(capturedAt !== undefined && { capturedAt }),
    })),
  );
}

/** Of the volumes that have to be copied: those of the namespace, or of the chosen components where it is not theirs alone. */
function bytesOf(places: readonly ClonePlace[]): number {
  const volumes = places.flatMap(({ contents, namespace, exclusive, components }) => {
    const chosen = new Set(components.flatMap(({ status }) => status.volumes.map(({ claim }) => claim)));
    return [...contents.values()].flatMap((point) =>
      (point?.volumes ?? []).filter((volume) => volume.namespace === namespace && (exclusive || chosen.has(volume.claim))),
    );
  });
  return volumes.reduce((sum, { state, method, bytes = 0 }) => sum + (state === 'captured' && isCopied(method) ? bytes : 0), 0);
}

/** A volume made from a snapshot in the storage leaves that snapshot beside it; data that is copied leaves nothing. */
function bringsSnapshots({ engine, namespace, contents }: ClonePlace, point: RecoveryPoint): boolean {
  const volumes = contents.get(point.id)?.volumes;
  const isSnapshot = (volume: VolumeCapture): boolean => volume.namespace === namespace && volume.method === 'csi-snapshot';
  return engine.releaseRestore !== undefined && (volumes?.some(isSnapshot) ?? true);
}

/** A copy belongs to whom the original belongs: the owner of its components, where they have one in common. */
function ownerOf(place: Place, ofApplication: string | undefined): Record<string, string> {
  const owners = new Set(place.components.map(({ status }) => status.component.owner ?? ofApplication));
  const owner = owners.size === 1 ? [...owners][0] : ofApplication;
  return owner === undefined ? {} : { [annotations.owner]: owner };
}

/** As it was captured: what it says of security and of its network holds wherever it is. */
function labelsOfNamespace({ namespace, captured }: ClonePlace): Record<string, string> {
  const found = [...captured.values()].flat().find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  return Object.fromEntries(Object.entries(found?.metadata.labels ?? {}).filter(([key]) => key !== 'kubernetes.io/metadata.name'));
}

function adaptOf({ arrival }: ClonePlace, isolated: boolean): typeof neutralise {
  const adapt = arrival?.adapt ?? neutralise;
  return isolated ? keepInside(adapt) : adapt;
}

function rewritesOf(place: ClonePlace, point: RecoveryPoint, isolated: boolean): Rewrite[] {
  const { captured, namespace, target } = place;
  const adapt = adaptOf(place, isolated);
  return (captured.get(point.id) ?? [])
    .filter((object) => object.metadata.namespace === namespace && !staysBehind(object, place))
    .flatMap((object) => adapt(object, namespace, target)?.rewrite ?? []);
}

function gate(id: string, cluster: string, namespace: string, labelSelector: string | undefined, component?: string): Step {
  return {
    id,
    title: `Wait until ${component ?? 'everything'} in ${namespace} is ready`,
    cluster,
    ...(component === undefined ? {} : { component }),
    action: {
      kind: 'await.ready',
      namespaces: [namespace],
      ...(labelSelector === undefined ? {} : { labelSelector }),
      timeoutSeconds: readyTimeout,
    },
  };
}

function shared(place: ClonePlace): Reason {
  return {
    code: 'UNLABELLED_LEFT_OUT',
    severity: 'warning',
    cluster: place.cluster,
    message: `the namespace ${place.namespace} holds more than what was chosen: only objects that carry the labels of the chosen components come back`,
    fix: 'label Secrets and ConfigMaps of the component, or restore the whole application',
  };
}
