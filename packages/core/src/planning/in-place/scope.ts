import type { NamespaceInventory } from '../../application/cluster-inventory.ts';
import { ClusterInventory } from '../../application/cluster-inventory.ts';
import { inventoryOf, takesAll } from '../../application/inventory.ts';
import { listAt, textAt, textsAt } from '../../application/raw.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import type { Workload } from '../../application/workload.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { resourceKey, types } from '../../ports/kubernetes.ts';

/** Which objects of a namespace are a component's. */
export interface Scope {
  /** Its workloads, as they are now; those that are gone as they were captured. */
  workloads: Workload[];
  /** Names of its claims, now and then. */
  claims: Set<string>;
  owns(object: KubeObject): boolean;
  /** `ConfigMap/shared`: what others in the namespace need as well, so that it is not this component's to change. */
  shared(object: KubeObject): boolean;
}

interface Placement {
  labelSelector?: string;
  workloads?: string[];
}

/** What ran in a namespace when it was captured, read as if it ran now. */
export function inventoryOfCaptured(captured: readonly KubeObject[], namespace: string): NamespaceInventory | undefined {
  const objects = new Map<string, KubeObject[]>();
  for (const type of Object.values(types)) {
    const found = captured.filter(
      (object) => object.kind === type.kind && object.metadata.namespace === (type.namespaced ? namespace : undefined),
    );
    if (found.length > 0) objects.set(resourceKey(type), found);
  }
  return new ClusterInventory({ cluster: '', now: new Date(0), age: 0, objects, failures: new Map() }).namespace(namespace);
}

export function scopeOf(placement: Placement, now: NamespaceInventory | undefined, then: NamespaceInventory | undefined): Scope {
  const [live, captured] = [now, then].map((inventory) => inventory && inventoryOf(placement, inventory));
  const named = new Set(live?.workloads.map(workloadKey));
  const workloads = [...(live?.workloads ?? []), ...(captured?.workloads ?? []).filter((workload) => !named.has(workloadKey(workload)))];
  const claims = new Set([...(live?.claims ?? []), ...(captured?.claims ?? [])].map(({ name }) => name));
  const references = new Set([...(live?.references ?? []), ...(captured?.references ?? [])].map(({ kind, name }) => `${kind}/${name}`));
  const own = new Set(workloads.map(workloadKey));
  const others = new Set(
    [...(now?.workloads ?? [])]
      .filter((workload) => !own.has(workloadKey(workload)))
      .flatMap((workload) => workload.references.map(({ kind, name }) => `${kind}/${name}`)),
  );
  const whole = takesAll(placement);
  const requirements = placement.labelSelector === undefined ? undefined : parseSelector(placement.labelSelector);
  const podLabels = workloads.map((workload) => workload.podLabels);
  const selects = (selector: Record<string, string>): boolean => {
    const pairs = Object.entries(selector);
    return pairs.length > 0 && podLabels.some((labels) => pairs.every(([key, value]) => labels[key] === value));
  };
  const services = new Set<string>();
  const owns = (object: KubeObject): boolean => {
    if (whole) return true;
    const { kind, metadata } = object;
    const key = `${kind}/${metadata.name}`;
    if (own.has(key) || references.has(key)) return true;
    if (kind === 'PersistentVolumeClaim' && claims.has(metadata.name)) return true;
    if (requirements && requirements.length > 0 && matches(requirements, metadata.labels)) return true;
    if (kind === 'Service' && selects(textsAt(object, 'spec', 'selector'))) {
      services.add(metadata.name);
      return true;
    }
    if (kind === 'PodDisruptionBudget') return selects(textsAt(object, 'spec', 'selector', 'matchLabels'));
    if (kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject') return own.has(scaleTargetOf(object));
    return kind === 'Ingress' && backendsOf(object).some((name) => services.has(name));
  };
  return { workloads, claims, owns, shared: (object) => !whole && others.has(`${object.kind}/${object.metadata.name}`) };
}

/** Of which component an object is the workload. Where several name it, of the first. */
export function workloadOwner(
  components: readonly { name: string; workloads: readonly Pick<Workload, 'kind' | 'name'>[] }[],
): (object: Pick<KubeObject, 'kind' | 'metadata'>) => string | undefined {
  const owners = new Map(
    components.toReversed().flatMap(({ name, workloads }) => workloads.map((one) => [workloadKey(one), name] as const)),
  );
  return ({ kind, metadata }) => owners.get(workloadKey({ kind, name: metadata.name }));
}

/** `StatefulSet/db`, of an HorizontalPodAutoscaler or a KEDA ScaledObject. */
export function scaleTargetOf(object: KubeObject): string {
  const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind') ?? (object.kind === 'ScaledObject' ? 'Deployment' : '');
  return `${kind}/${textAt(object, 'spec', 'scaleTargetRef', 'name') ?? ''}`;
}

function backendsOf(ingress: KubeObject): string[] {
  const paths = listAt(ingress, 'spec', 'rules').flatMap((rule) => listAt(rule, 'http', 'paths'));
  return paths.flatMap((path) => textAt(path, 'backend', 'service', 'name') ?? []);
}

function workloadKey({ kind, name }: Pick<Workload, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}
