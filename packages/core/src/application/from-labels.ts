import { ClusterInventory, type NamespaceInventory } from './cluster-inventory.ts';
import { cycleReasons } from './cycles.ts';
import { dangling } from './dangling.ts';
import { type Application, type Component, type Placement, annotations, labels } from './model.ts';
import type { ClusterReading } from '../ports/reading.ts';
import { placeWorkloads } from './place-workloads.ts';
import { ownerOfNamespace } from './tenancy.ts';
import type { Workload } from './workload.ts';

export { applicationKinds } from './cluster-inventory.ts';

const systemNamespace = /^(kube-.*|openshift-.*|velero|kubectl-dr)$/;

/** Applications by the labels that their objects carry, with no catalog at hand. */
export function applicationsFromReadings(readings: readonly ClusterReading[]): Application[] {
  return applicationsFromLabels(readings.map((reading) => new ClusterInventory(reading)));
}

/**
 * - `app.kubernetes.io/part-of` on a workload (or on its pods, or on its namespace) names the application;
 *   `/component`, else `/name`, else the workload's name, the component.
 * - A namespace that a move made carries the application's name, whatever it is called itself.
 * - Workloads without it make up the application of their namespace, one component each.
 * - A namespace with volumes and no workload is an application of one component. Empty ones and those of the system
 *   (`kube-*`, `openshift-*`, `velero`, `kubectl-dr`) are left out.
 * - A clone that was restored beside its original carries the original's labels and is no part of it: it is left out.
 *
 * What is read here is `claimed`: the cluster itself says where it runs. Equal names on several clusters are one
 * application with several placements.
 */
export function applicationsFromLabels(clusters: readonly ClusterInventory[]): Application[] {
  const drafts = new Map<string, Map<string, Draft>>();
  for (const cluster of clusters) {
    for (const name of cluster.names()) {
      if (systemNamespace.test(name)) continue;
      const namespace = cluster.namespace(name);
      if (namespace && namespace.labels[labels.cloneOf] === undefined) addNamespace(drafts, cluster.reading.cluster, namespace);
    }
  }
  return [...drafts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, components]) => finish(name, components));
}

interface Draft {
  component: Component;
  /** Owners of its namespaces; several when they disagree. */
  owners: Set<string | undefined>;
  wanted: string[];
}

/** The parts of one namespace that belong to one component of one application. */
interface Part {
  application: string;
  component: string;
  workloads: Workload[];
}

function addNamespace(drafts: Map<string, Map<string, Draft>>, cluster: string, namespace: NamespaceInventory): void {
  const parts = partsOf(namespace);
  for (const part of parts) {
    const placement: Placement = {
      cluster,
      namespace: namespace.namespace,
      ...(parts.length > 1 ? placeWorkloads(part.workloads, namespace.workloads) : {}),
      claim: 'claimed',
    };
    const components = drafts.get(part.application) ?? new Map<string, Draft>();
    drafts.set(part.application, components);
    let draft = components.get(part.component);
    if (!draft) {
      const type = part.workloads[0]?.kind.toLowerCase() ?? 'volume';
      draft = { component: { name: part.component, type, dependsOn: [], external: [], placements: [] }, owners: new Set(), wanted: [] };
      components.set(part.component, draft);
    }
    draft.component.placements.push(placement);
    draft.owners.add(ownerOfNamespace(namespace));
    draft.wanted.push(...part.workloads.flatMap((workload) => names(workload.annotations[annotations.dependsOn])));
    const policy =
      part.workloads.map((workload) => workload.annotations[annotations.policy]).find(Boolean) ?? namespace.annotations[annotations.policy];
    if (policy !== undefined && policy !== '') draft.component.policy ??= policy;
  }
}

function partsOf(namespace: NamespaceInventory): Part[] {
  const parts = new Map<string, Part>();
  const named = namespace.labels[labels.partOf] || namespace.labels[labels.application];
  for (const workload of namespace.workloads) {
    // What ran to its end and keeps no data has nothing to bring back.
    if (workload.finished && workload.claims.length === 0) continue;
    const label = (name: string) => workload.labels[name] || workload.podLabels[name];
    const application = label(labels.partOf) || named;
    const part: Part = application
      ? { application, component: label(labels.component) || label(labels.name) || workload.name, workloads: [] }
      : { application: namespace.namespace, component: workload.name, workloads: [] };
    // Two workloads of one name, a Deployment and a CronJob say, are one component.
    const key = `${part.application}/${part.component}`;
    const known = parts.get(key) ?? part;
    known.workloads.push(workload);
    parts.set(key, known);
  }
  if (parts.size === 0 && namespace.claims.size > 0) {
    return [{ application: named || namespace.namespace, component: namespace.namespace, workloads: [] }];
  }
  return [...parts.values()].sort((a, b) => (a.component < b.component ? -1 : a.component > b.component ? 1 : 0));
}

function finish(name: string, drafts: Map<string, Draft>): Application {
  const application: Application = { name, components: [], source: 'labels', problems: [] };
  const owners = new Set([...drafts.values()].flatMap((draft) => [...draft.owners]));
  const [owner] = owners;
  if (owners.size === 1 && owner !== undefined) application.owner = owner;
  for (const [, draft] of [...drafts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { component } = draft;
    const [own] = draft.owners;
    if (draft.owners.size === 1 && own !== undefined) component.owner = own;
    for (const wanted of new Set(draft.wanted)) {
      if (wanted === component.name) continue;
      if (drafts.has(wanted)) component.dependsOn.push(wanted);
      else {
        component.external.push(wanted);
        // `application/component` is a part of another application, and not ours to look for.
        if (!wanted.includes('/')) {
          const reason = dangling(component.name, annotations.dependsOn, wanted, component.name);
          application.problems.push({
            ...reason,
            message: `${component.name} names ${wanted} in ${annotations.dependsOn}, which is no component of ${name}`,
          });
        }
      }
    }
    component.dependsOn.sort();
    application.components.push(component);
  }
  application.problems.push(...cycleReasons(application));
  return application;
}

function names(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((name) => name !== '');
}
