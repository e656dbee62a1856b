import { annotations, labels } from '../application/model.ts';
import type { Engine } from '../ports/engine.ts';
import type { Reason } from '../reason.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from '../service/model.ts';
import { nameFor, sealPlan } from './assemble.ts';
import type { Plan, PlanRequest, Step } from './model.ts';
import type { Place } from './places.ts';

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
  now: Date;
  home: string;
}

/**
 * One backup per place: the whole namespace where it is the application's alone, or where a component claims it whole;
 * else one per component's selector. A selector leaves out what carries no label, as Secrets, ConfigMaps and
 * ServiceAccounts seldom do.
 */
export function planBackup(inputs: BackupInputs): Promise<Plan> {
  const { request, status, components, places, now } = inputs;
  const application = status.application;
  const blockers: Reason[] = [...inputs.blockers];
  const basis: Record<string, string> = {};
  const stamp = (request.at ?? now.toISOString()).replace(/[-:T]/g, '').slice(0, 14);
  const steps: Step[] = [];
  const warnings: Reason[] = [];
  for (const place of places) {
    const engine = engineFor(inputs, place.cluster, 'backup');
    if (!engine) {
      blockers.push(noEngine(place.cluster));
      continue;
    }
    const { id, namespace: engineNamespace } = engine;
    basis[`${place.cluster}/engine`] = id;
    const whole = place.exclusive || place.components.some((entry) => entry.labelSelector === undefined);
    if (!whole) warnings.push(unlabelled(place));
    for (const entry of whole ? [undefined] : place.components) {
      const name = nameFor(`${application.name}-${entry ? distinct(entry.status.component.name, place, places) : place.namespace}`, 40);
      steps.push({
        id: `backup-${nameFor(`${place.cluster}-${place.namespace}-${entry?.status.component.name ?? 'all'}`, 200)}`,
        title: `Back up ${entry ? entry.status.component.name : `the namespace ${place.namespace}`}`,
        cluster: place.cluster,
        ...(entry ? { component: entry.status.component.name } : {}),
        action: {
          kind: 'engine.backup',
          engine: id,
          engineNamespace,
          request: {
            name: `${name}-${stamp}`,
            namespaces: [place.namespace],
            ...(entry?.labelSelector === undefined ? {} : { labelSelector: entry.labelSelector }),
            ...keepFor(place),
            labels: {
              [labels.application]: nameFor(application.name),
              ...(entry ? { [labels.componentOf]: nameFor(entry.status.component.name) } : {}),
            },
            annotations: application.owner ? { [annotations.owner]: application.owner } : {},
          },
        },
      });
    }
  }
  if (places.length === 0)
    blockers.push({
      code: 'NO_PLACEMENT',
      severity: 'blocker',
      message: `nothing says where ${application.name} runs`,
      fix: 'add the annotation backstage.io/kubernetes-namespace',
    });
  return sealPlan(
    {
      intent: 'Backup',
      request,
      application: application.name,
      ...(application.entityRef ? { entityRef: application.entityRef } : {}),
      ...(application.owner ? { owner: application.owner } : {}),
      components: components.map((component) => component.component.name),
      points: [],
      target: [],
      waves: [steps],
      changes: [],
      dataLoss: [{ component: application.name, seconds: 0, text: 'nothing: a backup only reads' }],
      blockers,
      warnings,
      undo: { text: 'a backup changes nothing; it is removed when it expires', possible: false },
      basis,
      home: inputs.home,
    },
    now,
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

/** The first engine in the policy's order that is installed on the cluster and can do it. */
export function engineFor(
  inputs: Pick<BackupInputs, 'fleet' | 'engines' | 'components'>,
  cluster: string,
  power: 'backup' | 'clone',
): { id: string; namespace: string } | undefined {
  const installed =
    inputs.fleet.clusters.find((candidate) => candidate.name === cluster)?.engines.filter((engine) => engine.installed) ?? [];
  const preferred = inputs.components.flatMap((component) => component.policy?.engines ?? []);
  const order = [...new Set([...preferred, ...inputs.engines.map((engine) => engine.id)])];
  for (const id of order) {
    const found = installed.find((engine) => engine.engine === id);
    if (found?.namespace !== undefined && inputs.engines.find((engine) => engine.id === id)?.capabilities[power])
      return { id, namespace: found.namespace };
  }
  return undefined;
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
