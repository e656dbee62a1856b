import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
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

it('what is in Secrets and in the credentials of clusters is in no answer, no audit event and no line of the log', async () => {
  const lines: string[] = [];
  const world = await portalForTest({
    config: { dr: { ...operators, clusters: [{ name: 'dead', url: 'https://127.0.0.1:1', token: 'planted-token' }] } },
    clusters: [veleroWithCredentials()],
    features: [recordingLogger(lines)],
  });
  plant(world);
  const answers: Record<string, string> = {};
  const ask = async (id: string, method: 'get' | 'post', path: string, body?: object) => {
    const call = world.as('olivia')(method, path).set('Idempotency-Key', 'leaks');
    const answer = await (body === undefined ? call : call.send(body));
    answers[id] = `${answer.text} ${JSON.stringify(answer.headers)}`;
    return answer.body;
  };
  const shop = '/v1/applications/system/default/shop';
  const plan = await ask('createPlan', 'post', `${shop}/plans`, { intent: 'Restore', mode: 'configOnly' });
  // Else the rest would prove nothing: the Secret is one of the things that would change.
  for (const kind of ['Secret', 'ClusterPair', 'BackupLocation', 'ConfigMap'])
    expect(JSON.stringify(plan.spec.changes)).toContain(`"${kind}"`);
  const { id, hash } = plan.spec;
  const started = await ask('startOperation', 'post', '/v1/operations', { plan: { id, hash }, confirm: 'shop' });
  const operation = `/v1/operations/${started.metadata?.name}`;
  await vi.waitFor(async () => expect((await world.as('olivia')('get', operation)).body.status?.state).toMatch(/^(Succeeded|Failed)$/), {
    timeout: 10_000,
    interval: 50,
  });
  for (const [name, { method, path }] of Object.entries(routes)) {
    if (name === 'createPlan' || name === 'startOperation') continue;
    const filled = path.replace('/:kind/:namespace/:name', '/system/default/shop').replace('/v1/operations/:id', operation);
    await ask(
      name,
      method,
      filled,
      name === 'getApplicationsByRefs' ? { entityRefs: ['system:default/shop'] } : method === 'post' ? {} : undefined,
    );
  }
  expect(Object.keys(answers).sort()).toEqual(Object.keys(routes).sort());
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
