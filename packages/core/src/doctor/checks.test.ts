import type { Facts, ScheduleFacts } from '../compliance/facts.ts';
import { ago, claim, location, now, point, workload } from '../compliance/points.fixture.ts';
import { reasonCodes } from '../compliance/reason-codes.ts';
import { ClusterProtection } from '../compliance/fleet-protection.ts';
import { engines } from '../engines/registry.generated.ts';
import { veleroKinds } from '../engines/velero/kinds.ts';
import type { Policy } from '../policy/model.ts';
import { type KubeObject, type ResourceType, resourceKey, types } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { PointUse } from '../service/model.ts';
import { deployment, object, persistentVolumeClaim, statefulSet } from '../testing/builders.ts';
import { checklistEntries, fromPlans, numbersOf } from './checklist.ts';
import { placeRules } from './examine.ts';
import { fleetChecks } from './rules/fleet.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const schedule: ScheduleFacts = {
  schedule: {
    id: 'east/fake/backups/hourly',
    name: 'hourly',
    namespace: 'backups',
    engine: 'fake',
    cluster: 'east',
    expression: '@hourly',
    paused: false,
    valid: true,
    scope: { namespaces: ['shop'], excludedNamespaces: [] },
    keepFor: 3 * day,
  },
  worstGap: hour,
  location: location('default'),
};

const use = (usable: PointUse['usable'], name: string, minutes: number, changes: Parameters<typeof point>[2] = {}): PointUse => ({
  point: point(name, minutes, { schedule: 'hourly', items: 100, ...changes }),
  usable,
  reasons: [],
});

const policy: Policy = {
  name: 'gold',
  objectives: { rpo: hour },
  retention: { keepFor: 3 * day, keepAtLeast: 1 },
  engines: [],
  locations: [],
  consistency: {},
  selfService: { backup: 'owner', clone: 'owner', restore: 'owner', restoreInPlace: 'approval', failover: 'operator' },
  revision: '1',
};

/** A component that lacks nothing: every case below spoils one thing. */
const good: Facts = {
  application: 'shop',
  component: { name: 'db', owner: 'group:default/team', dependsOn: [], external: [], placements: [] },
  placement: { cluster: 'east', namespace: 'shop', labelSelector: 'app=db', claim: 'claimed' },
  policy,
  now,
  cluster: { name: 'east', known: true, namespaceExists: true, failures: [], fleet: ['east'] },
  engines: { installed: ['fake'], failures: [], hookAnnotations: [] },
  workloads: [workload('db')],
  claims: [claim('data-db-0')],
  points: [use('yes', 'p3', 10), use('yes', 'p2', 70), use('yes', 'p1', 130, { location: 'archive' })],
  captureMethods: ['csi-snapshot'],
  schedules: [schedule],
  replications: [],
  drills: [],
};
const application = { name: 'shop', owner: 'group:default/team', components: [], source: 'catalog' as const, problems: [] };

/** What was listed on one cluster; lists leave kind and apiVersion in, which changes nothing here. */
function reading(objects: readonly (readonly [ResourceType, KubeObject])[] = [], cluster = 'east'): ClusterReading {
  const lists = new Map<string, KubeObject[]>();
  for (const [type, one] of objects) lists.set(resourceKey(type), [...(lists.get(resourceKey(type)) ?? []), one]);
  return { cluster, now, age: 0, objects: lists, failures: new Map() };
}

const raw = (podSpec: Record<string, unknown>, metadata = {}) =>
  reading([[types.statefulSets, statefulSet('shop/db', { podSpec }, { metadata })]]);
const replication = {
  id: 'r',
  name: 'copy',
  namespace: 'shop',
  engine: 'fake',
  cluster: 'east',
  role: 'source' as const,
  claims: [],
  paused: true,
  phase: 'Succeeded' as const,
  nativePhase: 'x',
};
const cnpg = [{ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'orders', uid: '1', controller: true }];

/** What spoils a place, and the reasons that follow; none: it has to stay quiet. */
const places: [what: string, changes: Partial<Facts>, codes: string[], reading?: ClusterReading, words?: string][] = [
  ['nothing is wrong', {}, []],
  [
    'a run that hangs',
    { points: [use('no', 'p4', 200, { phase: 'Running', nativePhase: 'InProgress' }), ...good.points] },
    ['POINT_STUCK'],
    undefined,
    'InProgress for 3h20m, others took 60s',
  ],
  [
    'a run that takes its usual time',
    {
      points: [
        use('no', 'p4', 200, { phase: 'Running' }),
        ...good.points.map((one) => ({
          ...one,
          point: { ...one.point, completedAt: new Date(Date.parse(one.point.capturedAt!) + 2 * hour).toISOString() },
        })),
      ],
    },
    [],
  ],
  [
    'half of the objects',
    { points: [use('yes', 'p4', 5, { items: 49 }), ...good.points] },
    ['POINT_SHRUNK'],
    undefined,
    'holds 49 objects',
  ],
  ['a few objects less', { points: [use('yes', 'p4', 5, { items: 51 }), ...good.points] }, []],
  [
    'three runs in part',
    { points: [3, 2, 1].map((n) => use('yes', `d${n}`, n, { phase: 'Degraded', nativePhase: 'PartiallyFailed', location: `l${n}` })) },
    ['RUNS_KEEP_DEGRADING'],
  ],
  [
    'two runs in part',
    { points: [...[3, 2].map((n) => use('yes', `d${n}`, n, { phase: 'Degraded', nativePhase: 'PartiallyFailed' })), ...good.points] },
    [],
  ],
  [
    'points for an hour',
    { schedules: [{ ...schedule, schedule: { ...schedule.schedule, keepFor: hour } }] },
    ['KEPT_TOO_BRIEFLY'],
    undefined,
    '1h',
  ],
  ['points for two intervals', { schedules: [{ ...schedule, schedule: { ...schedule.schedule, keepFor: 2 * hour } }] }, []],
  [
    'a queue',
    { points: [use('no', 'q', 0, { phase: 'Pending', capturedAt: undefined, createdAt: ago(20), nativePhase: 'Queued' }), ...good.points] },
    ['BACKUPS_QUEUE'],
    undefined,
    'waited for its turn for 20m',
  ],
  [
    'a short queue',
    { points: [use('no', 'q', 0, { phase: 'Pending', capturedAt: undefined, createdAt: ago(10), nativePhase: 'Queued' }), ...good.points] },
    [],
  ],
  ['a claim without a volume', { claims: [claim('data-db-0', { phase: 'Pending' })] }, ['VOLUME_UNBOUND']],
  ['a claim that does not exist', { claims: [{ namespace: 'shop', name: 'data-db-0' }] }, []],
  ['a directory of the node', {}, ['VOLUME_ON_NODE'], raw({ volumes: [{ name: 'd', hostPath: { path: '/srv/data' } }] }), '/srv/data'],
  [
    'an agent of the nodes',
    { workloads: [workload('db', { kind: 'DaemonSet' })] },
    [],
    reading([
      [
        types.daemonSets,
        object('apps/v1', 'DaemonSet', 'shop/db', { spec: { template: { spec: { volumes: [{ name: 'd', hostPath: { path: '/' } }] } } } }),
      ],
    ]),
  ],
  [
    "another component's directory",
    {},
    [],
    reading([[types.deployments, deployment('shop/web', { podSpec: { volumes: [{ hostPath: { path: '/' } }] } })]]),
  ],
  ['an image without a version', { workloads: [workload('db', { images: ['registry:5000/db'] })] }, ['IMAGE_UNPINNED']],
  [
    'the latest image',
    { workloads: [workload('db', { images: ['db:latest', 'proxy:2'] })] },
    ['IMAGE_UNPINNED'],
    undefined,
    'an image of db',
  ],
  ['a digest', { workloads: [workload('db', { images: ['db@sha256:00'] })] }, []],
  [
    'pods of an operator',
    { workloads: [workload('db', { kind: 'Cluster', apiVersion: 'postgresql.cnpg.io/v1' })] },
    ['OPERATOR_HAS_BACKUP'],
  ],
  ['a set of an operator', {}, ['OPERATOR_HAS_BACKUP'], raw({}, { ownerReferences: cnpg }), 'Cluster shop/orders'],
  ['an operator without data', { claims: [] }, [], raw({}, { ownerReferences: cnpg })],
  ['Argo CD', { workloads: [workload('db', { labels: { 'argocd.argoproj.io/instance': 'shop' } })] }, ['GITOPS_MANAGED']],
  ['all in one bucket', { points: good.points.slice(0, 2) }, ['ONE_COPY']],
  ['snapshots alone, which has a reason of its own', { points: [use('yes', 's', 5, { keptIn: 'storage' })] }, []],
  [
    'a location that nothing writes to',
    { policy: { ...policy, locations: [{ name: 'offsite', offsite: true, immutable: false }] } },
    ['POLICY_LOCATION_UNUSED'],
    undefined,
    'offsite',
  ],
  ['a location that is used', { policy: { ...policy, locations: [{ name: 'default', offsite: true, immutable: false }] } }, []],
  ['a copy that is paused', { replications: [replication] }, ['REPLICATION_PAUSED']],
  ['a copy that runs', { replications: [{ ...replication, paused: false }] }, []],
  ['nobody to own it', { component: { ...good.component, owner: undefined } as never }, ['NO_OWNER']],
];

describe('checks of a place', () => {
  it.each(places)('%s', (what, changes, codes, seen, words = '') => {
    const owned = what === 'nobody to own it' ? { ...application, owner: undefined } : application;
    const given = { facts: { ...good, ...changes }, application: owned as typeof application, ...(seen && { reading: seen }) };
    const found = placeRules.flatMap(({ find }) => find(given));
    expect(found.map(({ code }) => code)).toEqual(codes);
    expect(found.map(({ message }) => message).join()).toContain(words);
    for (const { message, evidence, fix } of found) {
      expect(evidence?.length).toBeGreaterThan(0);
      expect(`${message} ${evidence} ${fix}`).not.toMatch(/undefined|\[object|NaN/);
      expect(fix).toMatch(/\w/);
    }
  });

  it('has a case for every code', () => {
    const covered = new Set(places.flatMap(([, , codes]) => codes));
    expect(placeRules.flatMap(({ codes }) => codes).filter((code) => !covered.has(code))).toEqual([]);
  });
});

const velero = engines.find(({ id }) => id === 'velero')!;
const v1 = (kind: string, name: string, fields: object) =>
  object('velero.io/v1', kind, `velero/${name}`, fields as Record<string, unknown>);
const bsl = (name: string, spec: object = {}, status: object = { phase: 'Available', lastValidationTime: ago(1) }) =>
  [
    veleroKinds.locations,
    v1('BackupStorageLocation', name, { spec: { provider: 'aws', objectStorage: { bucket: 'backups' }, default: true, ...spec }, status }),
  ] as const;
const plan = (name: string, spec: object = {}) =>
  [veleroKinds.schedules, v1('Schedule', name, { spec: { schedule: '0 * * * *', template: {}, ...spec } })] as const;
const backup = (name: string, status: object, metadata = {}) =>
  [veleroKinds.backups, object('velero.io/v1', 'Backup', `velero/${name}`, { spec: {}, status }, { metadata })] as const;
const server = (readyReplicas: number) =>
  [types.deployments, object('apps/v1', 'Deployment', 'velero/velero', { spec: {}, status: { readyReplicas } })] as const;
const agent = (numberReady: number) =>
  [types.daemonSets, object('apps/v1', 'DaemonSet', 'velero/node-agent', { status: { desiredNumberScheduled: 3, numberReady } })] as const;
const pod = (restartCount: number, reason?: string) =>
  [
    types.pods,
    object('v1', 'Pod', 'velero/velero-6d8', {
      status: { containerStatuses: [{ name: 'velero', restartCount, lastState: { terminated: { reason } } }] },
    }),
  ] as const;
const copied = [veleroKinds.podVolumeBackups, v1('PodVolumeBackup', 'b', { spec: {}, status: {} })] as const;
const repository = (status: object) =>
  [veleroKinds.repositories, v1('BackupRepository', 'shop-kopia', { spec: { volumeNamespace: 'shop' }, status })] as const;
const snapshots: ResourceType = {
  group: 'snapshot.storage.k8s.io',
  version: 'v1',
  resource: 'volumesnapshotclasses',
  kind: 'VolumeSnapshotClass',
  namespaced: false,
};
const snapshotClass = (name: string, labels = {}) =>
  [
    snapshots,
    object('snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass', name, { driver: 'csi.example.com' }, { metadata: { labels } }),
  ] as const;
const runs = (annotations: Record<string, string>, image = 'postgres:16') =>
  [
    types.statefulSets,
    object('apps/v1', 'StatefulSet', 'shop/db', {
      spec: { template: { metadata: { annotations }, spec: { containers: [{ name: 'main', image }] } } },
    }),
  ] as const;
const pre = (what: string) => `pre.hook.backup.velero.io/${what}`;
const post = (what: string) => `post.hook.backup.velero.io/${what}`;
const freeze = { [pre('command')]: '["/sbin/fsfreeze","--freeze","/data"]', [pre('timeout')]: '1m' };
const flush = { [pre('command')]: '["psql","-c","CHECKPOINT"]', [pre('timeout')]: '1m' };
const grouped = (labels: Record<string, string>) =>
  [
    [types.deployments, deployment('shop/web', { claims: ['a', 'b'] })],
    ...['a', 'b'].map((name) => [types.persistentVolumeClaims, persistentVolumeClaim(`shop/${name}`, {}, { metadata: { labels } })]),
  ] as unknown as (readonly [ResourceType, KubeObject])[];

const clusters: [what: string, objects: (readonly [ResourceType, KubeObject])[], codes: string[]][] = [
  ['a server that runs', [server(1), bsl('default')], []],
  ['a server that does not', [server(0), bsl('default')], ['ENGINE_DOWN']],
  ['many restarts', [pod(4), bsl('default')], ['ENGINE_RESTARTS']],
  ['too little memory', [pod(1, 'OOMKilled'), bsl('default')], ['ENGINE_RESTARTS']],
  ['one restart', [pod(1, 'Error'), bsl('default')], []],
  ['an agent on some nodes', [copied, agent(2), bsl('default')], ['NODE_AGENT_INCOMPLETE']],
  ['an agent on all', [copied, agent(3), bsl('default')], []],
  ['no agent, and none is needed', [bsl('default'), plan('a')], []],
  [
    'no agent where a schedule wants one',
    [bsl('default'), plan('a', { template: { defaultVolumesToFsBackup: true } })],
    ['NODE_AGENT_INCOMPLETE'],
  ],
  ['no default', [bsl('a', { default: false })], ['NO_DEFAULT_LOCATION']],
  ['two defaults', [bsl('a'), bsl('b')], ['NO_DEFAULT_LOCATION']],
  ['a location nobody looked at', [bsl('default', {}, { phase: 'Available', lastValidationTime: ago(9) })], ['LOCATION_STALE']],
  [
    'one that is looked at seldom',
    [bsl('default', { validationFrequency: '10m' }, { phase: 'Available', lastValidationTime: ago(9) })],
    [],
  ],
  [
    'one that nobody is asked to look at',
    [bsl('default', { validationFrequency: '0s' }, { phase: 'Available', lastValidationTime: ago(9999) })],
    [],
  ],
  [
    'a repository that is not ready',
    [repository({ phase: 'NotReady', message: 'no such bucket' }), bsl('default')],
    ['REPOSITORY_UNHEALTHY'],
  ],
  [
    'one nobody maintains',
    [repository({ phase: 'Ready', lastMaintenanceTime: ago(8 * 24 * 60) }), bsl('default')],
    ['REPOSITORY_UNHEALTHY'],
  ],
  ['one that is well', [repository({ phase: 'Ready', lastMaintenanceTime: ago(60) }), bsl('default')], []],
  ['what expired long ago', [backup('old', { phase: 'Completed', expiration: ago(180) }), bsl('default')], ['DELETION_STUCK']],
  ['what expired just now', [backup('old', { phase: 'Completed', expiration: ago(60) }), bsl('default')], []],
  [
    'garbage collection that failed',
    [backup('old', { phase: 'Completed' }, { labels: { 'velero.io/gc-failure': 'BSLNotFound' } }), bsl('default')],
    ['DELETION_STUCK'],
  ],
  [
    'a deletion that failed',
    [
      backup('old', { phase: 'Completed' }),
      [veleroKinds.deletions, v1('DeleteBackupRequest', 'd', { spec: { backupName: 'old' }, status: { errors: ['denied'] } })],
      bsl('default'),
    ],
    ['DELETION_STUCK'],
  ],
  ['backups that belong to a schedule', [plan('a', { useOwnerReferencesInBackup: true }), bsl('default')], ['OWNER_REFERENCES_KEPT']],
  ['a crowd', [...['a', 'b', 'c', 'd'].map((name) => plan(name)), bsl('default')], ['SCHEDULES_TOGETHER']],
  [
    'a crowd over the hour',
    [...['a', 'b', 'c', 'd'].map((name, index) => plan(name, { schedule: `${index} * * * *` })), bsl('default')],
    [],
  ],
  ['a daily schedule', [plan('a', { schedule: '0 3 * * *' }), bsl('default')], ['SCHEDULE_WITHOUT_ZONE']],
  ['one with a zone', [plan('a', { schedule: 'CRON_TZ=Europe/Berlin 0 3 * * *' }), bsl('default')], []],
  ['one that is paused', [plan('a', { schedule: '0 3 * * *', paused: true }), bsl('default')], []],
  ['two snapshot classes', [snapshotClass('a'), snapshotClass('b'), bsl('default')], ['SNAPSHOT_CLASS_AMBIGUOUS']],
  [
    'two of which one is marked',
    [snapshotClass('a'), snapshotClass('b', { 'velero.io/csi-volumesnapshot-class': 'true' }), bsl('default')],
    [],
  ],
  ['a hook that freezes', [runs(freeze), bsl('default')], ['HOOK_UNPAIRED']],
  ['and thaws', [runs({ ...freeze, [post('command')]: '["/sbin/fsfreeze","--unfreeze","/data"]' }), bsl('default')], []],
  ['a hook that may fail', [runs({ ...flush, [pre('on-error')]: 'Continue' }), bsl('default')], ['HOOK_LENIENT']],
  ['a hook that may fail on no database', [runs({ ...flush, [pre('on-error')]: 'Continue' }, 'web:1'), bsl('default')], []],
  ['a hook without a timeout', [runs({ [pre('command')]: '["psql"]' }), bsl('default')], ['HOOK_WITHOUT_TIMEOUT']],
  ['a hook nowhere', [runs({ ...flush, [pre('container')]: 'sidecar' }), bsl('default')], ['HOOK_CONTAINER_MISSING']],
  [
    'a label that excludes',
    [
      [types.deployments, deployment('shop/web', {}, { metadata: { labels: { 'velero.io/exclude-from-backup': 'true' } } })],
      bsl('default'),
    ],
    ['EXCLUDED_BY_LABEL'],
  ],
  ['two volumes of a pod', [...grouped({}), bsl('default')], ['NOT_ONE_INSTANT']],
  ['two in a group', [...grouped({ 'velero.io/volume-group': 'web' }), bsl('default')], []],
];

describe('checks of an engine', async () => {
  const { checks } = await velero.checkup!();

  it.each(clusters)('%s', (_, objects, codes) => {
    const seen = reading([backup('exists', { phase: 'Completed' }), ...objects]);
    const found = checks.flatMap(({ find }) => find({ reading: seen, state: velero.interpret(seen) }));
    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { message, evidence, fix } of found) {
      expect(evidence?.length).toBeGreaterThan(0);
      expect(`${message} ${evidence} ${fix}`).not.toMatch(/undefined|\[object|NaN/);
      expect(fix).toMatch(/\w/);
    }
  });

  it('has a case for every code', () => {
    const covered = new Set(clusters.flatMap(([, , codes]) => codes));
    expect(checks.flatMap(({ codes }) => codes).filter((code) => !covered.has(code))).toEqual([]);
  });

  it('is total over what is malformed', () => {
    const broken = [...Object.values(veleroKinds), types.deployments, types.pods, types.statefulSets, types.daemonSets, snapshots].flatMap(
      (type) =>
        [{}, { spec: 'x', status: [] }, { spec: { template: 5, schedule: 5 }, status: { errors: 'x', containerStatuses: {} } }].map(
          (fields, index) => [type, object('v1', type.kind, `velero/x${index}`, fields)] as const,
        ),
    );
    const seen = reading(broken);
    expect(() => checks.flatMap(({ find }) => find({ reading: seen, state: velero.interpret(seen) }))).not.toThrow();
  });
});

describe('checks of a fleet', () => {
  const find = (...readings: ClusterReading[]) =>
    fleetChecks
      .flatMap((check) =>
        check.find({ clusters: readings.map((one) => ({ reading: one, protection: new ClusterProtection(one, engines) })) }),
      )
      .map(({ code }) => code);
  const retained = (policyOfVolume: string) =>
    reading([
      [types.statefulSets, statefulSet('shop/db', { templates: ['data'] })],
      [
        types.persistentVolumes,
        object('v1', 'PersistentVolume', 'pv', {
          spec: { persistentVolumeReclaimPolicy: policyOfVolume, claimRef: { namespace: 'shop', name: 'data-db-0' } },
        }),
      ],
    ]);

  it.each<[string, ClusterReading[], string[]]>([
    ['one bucket, two writers', [reading([bsl('a')]), reading([bsl('b')], 'west')], ['LOCATION_SHARED']],
    ['one bucket, one writer', [reading([bsl('a')]), reading([bsl('b', { accessMode: 'ReadOnly' })], 'west')], []],
    ['two prefixes', [reading([bsl('a')]), reading([bsl('b', { objectStorage: { bucket: 'backups', prefix: 'west' } })], 'west')], []],
    ['two stores', [reading([bsl('a')]), reading([bsl('b', { config: { s3Url: 'https://other.example' } })], 'west')], []],
    ['volumes that stay', [retained('Retain')], ['VOLUME_RETAINED']],
    ['volumes that go', [retained('Delete')], []],
  ])('%s', (_, readings, codes) => expect(find(...readings)).toEqual(codes));
});

describe('the checklist', () => {
  it('names reasons that exist, and tells every reason of the doctor', async () => {
    const codes = checklistEntries.flatMap(([, entry]) => entry.codes);
    for (const code of codes) expect(reasonCodes[code], code).toBeDefined();
    const { checks } = await velero.checkup!();
    const told = [...placeRules, ...fleetChecks, ...checks].flatMap((check) => check.codes);
    expect(told.filter((code) => numbersOf(code).length === 0)).toEqual([]);
    expect([...fromPlans].filter((code) => numbersOf(code).length === 0)).toEqual([]);
  });
});
