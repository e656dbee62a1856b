import { inventoryOf } from '../application/inventory.ts';
import type { Placement } from '../application/model.ts';
import { textAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import { nameFor } from './assemble.ts';
import type { CheckInput } from './checks/input.ts';
import { type ClonePlace, isCopy, staysBehind } from './clone-inputs.ts';
import { isGenerated } from './controllers.ts';
import { inventoryOfCaptured, workloadOwner } from './in-place/scope.ts';
import type { Step } from './model.ts';
import type { Place } from './places.ts';
import { checksOf, titleOf } from './verification.ts';

/** What comes into the new namespace, as it will be: without what is rewritten away. */
export function checkOf(place: ClonePlace, point: RecoveryPoint, objects: readonly KubeObject[]): CheckInput {
  const { facts, cluster, namespace, target, application, arrival } = place;
  // Node ports, hosts and cron jobs are changed by the rewrites of a clone; nothing of GitOps reaches it.
  const rewritten = new Set(isCopy(place) ? ['Service', 'Ingress', 'CronJob'] : []);
  const incoming = objects
    .filter(
      (object) =>
        object.metadata.namespace === namespace &&
        !isGenerated(object) &&
        object.kind !== 'Pod' &&
        !rewritten.has(object.kind) &&
        !staysBehind(object, place),
    )
    .map((object) => arrival?.as(object) ?? object);
  return {
    facts: { ...facts, gitOps: [] },
    cluster,
    application,
    namespace: target,
    incoming,
    componentOf: ownersIn(place, objects),
    live: [],
    stopped: [],
    clone: true,
    madeOn: [...place.points.values()].flatMap(({ madeOn }) => madeOn ?? []),
    volumes: (place.contents.get(point.id)?.volumes ?? [])
      .filter((volume) => volume.namespace === namespace && volume.state === 'captured')
      .map(({ claim, method }) => {
        const object = incoming.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
        const storageClass = textAt(object, 'spec', 'storageClassName');
        // A clone brings the pods along, so that a volume which waits for one is no matter.
        return { claim, method, late: false, ...(storageClass !== undefined && { storageClass }) };
      }),
  };
}

function ownersIn({ namespace, components }: Place, objects: readonly KubeObject[]): CheckInput['componentOf'] {
  const inventory = inventoryOfCaptured(objects, namespace);
  return workloadOwner(
    components.map((entry) => ({
      name: entry.status.component.name,
      workloads: inventory ? inventoryOf(entry, inventory).workloads : [],
    })),
  );
}

/** What the captured workloads declare, asked of the copy. */
export function checksOfClone(
  { cluster, namespace, target, captured }: ClonePlace,
  point: RecoveryPoint,
  entry: Pick<Placement, 'labelSelector' | 'workloads'>,
  component: string | undefined,
  isolated: boolean,
): { steps: Step[]; unreadable: string[] } {
  const objects = captured.get(point.id) ?? [];
  const inventory = inventoryOfCaptured(objects, namespace);
  const workloads = inventory ? inventoryOf(entry, inventory).workloads : [];
  const services = objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.namespace === namespace);
  const found = checksOf(workloads, services, target);
  // Nothing from outside reaches an isolated copy, the API server's proxy included; a command runs inside.
  const unreachable = found.checks.filter(({ kind }) => isolated && kind === 'check.http');
  const makeable = found.checks.filter((check) => !unreachable.includes(check));
  const steps = makeable.map((action, index) => ({
    id: `check-${nameFor(component ?? 'all', 50)}-${nameFor(`${cluster}-${target}`, 150)}-${index + 1}`,
    title: titleOf(action),
    cluster,
    ...(component !== undefined && { component }),
    action,
  }));
  return {
    steps,
    unreadable: [...found.unreadable, ...unreachable.map((check) => `${titleOf(check)}: the copy is isolated`)],
  };
}
