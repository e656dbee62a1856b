import { annotations, labels } from '../application/model.ts';
import { boundedName } from '../engines/bounded-name.ts';
import type { Operation } from '../execution/model.ts';
import type { Engine } from '../ports/engine.ts';
import type { Reason } from '../reason.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from '../service/model.ts';
import { type PlanDraft, nameFor, ofApplication, stampOf } from './assemble.ts';
import { estimateOfBackup, isCopied } from './estimate.ts';
import type { Change, PlanRequest, Step } from './model.ts';
import type { Place } from './places.ts';
import { overdue, removalChange, removalStep } from './retention.ts';

export interface BackupPlace extends Place {
  /** Nobody else's components live in the namespace, and all of this application's are wanted. */
  exclusive: boolean;
}

export interface BackupInputs {
  /** With `at`, from which the names are made. */
  request: PlanRequest;
  fleet: Fleet;
  status: ApplicationStatus;
  components: readonly ComponentStatus[];
  places: readonly BackupPlace[];
  engines: readonly Engine[];
  blockers: readonly Reason[];
  /** What engines foresee. */
  warnings?: readonly Reason[];
  /** Ended backups, whose durations tell how long this one takes. */
  past: readonly Operation[];
  now: Date;
  home: string;
}

/**
 * One backup per place: the whole namespace where it is the application's alone, or where a component claims it whole;
 * else one per component's selector. A selector leaves out what carries no label, as Secrets, ConfigMaps and
 * ServiceAccounts seldom do.
 */
export function planBackup(inputs: BackupInputs): PlanDraft {
  const { request, status, components, places, now } = inputs;
  const application = status.application;
  const blockers: Reason[] = [...inputs.blockers];
  const basis: Record<string, string> = {};
  const stamp = stampOf(request.at ?? now.toISOString());
  const steps: Step[] = [];
  const removals: Step[] = [];
  const changes: Change[] = [];
  const warnings: Reason[] = [...(inputs.warnings ?? [])];
  for (const place of places) {
    for (const { engine, entries } of enginesOf(inputs, place)) {
      if (!engine) {
        blockers.push(noEngine(place.cluster));
        continue;
      }
      const { id, namespace: engineNamespace, configuration } = engine;
      basis[`${place.cluster}/engine`] = [...new Set([...(basis[`${place.cluster}/engine`]?.split(', ') ?? []), id])].join(', ');
      const all = entries.length === place.components.length;
      const whole = configuration && all && (place.exclusive || entries.some((entry) => entry.labelSelector === undefined));
      if (configuration && !whole) warnings.push(unlabelled({ ...place, components: entries }));
      for (const entry of whole ? [undefined] : entries) {
        const component = entry?.status.component.name;
        const claims = entry && !configuration ? claimsIn(entry.status, place) : undefined;
        if (claims) warnings.push(dataAlone(entry!.status, place, id, claims.length));
        if (claims?.length === 0) continue;
        const name = boundedName(
          nameFor(application.name),
          nameFor(component ? distinct(component, place, places) : place.namespace, 127),
          40,
        );
        steps.push({
          id: `backup-${nameFor(`${place.cluster}-${place.namespace}-${component ?? 'all'}`, 200)}`,
          title: claims ? `Take snapshots of ${component}` : `Back up ${component ?? `the namespace ${place.namespace}`}`,
          cluster: place.cluster,
          ...(component === undefined ? {} : { component }),
          action: {
            kind: 'engine.backup',
            engine: id,
            engineNamespace,
            request: {
              name: unused(`${name}-${stamp}`, inputs.fleet, place.cluster),
              namespaces: [place.namespace],
              ...(claims ? { claims } : entry?.labelSelector === undefined ? {} : { labelSelector: entry.labelSelector }),
              ...(claims && entry?.status.policy?.consistency.volumes === 'group' && { consistency: 'group' as const }),
              ...keepFor({ ...place, components: entry ? [entry] : place.components }),
              labels: {
                [labels.application]: nameFor(application.name),
                ...(component === undefined ? {} : { [labels.componentOf]: nameFor(component) }),
              },
              annotations: application.owner ? { [annotations.owner]: application.owner } : {},
            },
          },
        });
      }
    }
    for (const { status: entry } of place.components) {
      const component = entry.component.name;
      for (const engine of inputs.engines) {
        const made = steps.some(
          ({ action, ...step }) =>
            step.component === component &&
            step.cluster === place.cluster &&
            action.kind === 'engine.backup' &&
            action.engine === engine.id,
        );
        for (const point of overdue(entry, place, engine, { at: new Date(request.at ?? now), made: made ? 1 : 0 })) {
          removals.push(removalStep(point, component, place.namespace));
          changes.push(removalChange(point, component));
        }
      }
    }
  }
  if (places.length > 0 && steps.length === 0 && blockers.length === 0)
    blockers.push({
      code: 'NOTHING_TO_DO',
      severity: 'blocker',
      message: `nothing of ${application.name} has a volume, and its engine captures volumes alone`,
      fix: 'name an engine that captures objects in the policy: spec.engines',
    });
  const estimate = estimateOfBackup(steps, bytesOf(steps, components), inputs.past);
  if (places.length === 0)
    blockers.push({
      code: 'NO_PLACEMENT',
      severity: 'blocker',
      message: `nothing says where ${application.name} runs`,
      fix: 'add the annotation backstage.io/kubernetes-namespace',
    });
  return {
    intent: 'Backup',
    request,
    ...ofApplication(application),
    components: components.map((component) => component.component.name),
    points: [],
    target: [],
    waves: [steps, removals].filter((wave) => wave.length > 0),
    changes,
    dataLoss: [{ component: application.name, seconds: 0, text: 'nothing: a backup only reads' }],
    ...(estimate && { estimate }),
    blockers,
    warnings,
    undo: {
      text:
        removals.length > 0
          ? 'a backup changes nothing, but what is removed because it expired does not come back'
          : 'a backup changes nothing; it is removed when it expires',
      possible: false,
    },
    basis,
    home: inputs.home,
  };
}

/** What the newest usable point holds of the volumes that a backup copies, by the id of its step; snapshots copy nothing. */
function bytesOf(steps: readonly Step[], components: readonly ComponentStatus[]): Map<string, number> {
  return new Map(
    steps.map(({ id, cluster, component, action }) => {
      const namespaces = action.kind === 'engine.backup' ? action.request.namespaces : [];
      const volumes = components
        .filter((status) => component === undefined || status.component.name === component)
        .flatMap((status) => status.volumes)
        .filter((volume) => volume.cluster === cluster && namespaces.includes(volume.namespace));
      return [id, volumes.reduce((sum, { capture }) => sum + (capture && isCopied(capture.method) ? (capture.bytes ?? 0) : 0), 0)];
    }),
  );
}

/** A component in two namespaces of one cluster makes two backups, and an engine knows them by name alone. */
function distinct(component: string, { cluster, namespace }: Place, places: readonly Place[]): string {
  const here = places.filter(
    (place) => place.cluster === cluster && place.components.some(({ status }) => status.component.name === component),
  );
  return here.length > 1 ? `${component}-${namespace}` : component;
}

function unlabelled({ cluster, namespace, components }: Place): Reason {
  return {
    code: 'UNLABELLED_LEFT_OUT',
    severity: 'warning',
    cluster,
    message: `${namespace} holds more than what was chosen: only objects that carry the labels of the chosen components are backed up`,
    evidence: components.flatMap(({ labelSelector }) => (labelSelector === undefined ? [] : [`selector: ${labelSelector}`])),
    fix: 'label the Secrets, ConfigMaps and ServiceAccounts that the components use, or back up the whole application',
  };
}

function keepFor(place: Place): { keepFor?: number } {
  const keeps = place.components.flatMap((entry) => (entry.status.policy ? [entry.status.policy.retention.keepFor] : []));
  return keeps.length > 0 ? { keepFor: Math.max(...keeps) } : {};
}

interface ChosenEngine {
  id: string;
  namespace: string;
  configuration: boolean;
}

type Entry = BackupPlace['components'][number];

/** The engines of a place, each with the components that it captures. */
export function enginesOf(
  inputs: Pick<BackupInputs, 'fleet' | 'engines'>,
  place: BackupPlace | Place,
): { engine: ChosenEngine | undefined; entries: Entry[] }[] {
  const chosen = new Map<string, { engine: ChosenEngine | undefined; entries: Entry[] }>();
  for (const entry of place.components) {
    const engine = engineFor(inputs, place, entry.status);
    const known = chosen.get(engine?.id ?? '');
    if (known) known.entries.push(entry);
    else chosen.set(engine?.id ?? '', { engine, entries: [entry] });
  }
  return [...chosen.values()];
}

/** The first engine in the policy's order that is installed on the cluster and can do it. */
function engineFor(
  { fleet, engines }: Pick<BackupInputs, 'fleet' | 'engines'>,
  { cluster, namespace }: Place,
  { policy }: ComponentStatus,
): ChosenEngine | undefined {
  const installed = fleet.clusters.find((candidate) => candidate.name === cluster)?.engines.filter((engine) => engine.installed) ?? [];
  for (const id of new Set([...(policy?.engines ?? []), ...engines.map((engine) => engine.id)])) {
    const found = installed.find((engine) => engine.engine === id);
    const capabilities = engines.find((engine) => engine.id === id)?.capabilities;
    // One without a namespace of its own works in the application's.
    if (found && capabilities?.backup) return { id, namespace: found.namespace ?? namespace, configuration: capabilities.configuration };
  }
  return undefined;
}

function claimsIn({ volumes }: ComponentStatus, { cluster, namespace }: Place): string[] {
  return volumes.filter((volume) => volume.cluster === cluster && volume.namespace === namespace).map(({ claim }) => claim);
}

function dataAlone({ component }: ComponentStatus, { cluster, namespace }: Place, engine: string, claims: number): Reason {
  return {
    code: 'CONFIGURATION_NOT_CAPTURED',
    severity: 'warning',
    component: component.name,
    cluster,
    message:
      claims > 0
        ? `${engine} captures the data of ${component.name} in ${namespace} and no objects: its configuration is not in the point`
        : `${engine} captures volumes alone, and ${component.name} in ${namespace} has none: nothing of it is captured`,
    fix: 'capture the objects by another engine as well, from time to time',
  };
}

export function noEngine(cluster: string): Reason {
  return {
    code: 'NO_ENGINE',
    severity: 'blocker',
    cluster,
    message: `no engine that can do this is installed on ${cluster}`,
    fix: 'install Velero on the cluster',
  };
}

/** Names tell the second; who asks twice in one gets two points. */
function unused(name: string, { points }: Fleet, cluster: string): string {
  const taken = new Set(points.filter((point) => point.cluster === cluster).map((point) => point.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return free;
}
