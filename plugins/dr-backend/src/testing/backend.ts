import type { BackstageCredentials, BackstageUserInfo } from '@backstage/backend-plugin-api';
import { coreServices, createBackendModule, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { drClustersExtensionPoint, drEnginesExtensionPoint } from '@kubectl-dr/backstage-plugin-dr-node';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import request from 'supertest';
import { drPlugin } from '../plugin.ts';
import { createWorld, entities, members } from './world.ts';

export interface AuditedEvent {
  eventId: string;
  outcome: 'success' | 'fail';
  meta: Record<string, unknown>;
}

type Feature = NonNullable<Parameters<typeof startTestBackend>[0]['features']>[number];

/** The plugin in a real backend over a cluster in memory, with people who are signed in by naming them. */
export async function startPortal(options: { config?: object; clusters?: ClusterClient[]; features?: Feature[] } = {}) {
  const { east, engine } = createWorld();
  const audit: AuditedEvent[] = [];
  const catalog = catalogServiceMock({ entities });
  const backend = await startTestBackend({
    features: [
      drPlugin,
      createBackendModule({
        pluginId: 'dr',
        moduleId: 'test-world',
        register({ registerInit }) {
          registerInit({
            deps: { clusters: drClustersExtensionPoint, engines: drEnginesExtensionPoint },
            async init({ clusters, engines }) {
              clusters.addSupplier({ id: 'test', clusters: async () => [east, ...(options.clusters ?? [])] });
              engines.addEngine(engine);
            },
          });
        },
      }),
      mockServices.rootConfig.factory({
        data: { dr: { authorization: { operators: ['group:default/platform'] } }, ...options.config },
      }),
      createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalog }),
      createServiceFactory({
        service: coreServices.userInfo,
        deps: {},
        factory: () => ({
          async getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo> {
            const { userEntityRef } = credentials.principal as { userEntityRef: string };
            return { userEntityRef, ownershipEntityRefs: [userEntityRef, ...(members[userEntityRef] ?? [])] };
          },
        }),
      }),
      mockServices.auditor.mock({
        createEvent: async ({ eventId, meta = {} }: { eventId: string; meta?: object }) => ({
          success: async (more?: { meta?: object }) => void audit.push({ eventId, outcome: 'success', meta: { ...meta, ...more?.meta } }),
          fail: async (more: { meta?: object }) => void audit.push({ eventId, outcome: 'fail', meta: { ...meta, ...more.meta } }),
        }),
      } as never).factory,
      ...(options.features ?? []),
    ],
  });
  const as = (user: string | undefined) => (method: 'get' | 'post', path: string) => {
    const call = request(backend.server)[method](`/api/dr${path}`);
    return user === undefined
      ? call.set('Authorization', mockCredentials.none.header())
      : call.set('Authorization', mockCredentials.user.header(`user:default/${user}`));
  };
  /** The first assessment that has looked inside points. */
  const ready = () =>
    vi.waitFor(
      async () => {
        const { status, body } = await as('olivia')('get', '/v1/applications/system/default/shop');
        if (status !== 200 || body.status.recoveryPoint?.name !== 'shop-2') throw new Error(`not ready: ${status} ${JSON.stringify(body)}`);
      },
      { timeout: 10_000, interval: 50 },
    );
  return { backend, east, engine, audit, catalog, as, ready };
}

export type TestPortal = Awaited<ReturnType<typeof startPortal>>;

/** The same for one test: ready, and stopped when that is over. */
export async function portalForTest(options: Parameters<typeof startPortal>[0] = {}): Promise<TestPortal> {
  const started = await startPortal(options);
  onTestFinished(() => started.backend.stop());
  await started.ready();
  return started;
}
