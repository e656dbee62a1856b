import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { routes } from '@kubectl-dr/backstage-plugin-dr-common';
import { builders } from '@kubectl-dr/core/testing';
import { portalForTest } from '../testing/backend.ts';
import type { AuditedEvent, TestPortal } from '../testing/backend.ts';

const operators = { authorization: { operators: ['group:default/platform'] } };

/** What was planted, as it is and as a Secret keeps it. */
const planted = ['planted-live', 'planted-captured', 'planted-token'].flatMap((text) => [text, Buffer.from(text).toString('base64')]);

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
  }
}

it('what is in Secrets and in the credentials of clusters is in no answer, no audit event and no line of the log', async () => {
  const lines: string[] = [];
  const world = await portalForTest({
    config: { dr: { ...operators, clusters: [{ name: 'dead', url: 'https://127.0.0.1:1', token: 'planted-token' }] } },
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
  expect(JSON.stringify(plan.spec.changes)).toContain('"Secret"');
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
  expect(lines.length).toBeGreaterThan(0);
  const audited: AuditedEvent[] = world.audit;
  expect(audited.length).toBeGreaterThan(3);
  const everything = { ...answers, log: lines.join('\n'), audit: JSON.stringify(audited) };
  const leaks = Object.entries(everything).flatMap(([where, text]) =>
    planted.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}`),
  );
  expect(leaks).toEqual([]);
}, 40_000);
