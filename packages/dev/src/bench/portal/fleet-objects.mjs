// What one cluster of the fleet holds, as a server would hand it out: whole pods and backups with all that a real one
// carries, for what the portal keeps of them is part of what is measured.
import { builders } from '@kubectl-dr/core/testing';
import { pointsOfEach, serviceOf } from './fleet-shape.mjs';

const hour = 3_600_000;
const instant = (milliseconds) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
let serial = 0;
const uid = () => `00000000-0000-4000-8000-${String((serial += 1)).padStart(12, '0')}`;

function managed(manager, fields) {
  return [{ manager, operation: 'Update', apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: fields }];
}

/** With what a server fills in, since `createdAt` (milliseconds). */
function existing(object, createdAt, fields = { 'f:metadata': { 'f:labels': { '.': {} } }, 'f:spec': {}, 'f:status': {} }) {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, uid: uid(), creationTimestamp: instant(createdAt), generation: 1, managedFields: managed('kubectl', fields) },
  };
}

/** Resource and object, in the order in which they may be stored. `now`: milliseconds. */
export function* objectsOf(shape, clusterIndex, now) {
  const since = now - 400 * 24 * hour;
  yield ['namespaces', existing(builders.namespace('velero'), since)];
  yield ['namespaces', existing(builders.namespace('kubectl-dr'), since)];
  yield ['backupstoragelocations.velero.io', existing(builders.backupStorageLocation(), since)];
  const each = pointsOfEach(shape);
  for (let index = clusterIndex; index < shape.services; index += shape.clusters) yield* serviceObjects(shape, index, each, since, now);
}

function* serviceObjects(shape, index, each, since, now) {
  const { name, team, state } = serviceOf(shape, index);
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/version': '4.2.0', 'app.kubernetes.io/managed-by': 'Helm' };
  const annotations = { 'kubectl-dr.dev/owner': `group:default/${team}` };
  const shared = { metadata: { labels } };
  yield [
    'namespaces',
    existing(builders.namespace(name, { metadata: { annotations, labels: { 'kubernetes.io/metadata.name': name } } }), since),
  ];
  yield ['persistentvolumeclaims', existing(builders.persistentVolumeClaim(`${name}/data`, {}, shared), since)];
  const podSpec = {
    serviceAccountName: name,
    nodeName: `node-${index % 20}`,
    terminationGracePeriodSeconds: 30,
    tolerations: ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
  };
  const set = existing(builders.statefulSet(`${name}/${name}`, { claims: ['data'], labels, podSpec }, shared), since);
  const webLabels = { ...labels, tier: 'web' };
  const web = existing(builders.deployment(`${name}/${name}-web`, { replicas: 2, labels: webLabels }, shared), since);
  const replicas = existing(
    builders.object(
      'apps/v1',
      'ReplicaSet',
      `${name}/${name}-web-5d4f8b7c9d`,
      { spec: web.spec },
      { metadata: { labels: webLabels, ownerReferences: [ownedBy(web)] } },
    ),
    since,
  );
  yield ['statefulsets.apps', set];
  yield ['deployments.apps', web];
  yield ['replicasets.apps', replicas];
  yield ['pods', existing(podOf(name, '0', set, { claims: ['data'], podSpec }), since)];
  for (const part of ['a1b2c', 'd3e4f']) yield ['pods', existing(podOf(name, `web-5d4f8b7c9d-${part}`, replicas, { podSpec }), since)];
  if (state !== 'without') {
    const schedule = builders.backupSchedule(`${name}-every-6h`, '0 */6 * * *', [name]);
    yield ['schedules.velero.io', existing(schedule, since)];
  }
  const count = state === 'without' ? 0 : each;
  // Spread over the six hours, as schedules of a whole fleet are; who is late has missed a week.
  const newest = now - (index % 300) * 60_000 - 120_000 - (state === 'late' ? 7 * 24 * hour : 0);
  for (let back = 0; back < count; back += 1) {
    const startedAt = newest - back * 6 * hour;
    yield ['backups.velero.io', backupOf(name, startedAt, state === 'failing' && back < 3)];
  }
}

function ownedBy({ apiVersion, kind, metadata: { name, uid: id } }) {
  return { apiVersion, kind, name, uid: id, controller: true, blockOwnerDeletion: true };
}

function podOf(name, part, owner, shape) {
  const { labels } = owner.metadata;
  const pod = builders.pod(`${name}/${name}-${part}`, shape, {
    metadata: { labels: { ...labels, 'pod-template-hash': '5d4f8b7c9d' }, ownerReferences: [ownedBy(owner)] },
  });
  const container = { name: 'app', ready: true, started: true, restartCount: 0, image: 'registry.example.com/app:4.2.0', lastState: {} };
  const digest = `registry.example.com/app@sha256:${'0123456789abcdef'.repeat(4)}`;
  const since = '2026-01-01T00:00:00Z';
  return {
    ...pod,
    status: {
      ...pod.status,
      hostIP: '10.0.0.1',
      podIP: '10.1.2.3',
      podIPs: [{ ip: '10.1.2.3' }],
      qosClass: 'Burstable',
      startTime: since,
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: since,
      })),
      containerStatuses: [
        {
          ...container,
          imageID: digest,
          containerID: `containerd://${'0123456789abcdef'.repeat(4)}`,
          state: { running: { startedAt: since } },
        },
      ],
    },
  };
}

/** As Velero 1.18 leaves one behind. */
export function backupOf(service, startedAt, failed = false) {
  const stamp = instant(startedAt).replaceAll(/[-:TZ]/g, '');
  const made = builders.backup(
    `${service}-every-6h-${stamp}`,
    {
      namespaces: [service],
      startedAt: instant(startedAt),
      phase: failed ? 'Failed' : 'Completed',
      status: {
        ...(failed && { failureReason: 'rpc error: code = Unavailable desc = the object store does not answer' }),
        backupItemOperationsAttempted: 1,
        backupItemOperationsCompleted: 1,
        hookStatus: {},
      },
    },
    {
      metadata: {
        labels: { 'velero.io/schedule-name': `${service}-every-6h`, 'velero.io/storage-location': 'default' },
        annotations: {
          'velero.io/resource-timeout': '10m0s',
          'velero.io/source-cluster-k8s-gitversion': 'v1.34.2',
          'velero.io/source-cluster-k8s-major-version': '1',
          'velero.io/source-cluster-k8s-minor-version': '34',
        },
      },
    },
  );
  const rest = {
    csiSnapshotTimeout: '10m0s',
    hooks: {},
    itemOperationTimeout: '4h0m0s',
    metadata: {},
    snapshotMoveData: true,
    volumeGroupSnapshotLabelKey: 'velero.io/volume-group',
  };
  return existing({ ...made, spec: { ...made.spec, ...rest } }, startedAt);
}

/** What the server's artefacts say of a backup of this service. */
export const artefactsOf = (service) => ({
  BackupResourceList: {
    'apps/v1/Deployment': [`${service}/${service}-web`],
    'apps/v1/StatefulSet': [`${service}/${service}`],
    'v1/Namespace': [service],
    'v1/PersistentVolumeClaim': [`${service}/data`],
    'v1/Pod': ['0', 'web-5d4f8b7c9d-a1b2c', 'web-5d4f8b7c9d-d3e4f'].map((part) => `${service}/${service}-${part}`),
    'v1/ServiceAccount': [`${service}/default`, `${service}/${service}`],
  },
  BackupVolumeInfos: [
    {
      backupMethod: 'CSISnapshot',
      pvcName: 'data',
      pvcNamespace: service,
      snapshotDataMoved: true,
      snapshotDataMovementInfo: { dataMover: 'velero', size: 73_400_320 },
      result: 'succeeded',
    },
  ],
  BackupResults: { errors: {}, warnings: {} },
});
