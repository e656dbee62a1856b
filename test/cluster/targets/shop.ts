import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import type { Files } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import type { LivingCluster } from './stage.ts';

export const owner = 'group:default/team-shop';
export const orders: Files = { 'orders.csv': '1,apples\n2,pears\n' };

/** A database with a volume and a web server that needs it, and what acts in the world around them. */
export function shop(namespace = 'shop', storageClassName = 'standard'): KubeObject[] {
  const labels = (component: string): Record<string, string> => ({
    'app.kubernetes.io/part-of': 'shop',
    'app.kubernetes.io/component': component,
    app: component,
  });
  const template = (component: string, spec: Record<string, unknown>): Record<string, unknown> => ({
    metadata: { labels: labels(component) },
    // A namespace waits half of the time that its pods may take to end.
    spec: { terminationGracePeriodSeconds: 0, ...spec },
  });
  const of = (component: string, name: string): KubeObject['metadata'] => ({ name, namespace, labels: labels(component) });
  const selector = (component: string): Record<string, unknown> => ({ matchLabels: { app: component } });
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { team: 'shop' }, annotations: { 'kubectl-dr.dev/owner': owner } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: of('web', 'shop') },
    { apiVersion: 'v1', kind: 'Secret', metadata: of('db', 'db'), type: 'Opaque', data: { password: 'c2VjcmV0' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: of('web', 'web'), data: { page: 'hello', 'a.txt': 'ü' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: of('web', 'web'),
      spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: of('db', 'db'),
      spec: {
        serviceName: 'db',
        replicas: 1,
        selector: selector('db'),
        template: template('db', {
          containers: [
            {
              name: 'main',
              image: 'example/db:1',
              envFrom: [{ secretRef: { name: 'db' } }],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
        }),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: labels('db') },
            spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...of('web', 'web'), annotations: { 'kubectl-dr.dev/depends-on': 'db' } },
      spec: {
        replicas: 2,
        selector: selector('web'),
        template: template('web', {
          serviceAccountName: 'shop',
          containers: [
            {
              name: 'main',
              image: 'example/web:1',
              ports: [{ containerPort: 8080, protocol: 'TCP' }],
              envFrom: [{ configMapRef: { name: 'web' } }],
            },
          ],
        }),
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: of('web', 'mails'),
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example/mails:1' }] } } } },
      },
    },
  ];
}

/** A second program with a disk, for who wants to see several volumes. */
export async function addCart({ cluster, client }: LivingCluster, namespace = 'shop'): Promise<void> {
  const labels = { 'app.kubernetes.io/part-of': 'shop', 'app.kubernetes.io/component': 'cart', app: 'cart' };
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'cart', namespace, labels },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'quick', resources: { requests: { storage: '1Gi' } } },
  };
  await createAll(cluster, [claim]);
  const ref = { type: types.persistentVolumeClaims, namespace, name: 'cart' };
  await eventually(
    async () => ((await client.get(ref)).status as { phase?: string } | undefined)?.phase === 'Bound',
    `${namespace}/cart has a volume`,
  );
}

/** The shop, running, with orders on its disk. */
export async function openShop(stage: LivingCluster, namespace = 'shop', storageClassName = 'standard'): Promise<void> {
  await createAll(stage.cluster, shop(namespace, storageClassName));
  await running(stage.client, namespace);
  await writeOrders(stage, orders, namespace);
}

export async function running(cluster: ClusterClient, namespace = 'shop'): Promise<void> {
  const ready = async (type: (typeof types)['deployments' | 'statefulSets'], name: string): Promise<unknown> =>
    ((await cluster.get({ type, namespace, name })).status as { readyReplicas?: number } | undefined)?.readyReplicas;
  await eventually(
    async () => (await ready(types.deployments, 'web')) === 2 && (await ready(types.statefulSets, 'db')) === 1,
    `${namespace} is ready`,
  );
}

/** The PersistentVolume of the database. */
export async function volumeOf({ client }: LivingCluster, namespace = 'shop'): Promise<string> {
  const claim = await client.get({ type: types.persistentVolumeClaims, namespace, name: 'data-db-0' });
  return (claim.spec as { volumeName: string }).volumeName;
}

export async function readOrders(stage: LivingCluster, namespace = 'shop'): Promise<Files | undefined> {
  return stage.disks.read(await volumeOf(stage, namespace));
}

export async function writeOrders(stage: LivingCluster, files: Files, namespace = 'shop'): Promise<void> {
  await stage.disks.write(await volumeOf(stage, namespace), files);
}
