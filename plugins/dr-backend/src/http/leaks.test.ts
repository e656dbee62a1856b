import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import { portalForTest } from '../testing/backend.ts';
import type { AuditedEvent, TestPortal } from '../testing/backend.ts';

const operators = { authorization: { operators: ['group:default/platform'] } };

/** What was planted, as it is and as a Secret keeps it. */
const planted = [
  'planted-live',
  'planted-captured',
  'planted-token',
  'planted-pair',
  'planted-keys',
  'planted-bucket',
  'planted-variable',
].flatMap((text) => [text, Buffer.from(text).toString('base64')]);

/** Every line of the log, whatever was handed over with it. */
function recordingLogger(lines: string[]) {
  const told = (value: unknown): string => (value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : JSON.stringify(value));
  const log = (message: string, meta?: unknown): void => void lines.push(`${message} ${told(meta)}`);
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  return createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger });
}

function plant({ east, engine }: TestPortal): void {
  const [live, old] = ['planted-live', 'planted-captured'].map((value) =>
    builders.secret('shop/api', { password: value }, { metadata: { labels: { app: 'web' } } }),
  );
  east.seed([live!]);
  for (const name of ['shop-1', 'shop-2']) {
    const inside = engine.inside.get(`east/fake/fake/${name}`)!;
    inside.objects.push(old!);
    inside.contents.objects!.push({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'api' });
    for (const thing of credentialed('captured')) {
      inside.objects.push(thing);
      inside.contents.objects!.push({ apiVersion: thing.apiVersion, kind: thing.kind, namespace: 'shop', name: thing.metadata.name });
    }
  }
  east.seed(credentialed('live'));
}

/** A kubeconfig of another cluster, keys of an object store and a variable, as they were and as they are. */
function credentialed(when: string): KubeObject[] {
  const stork = 'stork.libopenstorage.org/v1alpha1';
  const labelled = { metadata: { labels: { app: 'web' } } };
  return [
    builders.object(
      stork,
      'ClusterPair',
      'shop/pair',
      { spec: { config: { users: { admin: { token: `planted-pair-${when}` } } }, options: { token: `planted-pair-${when}` } } },
      labelled,
    ),
    builders.object(
      stork,
      'BackupLocation',
      'shop/store',
      { location: { type: 's3', s3Config: { accessKeyID: `planted-keys-${when}`, secretAccessKey: `planted-keys-${when}` } } },
      labelled,
    ),
    builders.configMap('shop/env', { DB_PASSWORD: `planted-variable-${when}`, url: `https://shop:planted-variable-${when}@db` }, labelled),
  ];
}

/** A cluster with a Velero whose location carries credentials wherever one can write them. */
function veleroWithCredentials(): MemoryCluster {
  const west = new MemoryCluster({ name: 'west', identity: 'uid-west', clock: systemClock, types: Object.values(veleroKinds) });
  west.seed([
    builders.namespace('velero'),
    builders.secret('velero/cloud-credentials', { cloud: 'aws_secret_access_key=planted-bucket' }),
    builders.object('velero.io/v1', 'BackupStorageLocation', 'velero/default', {
      spec: {
        provider: 'aws',
        objectStorage: { bucket: 'backups', prefix: 'west' },
        config: { region: 'x', s3Url: 'https://key:planted-bucket@store', insecureToken: 'planted-bucket' },
        credential: { name: 'cloud-credentials', key: 'cloud' },
      },
      status: { phase: 'Unavailable', message: 'GET https://key:planted-bucket@store/backups: denied' },
    }),
  ]);
  return west;
}

/** The answer of every route, as somebody who may see everything; `given` are those that were asked before. */
async function everyAnswer(world: TestPortal, operation: string, given: Record<string, string> = {}): Promise<Record<string, string>> {
  const answers = { ...given };
  for (const [name, { method, path }] of Object.entries(routes)) {
    if (name in given) continue;
    const filled = path
      .replace('/:kind/:namespace/:name', '/system/default/shop')
      .replace('/:namespace/:name', '/default/gold')
      .replace('/v1/operations/:id', `/v1/operations/${operation}`);
    const body = name === 'getApplicationsByRefs' ? { entityRefs: ['system:default/shop'] } : method === 'post' ? {} : undefined;
    const call = world.as('olivia')(method, filled).set('Idempotency-Key', 'leaks');
    answers[name] = textOf(await (body === undefined ? call : call.send(body)));
  }
  expect(Object.keys(answers).sort()).toEqual(Object.keys(routes).sort());
  return answers;
}

const textOf = ({ text, headers }: { text: string; headers: object }): string => `${text} ${JSON.stringify(headers)}`;

/** Starts what is asked for; the answers, and where the operation is once it has ended. */
async function carriedOut(world: TestPortal, request: object, more: { confirm?: string; reason?: string }) {
  const post = (path: string, body: object) => world.as('olivia')('post', path).set('Idempotency-Key', 'leaks').send(body);
  const plan = await post('/v1/applications/system/default/shop/plans', request);
  const { id, hash } = plan.body.spec;
  const started = await post('/v1/operations', { plan: { id, hash }, ...more });
  const operation: string = started.body.metadata?.name;
  const ended = await vi.waitFor(
    async () => {
      const answer = await world.as('olivia')('get', `/v1/operations/${operation}`);
      expect(answer.body.status?.state).toMatch(/^(Succeeded|Failed)$/);
      return answer;
    },
    { timeout: 10_000, interval: 50 },
  );
  return {
    plan: plan.body,
    operation,
    answers: { createPlan: textOf(plan), startOperation: textOf(started), getOperation: textOf(ended) },
  };
}

it('what is in Secrets and in the credentials of clusters is in no answer, no audit event and no line of the log', async () => {
  const lines: string[] = [];
  const world = await portalForTest({
    config: { dr: { ...operators, clusters: [{ name: 'dead', url: 'https://127.0.0.1:1', token: 'planted-token' }] } },
    clusters: [veleroWithCredentials()],
    features: [recordingLogger(lines)],
  });
  plant(world);
  const { plan, operation, answers: before } = await carriedOut(world, { intent: 'Restore', mode: 'configOnly' }, { confirm: 'shop' });
  // Else the rest would prove nothing: the Secret is one of the things that would change.
  for (const kind of ['Secret', 'ClusterPair', 'BackupLocation', 'ConfigMap'])
    expect(JSON.stringify(plan.spec.changes)).toContain(`"${kind}"`);
  const answers = await everyAnswer(world, operation, before);
  expect(answers.listClusters).toContain('dead');
  expect(answers.listLocations).toContain('backups');
  expect(lines.length).toBeGreaterThan(0);
  const audited: AuditedEvent[] = world.audit;
  expect(audited.length).toBeGreaterThan(3);
  const everything = { ...answers, log: lines.join('\n'), audit: JSON.stringify(audited) };
  const leaks = Object.entries(everything).flatMap(([where, text]) =>
    planted.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}`),
  );
  expect(leaks).toEqual([]);
}, 40_000);

/** What a controller or a server may say when it fails: all forms in which credentials turn up, and a word of the configuration. */
const said = [
  'planted-configured',
  'GET https://key:planted-address@store/b?X-Amz-Signature=planted-signed: denied',
  'AKIAPLANTEDPLANTED01 with aws_secret_access_key = planted-key',
  'sent Authorization: Bearer planted-bearer-1',
  'eyJhbGciOiJSUzI1NiJ9.planted_payload.planted_mark',
  '{"password":"planted-json"}',
  '-----BEGIN PRIVATE KEY-----\nplanted-pem\n-----END PRIVATE KEY-----',
].join('; ');

/** A Velero that complains like that wherever it has words of its own, of an application under a policy. */
function complaining(): MemoryCluster {
  const west = new MemoryCluster({ name: 'west', identity: 'uid-west', clock: systemClock, types: Object.values(veleroKinds) });
  const of = { metadata: { labels: { 'velero.io/backup-name': 'nightly' }, annotations: { note: said } } };
  const failed = {
    phase: 'Failed',
    failureReason: said,
    validationErrors: [said],
    message: said,
    startTimestamp: new Date().toISOString(),
  };
  west.seed([
    builders.namespace('velero'),
    builders.namespace('annexe', { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-shop', note: said } } }),
    builders.deployment('annexe/front', {}, { metadata: { annotations: { note: said } } }),
    builders.pod('annexe/front-1', { status: { phase: 'Pending', message: said, reason: 'Failed' } } as never),
    builders.object('velero.io/v1', 'BackupStorageLocation', 'velero/default', {
      spec: { provider: 'aws', objectStorage: { bucket: 'backups' } },
      status: { phase: 'Unavailable', message: said },
    }),
    builders.object('velero.io/v1', 'Backup', 'velero/nightly', { spec: { includedNamespaces: ['annexe'] }, status: failed }, of),
    builders.object('velero.io/v1', 'PodVolumeBackup', 'velero/nightly-1', { spec: {}, status: failed }, of),
    builders.object(
      'velero.io/v1',
      'Schedule',
      'velero/nightly',
      { spec: { schedule: '@every 1h', template: {} }, status: { phase: 'FailedValidation', validationErrors: [said] } },
      of,
    ),
  ]);
  return west;
}

it('what clusters say in words of their own is told without the credentials in it, wherever it is told', async () => {
  const lines: string[] = [];
  const sent: unknown[] = [];
  const silent = new MemoryCluster({ name: 'silent', identity: 'uid-silent', clock: systemClock });
  silent.intercept = () => {
    throw new ServiceUnavailableError(`silent failed: ${said}`, { cluster: 'silent', hint: said, details: { said } });
  };
  const annexe = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'annexe',
      annotations: { 'backstage.io/kubernetes-cluster': 'west', 'backstage.io/kubernetes-namespace': 'annexe' },
    },
    spec: { type: 'service', system: 'shop', owner: 'team-shop' },
  };
  const world = await portalForTest({
    config: { dr: { ...operators, clusters: [{ name: 'dead', url: 'https://127.0.0.1:1', token: 'planted-configured' }] } },
    clusters: [complaining(), silent],
    entities: [annexe],
    features: [
      recordingLogger(lines),
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: (): NotificationService => ({ send: async (notification) => void sent.push(notification) }),
      }),
    ],
  });
  world.engine.progressOfBackup = async () => ({ phase: 'Failed', nativePhase: 'Failed', message: said });
  const { operation, answers: before } = await carriedOut(world, { intent: 'Backup', components: ['web'] }, { reason: said.slice(0, 900) });
  world.east.intercept = ({ verb }) => {
    if (verb === 'list') throw new ServiceUnavailableError(`east failed: ${said}`, { hint: said, details: { said } });
  };
  const refused = await world.as('olivia')('get', '/v1/applications/system/default/shop/diff');
  const answers = { ...(await everyAnswer(world, operation, before)), refused: textOf(refused) };
  const everything = { ...answers, log: lines.join('\n'), audit: JSON.stringify(world.audit), notifications: JSON.stringify(sent) };
  const leaks = Object.entries(everything).flatMap(([where, text]) =>
    (text.toLowerCase().match(/.{0,60}planted[\w-]*/g) ?? []).map((leak) => `${where}: ${leak}`),
  );
  expect(leaks).toEqual([]);
  // Else it would prove nothing: this is where such words were told.
  const told = Object.entries(everything).flatMap(([where, text]) => (text.includes('(not shown)') ? [where] : []));
  const certain = [
    'getApplication',
    'getOperation',
    'getDoctorReport',
    'listLocations',
    'listClusters',
    'getHealth',
    'refused',
    'audit',
    'log',
    'notifications',
  ];
  expect(told).toEqual(expect.arrayContaining(certain));
}, 40_000);
