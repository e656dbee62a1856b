import { textAt } from '../../application/raw.ts';
import type { Reason } from '../../reason.ts';
import type { InPlacePlace } from '../in-place/inputs.ts';
import type { Part } from '../in-place/part.ts';
import { workloadOwner } from '../in-place/scope.ts';
import type { RestoreMode } from '../model.ts';
import { autoscalers, cronJobsTwice, gitOps, gitOpsElsewhere, webhooksInside } from './controllers.ts';
import { deviceClasses } from './device-classes.ts';
import type { CheckInput, Rule } from './input.ts';
import { clashes } from './network.ts';
import { runtimeClassMissing } from './runtime-class.ts';
import { nodesForPods } from './scheduling.ts';
import { attachedElsewhere, lateBinding, quota, snapshotParts, storageClassMissing } from './storage.ts';
import { kindsServed, permissions, versionSkew } from './versions.ts';

const rules: readonly Rule[] = [
  permissions,
  kindsServed,
  storageClassMissing,
  snapshotParts,
  quota,
  runtimeClassMissing,
  nodesForPods,
  deviceClasses,
  lateBinding,
  attachedElsewhere,
  webhooksInside,
  gitOps,
  gitOpsElsewhere,
  autoscalers,
  cronJobsTwice,
  clashes,
  versionSkew,
];

/** Everything that may stand in the way of a restore, of one place. */
export function check(input: CheckInput): { blockers: Reason[]; warnings: Reason[] } {
  const reasons = rules.flatMap((rule) => rule(input));
  return {
    blockers: reasons.filter(({ severity }) => severity === 'blocker'),
    warnings: reasons.filter(({ severity }) => severity !== 'blocker'),
  };
}

export function checkTarget(place: InPlacePlace, all: readonly Part[], mode: RestoreMode): { blockers: Reason[]; warnings: Reason[] } {
  const parts = all.filter((part) => part.place === place);
  const written = new Set(
    parts.flatMap(({ configuration: { write, create } }) => [...write, ...create]).map(({ type, name }) => `${type.kind}/${name}`),
  );
  const points = [...new Set(place.points.values())];
  const captured = points.flatMap((point) => place.captured.get(point.id) ?? []);
  const comesBack = new Set(parts.flatMap(({ volumes }) => volumes.map(({ claim }) => claim)));
  const incoming = captured.filter(
    ({ kind, metadata }) =>
      metadata.namespace === place.namespace &&
      (kind === 'PersistentVolumeClaim' ? comesBack.has(metadata.name) : mode !== 'dataOnly' && written.has(`${kind}/${metadata.name}`)),
  );
  return check({
    facts: place.facts,
    cluster: place.cluster,
    application: place.application,
    namespace: place.namespace,
    incoming,
    componentOf: workloadOwner(parts.map(({ name, scope }) => ({ name, workloads: scope.workloads }))),
    live: place.live,
    stopped: parts.flatMap(({ stopped }) => stopped.map(({ object }) => object)),
    clone: false,
    madeOn: points.flatMap(({ madeOn }) => madeOn ?? []),
    volumes: parts.flatMap(({ volumes }) =>
      volumes.map(({ claim, method, late }) => {
        const object = incoming.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
        const storageClass = textAt(object, 'spec', 'storageClassName');
        return { claim, method, late, ...(storageClass !== undefined && { storageClass }) };
      }),
    ),
  });
}
