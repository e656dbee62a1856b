import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import fc from 'fast-check';
import { labelsOf } from './shop.ts';

/** A component beside those of the shop. */
export interface Piece {
  /** Of its StatefulSet; a Deployment has none. */
  volumes: number;
  stateful: boolean;
  replicas: number;
  /** Numbers of pieces, its own and unknown ones included; -1 is the database. */
  needs: number[];
}

export const pieces: fc.Arbitrary<Piece[]> = fc.array(
  fc.record({
    volumes: fc.integer({ min: 0, max: 2 }),
    stateful: fc.boolean(),
    replicas: fc.integer({ min: 0, max: 2 }),
    needs: fc.uniqueArray(fc.integer({ min: -1, max: 3 }), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 3 },
);

const volumeNames = ['data', 'logs'];

/** Workloads that depend on each other in whatever way, each with a ConfigMap that no label but its own tells apart. */
export function objectsOf(application: string, all: readonly Piece[]): KubeObject[] {
  return all.flatMap(({ volumes, stateful, replicas, needs }, index) => {
    const name = `c${index}`;
    const labels = labelsOf(application, name);
    const needed = needs.map((each) => (each < 0 ? 'orders-db' : `c${each}`));
    const mounts = stateful ? volumeNames.slice(0, volumes) : [];
    const metadata = {
      name,
      namespace: application,
      labels,
      ...(needed.length > 0 && { annotations: { 'kubectl-dr.dev/depends-on': needed.join(',') } }),
    };
    const container = {
      name: 'main',
      image: `example/${name}:1`,
      envFrom: [{ configMapRef: { name } }],
      volumeMounts: mounts.map((each) => ({ name: each, mountPath: `/${each}` })),
    };
    return [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: application }, data: { page: 'old' } },
      {
        apiVersion: 'apps/v1',
        kind: stateful ? 'StatefulSet' : 'Deployment',
        metadata,
        spec: {
          replicas,
          ...(stateful && { serviceName: name }),
          selector: { matchLabels: { 'app.kubernetes.io/name': name } },
          template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } },
          ...(mounts.length > 0 && {
            volumeClaimTemplates: mounts.map((each) => ({
              metadata: { name: each },
              spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
            })),
          }),
        },
      },
    ];
  });
}

/** What acts in the world: only one of them may. */
export function actors(application: string): KubeObject[] {
  const metadata = (name: string) => ({ name, namespace: application, labels: labelsOf(application, 'web') });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example/mails:1' }] } };
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return [
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadata('mails'),
      spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: { template } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('web'),
      spec: { type: 'LoadBalancer', selector: labelsOf(application, 'web'), ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata('web'),
      spec: { rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    },
  ];
}
