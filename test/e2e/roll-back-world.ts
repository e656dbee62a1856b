import type { Catalog } from '@kubectl-dr/core/ports/catalog';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { VeleroStage } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';

const owner = 'group:default/team-shop';

/** A database with its volume and a web server that depends on it, described by labels alone. Time passes while somebody waits. */
export class RollBackWorld {
  readonly velero: VeleroStage;
  readonly clock: Clock;
  /** Whether a catalog names the parts: then one is known even when nothing of it is left. */
  catalogued = false;
  /** By how much the clock of whoever works here is ahead of the cluster's, milliseconds. */
  ahead = 0;

  private constructor(velero: VeleroStage) {
    this.velero = velero;
    this.clock = {
      now: () => new Date(velero.clock.now().getTime() + this.ahead),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await velero.clock.advance(milliseconds);
        await velero.stage.idle();
        signal?.throwIfAborted();
      },
    };
  }

  static async open(): Promise<RollBackWorld> {
    const world = new RollBackWorld(await VeleroStage.open());
    for (const object of shop()) await world.velero.create(object);
    await world.velero.stage.idle();
    world.write({ 'orders.csv': '1,apples\n2,pears\n' });
    return world;
  }

  /** `cluster`: as the service sees it, for tests in which calls fail. */
  service(holder = 'me', cluster: ClusterClient = this.velero.stage.cluster): DrService {
    const clusters = [cluster];
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine],
      clock: this.clock,
      holder,
      ...(this.catalogued && { catalog }),
    });
  }

  write(files: Record<string, string>): void {
    this.velero.write('shop', 'data-orders-db-0', files);
  }

  files() {
    return this.velero.read('shop', 'data-orders-db-0');
  }

  async pass(minutes: number): Promise<void> {
    await this.velero.clock.advance(minutes * 60_000);
    await this.velero.stage.idle();
  }

  close(): void {
    this.velero.stage.close();
  }
}

const part = (kind: string, name: string, dependsOn: string[] = []) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    annotations: {
      'backstage.io/kubernetes-namespace': 'shop',
      'backstage.io/kubernetes-cluster': 'east',
      'backstage.io/kubernetes-label-selector': `app.kubernetes.io/name=${name}`,
    },
  },
  spec: { type: 'service', owner: 'team-shop', system: 'shop', dependsOn },
});

const catalog: Catalog = {
  read: async () => ({
    entities: [
      { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'shop' }, spec: { owner: 'team-shop' } },
      part('Component', 'web', ['resource:orders-db']),
      part('Resource', 'orders-db'),
    ],
    problems: [],
  }),
};

function shop(): KubeObject[] {
  const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' });
  const metadata = (name: string, extra: Record<string, unknown> = {}) => ({ name, namespace: 'shop', labels: labels(name), ...extra });
  const pods = (name: string, spec: Record<string, unknown> = {}) => ({
    metadata: { labels: labels(name) },
    spec: { containers: [{ name: 'main', image: `example/${name}:1`, ...spec }] },
  });
  const selector = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: { 'kubectl-dr.dev/owner': owner } } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'orders-db', namespace: 'shop' }, data: { password: 'b2xk' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' }, data: { page: 'hello' } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('orders-db'),
      spec: {
        replicas: 1,
        serviceName: 'orders-db',
        selector: selector('orders-db'),
        template: pods('orders-db', {
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'orders-db', key: 'password' } } }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        }),
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('web', { annotations: { 'kubectl-dr.dev/depends-on': 'orders-db' } }),
      spec: { replicas: 2, selector: selector('web'), template: pods('web', { envFrom: [{ configMapRef: { name: 'web' } }] }) },
    },
  ] as KubeObject[];
}
