import type { Clock } from '@kubectl-dr/core/ports/clock';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { RecoveryPoint } from '@kubectl-dr/core/protection/model';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { FakeEngine } from '@kubectl-dr/core/testing/fake-engine';

const { configMap, deployment, namespace, persistentVolumeClaim, statefulSet } = builders;

/** `2026-...` so many minutes before now. */
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const labelled = (app: string) => ({ metadata: { creationTimestamp: ago(10_000), labels: { app } } });
const ownedBy = (owner: string, more: Record<string, string> = {}) => ({
  metadata: { annotations: { 'kubectl-dr.dev/owner': `group:default/${owner}`, ...more } },
});

function group(name: string, parent?: string) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name },
    spec: { type: 'team', children: [], ...(parent && { parent }) },
  };
}

function system(name: string, owner?: string) {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name }, spec: { ...(owner && { owner }) } };
}

function part(
  kind: string,
  name: string,
  spec: { system: string; owner?: string; namespace: string; selector?: string; dependsOn?: string[] },
) {
  const { namespace: place, selector, ...rest } = spec;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name,
      annotations: {
        'backstage.io/kubernetes-namespace': place,
        'backstage.io/kubernetes-cluster': 'east',
        ...(selector && { 'backstage.io/kubernetes-label-selector': selector }),
      },
    },
    spec: { type: 'service', lifecycle: 'production', ...rest },
  };
}

/**
 * Teams and what they own:
 * - `shop` of team-shop: web, orders-db, in the namespace of the same name;
 * - `mixed` of team-shop: its own front, `model` of team-ml in a namespace of theirs, `search` of team-ml in one they share;
 * - `orphan` of nobody;
 * - `grab` of team-labs claims the namespace of shop; the namespace says otherwise;
 * - `trick` of team-labs has a component that says it is of team-shop, and lies in shop's namespace.
 */
export const entities = [
  group('platform'),
  group('team-shop'),
  group('shop-juniors', 'team-shop'),
  group('team-ml'),
  group('team-labs'),
  system('shop', 'team-shop'),
  part('Component', 'web', {
    system: 'shop',
    owner: 'team-shop',
    namespace: 'shop',
    selector: 'app=web',
    dependsOn: ['resource:orders-db'],
  }),
  part('Resource', 'orders-db', { system: 'shop', owner: 'team-shop', namespace: 'shop', selector: 'app=orders-db' }),
  system('mixed', 'team-shop'),
  part('Component', 'front', { system: 'mixed', owner: 'team-shop', namespace: 'mixed' }),
  part('Component', 'model', { system: 'mixed', owner: 'team-ml', namespace: 'ml' }),
  part('Component', 'search', { system: 'mixed', owner: 'team-ml', namespace: 'ml-shared' }),
  system('orphan'),
  part('Component', 'orphan-web', { system: 'orphan', namespace: 'orphan' }),
  system('grab', 'team-labs'),
  part('Component', 'grab-web', { system: 'grab', owner: 'team-labs', namespace: 'shop' }),
  system('trick', 'team-labs'),
  part('Component', 'trick-web', { system: 'trick', owner: 'team-shop', namespace: 'shop', selector: 'app=web' }),
];

/** Who is in which groups, as the auth plugin would say at sign-in. */
export const members: Record<string, string[]> = {
  'user:default/alice': ['group:default/team-shop'],
  'user:default/carol': ['group:default/shop-juniors'],
  'user:default/bob': ['group:default/team-labs'],
  'user:default/mia': ['group:default/team-ml'],
  'user:default/olivia': ['group:default/platform'],
};

function point(name: string, minutesAgo: number, namespaces: string[]): RecoveryPoint {
  return {
    id: `east/fake/fake/${name}`,
    name,
    namespace: 'fake',
    uid: `uid-${name}`,
    engine: 'fake',
    cluster: 'east',
    phase: 'Succeeded',
    nativePhase: 'Completed',
    capturedAt: ago(minutesAgo),
    scope: { namespaces, excludedNamespaces: [] },
  };
}

const apiVersions: Record<string, string> = { Deployment: 'apps/v1', StatefulSet: 'apps/v1', Service: 'v1' };

function inside(pointId: string, objects: KubeObject[], claims: string[]) {
  return {
    contents: {
      pointId,
      objects: objects
        .filter(({ kind }) => kind !== 'Namespace')
        .map(({ kind, metadata }) => ({ apiVersion: apiVersions[kind]!, kind, namespace: metadata.namespace!, name: metadata.name })),
      volumes: claims.map((claim) => ({ namespace: 'shop', claim, method: 'file-system' as const, state: 'captured' as const, bytes: 9 })),
      errors: {},
    },
    objects,
  };
}

const stork = ['ClusterPair', 'BackupLocation'].map((kind) => ({
  group: 'stork.libopenstorage.org',
  version: 'v1alpha1',
  resource: `${kind.toLowerCase()}s`,
  kind,
  namespaced: true,
}));

/** One cluster with the applications above, and an engine that has captured them. */
export function createWorld(clock: Clock = systemClock) {
  const east = new MemoryCluster({ name: 'east', clock, types: stork });
  const shop = ownedBy('team-shop');
  east.seed([
    namespace('shop', shop),
    deployment('shop/web', {}, labelled('web')),
    statefulSet('shop/orders-db', { templates: ['data'] }, labelled('orders-db')),
    persistentVolumeClaim('shop/data-orders-db-0', {}, labelled('orders-db')),
    configMap('shop/settings', { password: 'planted-secret' }),
    namespace('mixed', shop),
    deployment('mixed/front', {}, labelled('front')),
    namespace('ml', ownedBy('team-ml')),
    deployment('ml/model', {}, labelled('model')),
    namespace('ml-shared', ownedBy('team-ml', { 'kubectl-dr.dev/shared-with': 'group:default/team-shop' })),
    deployment('ml-shared/search', {}, labelled('search')),
    namespace('orphan'),
    deployment('orphan/orphan-web', {}, labelled('orphan')),
  ]);
  const engine = new FakeEngine();
  engine.points = [
    point('shop-2', 5, ['shop']),
    point('shop-1', 60, ['shop']),
    point('mixed-1', 10, ['mixed', 'ml', 'ml-shared', 'orphan']),
  ];
  const ofShop = [namespace('shop', shop), deployment('shop/web'), statefulSet('shop/orders-db', { templates: ['data'] })];
  const ofMixed = [deployment('mixed/front'), deployment('ml/model'), deployment('ml-shared/search'), deployment('orphan/orphan-web')];
  for (const name of ['shop-1', 'shop-2'])
    engine.inside.set(`east/fake/fake/${name}`, inside(`east/fake/fake/${name}`, ofShop, ['data-orders-db-0']));
  engine.inside.set('east/fake/fake/mixed-1', inside('east/fake/fake/mixed-1', ofMixed, []));
  return { east, engine };
}

/** Every write that reached the cluster outside the engine's memory. */
export function journals(cluster: MemoryCluster): KubeObject[] {
  return cluster.peek(types.configMaps, 'kubectl-dr');
}
