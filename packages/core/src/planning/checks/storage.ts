import { at, numberAt, textAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { quantity } from '../quantity.ts';
import type { Rule } from './input.ts';

/** Claims that name a class which is not there would wait for ever. */
export const storageClassMissing: Rule = ({ facts, cluster, namespace, volumes, incoming }) => {
  const classes = facts.storageClasses && new Set(facts.storageClasses.map(({ metadata }) => metadata.name));
  if (!classes) return [];
  const wanted = new Map<string, string[]>();
  const add = (storageClass: string | undefined, claim: string): void => {
    if (storageClass !== undefined && storageClass !== '' && !classes.has(storageClass))
      wanted.set(storageClass, [...(wanted.get(storageClass) ?? []), claim]);
  };
  for (const { storageClass, claim } of volumes) add(storageClass, claim);
  for (const object of incoming)
    if (object.kind === 'PersistentVolumeClaim') add(textAt(object, 'spec', 'storageClassName'), object.metadata.name);
  return [...wanted].map(([storageClass, claims]) => ({
    code: 'STORAGE_CLASS_MISSING',
    severity: 'blocker',
    cluster,
    message: `the StorageClass ${storageClass} does not exist on ${cluster}`,
    evidence: [...new Set(claims)].map((claim) => `PersistentVolumeClaim ${namespace}/${claim}`),
    fix: `create it: kubectl --context ${cluster} get storageclass`,
  }));
};

/** Snapshots need the driver that made them, and a class that tells the snapshotter how. */
export const snapshotParts: Rule = ({ facts, cluster, namespace, volumes }) =>
  volumes
    .filter(({ method }) => method === 'csi-snapshot')
    .flatMap(({ claim, storageClass }): Reason[] => {
      const driver = textAt(
        facts.storageClasses?.find(({ metadata }) => metadata.name === storageClass),
        'provisioner',
      );
      if (driver === undefined) return [];
      const about = {
        severity: 'blocker' as const,
        cluster,
        evidence: [`PersistentVolumeClaim ${namespace}/${claim}`, `driver: ${driver}`],
      };
      if (facts.csiDrivers && facts.csiDrivers.length > 0 && !facts.csiDrivers.some(({ metadata }) => metadata.name === driver))
        return [
          {
            ...about,
            code: 'CSI_DRIVER_MISSING' as const,
            message: `the CSI driver ${driver}, which made the snapshot of ${claim}, is not installed on ${cluster}`,
            fix: `install it: kubectl --context ${cluster} get csidrivers`,
          },
        ];
      if (facts.snapshotClasses && !facts.snapshotClasses.some((item) => item.driver === driver))
        return [
          {
            ...about,
            code: 'SNAPSHOT_CLASS_MISSING' as const,
            message: `no VolumeSnapshotClass on ${cluster} is for the driver ${driver}`,
            fix: `create one: kubectl --context ${cluster} get volumesnapshotclass`,
          },
        ];
      return [];
    });

/** A data mover fills a volume only when a pod wants it: the plan starts the pods first. */
export const lateBinding: Rule = ({ cluster, namespace, volumes }) => {
  const late = volumes.filter(({ method, late: waits }) => method === 'data-mover' && waits);
  if (late.length === 0) return [];
  return [
    {
      code: 'LATE_BINDING',
      severity: 'info',
      cluster,
      message: `the data of ${late.map(({ claim }) => claim).join(', ')} moves only when pods want it: they are started first, and wait`,
      evidence: late.map(({ claim }) => `PersistentVolumeClaim ${namespace}/${claim}`),
      fix: 'nothing to do; pods stay Pending until the data is there',
    },
  ];
};

/** Room for claims and pods, where somebody set a limit. */
export const quota: Rule = ({ cluster, namespace, live, incoming, volumes, clone }) => {
  if (clone) return [];
  const claims = incoming.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const there = new Set(live.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name));
  // A claim that is replaced gives its share back before the new one asks for it.
  const fresh = claims.filter(({ metadata }) => !there.has(metadata.name) && volumes.some(({ claim }) => claim === metadata.name));
  const needs: Record<string, number> = {
    persistentvolumeclaims: fresh.length,
    'requests.storage': fresh.reduce((sum, claim) => sum + quantity(at(claim, 'spec', 'resources', 'requests', 'storage')), 0),
  };
  return live
    .filter(({ kind }) => kind === 'ResourceQuota')
    .flatMap((item) =>
      Object.entries(needs).flatMap(([resource, need]) => {
        const hard = at(item, 'spec', 'hard', resource);
        const used = quantity(at(item, 'status', 'used', resource));
        if (hard === undefined || need === 0 || used + need <= quantity(hard)) return [];
        return [
          {
            code: 'QUOTA_EXCEEDED' as const,
            severity: 'blocker' as const,
            cluster,
            message: `the quota ${item.metadata.name} of ${namespace} leaves no room: ${resource} would exceed ${String(hard)}`,
            evidence: [`ResourceQuota ${namespace}/${item.metadata.name}`, `used: ${String(at(item, 'status', 'used', resource) ?? 0)}`],
            fix: `raise it: kubectl --context ${cluster} -n ${namespace} edit resourcequota ${item.metadata.name}`,
          },
        ];
      }),
    );
};

/** A disk for one node that another workload's pod holds cannot be taken away by stopping ours. */
export const attachedElsewhere: Rule = ({ facts, cluster, namespace, live, volumes }) => {
  const pods = live.filter(({ kind }) => kind === 'Pod');
  return volumes.flatMap(({ claim }) => {
    const object = live.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
    const volume = textAt(object, 'spec', 'volumeName');
    const held = facts.volumeAttachments?.find((item) => textAt(item, 'spec', 'source', 'persistentVolumeName') === volume);
    if (volume === undefined || !held || pods.some((pod) => uses(pod, claim))) return [];
    return [
      {
        code: 'VOLUME_ATTACHED' as const,
        severity: 'warning' as const,
        cluster,
        message: `the volume of ${claim} is attached to ${textAt(held, 'spec', 'nodeName') ?? 'a node'} although no pod uses it: the restore waits until it is released`,
        evidence: [`PersistentVolumeClaim ${namespace}/${claim}`, `VolumeAttachment ${held.metadata.name}`],
        fix: `look at it: kubectl --context ${cluster} describe volumeattachment ${held.metadata.name}`,
      },
    ];
  });
};

function uses(pod: KubeObject, claim: string): boolean {
  const volumes = at(pod, 'spec', 'volumes');
  return Array.isArray(volumes) && volumes.some((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === claim);
}

/** Zero replicas are nobody: used by rules that look at workloads. */
export function wantsPods(object: KubeObject): boolean {
  return numberAt(object, 'spec', 'replicas') !== 0;
}
