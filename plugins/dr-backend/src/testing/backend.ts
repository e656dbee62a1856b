import type { BackstageCredentials, BackstageUserInfo } from '@backstage/backend-plugin-api';
import { coreServices, createBackendModule, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { drClustersExtensionPoint, drEnginesExtensionPoint } from '@kubectl-dr/backstage-plugin-dr-node';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import request from 'supertest';
import { drPlugin } from '../plugin.ts';
import { createWorld, entities, members } from './world.ts';

export interface AuditedEvent {
  eventId: string;
  outcome: 'success' | 'fail';
  meta: Record<string, unknown>;
  /** Of a failure: its name and message. */
  error?: string;
}

type Feature = NonNullable<Parameters<typeof startTestBackend>[0]['features']>[number];

export interface BackendOptions {
  /** What the plugin looks at; `dr.clusters` of the configuration besides. */
  clusters?: readonly ClusterClient[];
  /** Added to the built-in ones. */
  engines?: readonly Engine[];
  entities: readonly Entity[];
  /** Groups of a user, by reference. */
  members: Record<string, string[]>;
  config?: object;
  features?: readonly Feature[];
}

/** The plugin in a real backend, with people who are signed in by naming them. */
export async function openBackend({ clusters = [], engines = [], entities, members, config, features = [] }: BackendOptions) {
  const audit: AuditedEvent[] = [];
  const catalog = catalogServiceMock({ entities: [...entities] });
  const backend = await startTestBackend({
    features: [
      drPlugin,
      createBackendModule({
        pluginId: 'dr',
        moduleId: 'test-world',
        register({ registerInit }) {
          registerInit({
            deps: { supplied: drClustersExtensionPoint, added: drEnginesExtensionPoint },
            async init({ supplied, added }) {
              supplied.addSupplier({ id: 'test', clusters: async () => [...clusters] });
              for (const engine of engines) added.addEngine(engine);
            },
          });
        },
      }),
      mockServices.rootConfig.factory({
        data: { dr: { authorization: { operators: ['group:default/platform'] } }, ...config },
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
          fail: async (more: { error: Error; meta?: object }) =>
            void audit.push({
              eventId,
              outcome: 'fail',
              meta: { ...meta, ...more.meta },
              error: `${more.error.name}: ${more.error.message}`,
            }),
        }),
      } as never).factory,
      ...features,
    ],
  });
  const as = (user: string | undefined) => (method: 'get' | 'post', path: string) => {
    const call = request(backend.server)[method](`/api/dr${path}`);
    return user === undefined
      ? call.set('Authorization', mockCredentials.none.header())
      : call.set('Authorization', mockCredentials.user.header(`user:default/${user}`));
  };
  return { backend, audit, catalog, as };
}

/** The same over a cluster in memory, with the teams and applications of `world.ts`. */
export async function startPortal(options: Partial<Pick<BackendOptions, 'clusters' | 'config' | 'entities' | 'features'>> = {}) {
  const { east, engine } = createWorld();
  const opened = await openBackend({
    ...options,
    clusters: [east, ...(options.clusters ?? [])],
    engines: [engine],
    entities: [...entities, ...(options.entities ?? [])],
    members,
  });
  const { as } = opened;
  /** An assessment that has looked inside every point that decides. */
  const ready = () =>
    vi.waitFor(
      async () => {
        const shop = await as('olivia')('get', '/v1/applications/system/default/shop');
        const mixed = await as('olivia')('get', '/v1/applications/system/default/mixed');
        const judged = [shop, mixed].every(({ status, body }) => status === 200 && body.status.verdict !== 'Unknown');
        if (!judged || shop.body.status.recoveryPoint?.name !== 'shop-2') throw new Error(`not ready: ${JSON.stringify(shop.body)}`);
      },
      { timeout: 10_000, interval: 50 },
    );
  return { ...opened, east, engine, ready };
}

export type TestPortal = Awaited<ReturnType<typeof startPortal>>;

/** The same for one test: ready, and stopped when that is over. */
export async function portalForTest(options: Parameters<typeof startPortal>[0] = {}): Promise<TestPortal> {
  const started = await startPortal(options);
  onTestFinished(() => started.backend.stop());
  await started.ready();
  return started;
}
