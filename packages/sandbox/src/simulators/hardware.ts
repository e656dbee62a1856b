import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { defaultClass } from './volumes/volumes.ts';

/** The driver behind the storage classes of the sandbox. */
export const driver = 'disk.csi.sandbox.kubectl-dr.dev';

export interface NodePlan {
  name: string;
  zone: string;
  gpus?: number;
  labels?: Record<string, string>;
}

/** Nodes, the node leases' namespace aside: what pods are placed on. */
export function nodes(plans: readonly NodePlan[]): KubeObject[] {
  return plans.map(({ name, zone, gpus = 0, labels = {} }) => {
    const capacity = { cpu: '16', memory: '64Gi', pods: '110', ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus) }) };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          // Old names, which every cluster still carries and many manifests still select by.
          'beta.kubernetes.io/os': 'linux',
          'beta.kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/zone': zone,
          'topology.kubernetes.io/region': zone.slice(0, -1),
          ...(gpus > 0 && { 'nvidia.com/gpu.present': 'true' }),
          ...labels,
        },
      },
      spec: {},
      status: {
        capacity,
        allocatable: capacity,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
        nodeInfo: { kubeletVersion: 'v1.34.4', operatingSystem: 'linux', architecture: 'amd64', containerRuntimeVersion: 'sandbox://1' },
      },
    };
  });
}

/** `standard`, the default, whose volumes can be snapshotted; `scratch`, whose driver has no snapshots. */
export function storageClasses(): KubeObject[] {
  const base = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', reclaimPolicy: 'Delete', allowVolumeExpansion: true };
  return [
    {
      ...base,
      metadata: { name: 'standard', annotations: { [defaultClass]: 'true' } },
      provisioner: driver,
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    { ...base, metadata: { name: 'scratch' }, provisioner: 'scratch.sandbox.kubectl-dr.dev', volumeBindingMode: 'Immediate' },
  ];
}

/** The class that lets engines snapshot volumes of `standard`. */
export function snapshotClass(): KubeObject {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: 'standard', labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
    driver,
    deletionPolicy: 'Retain',
  };
}

/** The class that lets several volumes of `standard` be captured at one instant. */
export function groupSnapshotClass(): KubeObject {
  return {
    apiVersion: 'groupsnapshot.storage.k8s.io/v1',
    kind: 'VolumeGroupSnapshotClass',
    metadata: { name: 'standard' },
    driver,
    deletionPolicy: 'Retain',
  };
}
