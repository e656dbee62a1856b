import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

const owner = 'group:default/team-shop';

/** What makes an object a part of the application. */
export function labelsOf(application: string, component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': component, 'app.kubernetes.io/part-of': application };
}

/**
 * An application alone in a namespace of its own name: a database with its volume and a web server that depends on it. The
 * labels alone tell what belongs together; Secret and ConfigMap carry none, and are found by who refers to them.
 */
export function shop(application: string): KubeObject[] {
  const labels = (component: string): Record<string, string> => labelsOf(application, component);
  const metadata = (name: string, extra: Record<string, unknown> = {}) => ({
    name,
    namespace: application,
    labels: labels(name),
    ...extra,
  });
  const pods = (component: string, spec: Record<string, unknown> = {}) => ({
    metadata: { labels: labels(component) },
    // A namespace waits half of the time that its pods may take to end.
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: `example/${component}:1`, ...spec }] },
  });
  const selector = (component: string) => ({ matchLabels: { 'app.kubernetes.io/name': component } });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: application, annotations: { 'kubectl-dr.dev/owner': owner } } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'orders-db', namespace: application }, data: { password: 'b2xk' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: application }, data: { page: 'hello' } },
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
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('web', { annotations: { 'kubectl-dr.dev/depends-on': 'orders-db' } }),
      spec: { replicas: 2, selector: selector('web'), template: pods('web', { envFrom: [{ configMapRef: { name: 'web' } }] }) },
    },
  ];
}

/** A part of it as a catalog tells it. `dependsOn`: as entities refer to each other. */
export function entityOf(application: string, kind: 'Component' | 'Resource', name: string, dependsOn: string[] = []): CatalogEntity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name,
      annotations: {
        'backstage.io/kubernetes-namespace': application,
        'backstage.io/kubernetes-cluster': 'east',
        'backstage.io/kubernetes-label-selector': `app.kubernetes.io/name=${name}`,
      },
    },
    spec: { type: 'service', owner: 'team-shop', system: application, dependsOn },
  };
}

/** The same as a catalog tells it: then a part is known even when nothing of it is left. `besides`: what web depends on, too. */
export function catalogOf(application: string, policy?: Record<string, unknown>, besides: string[] = []): CatalogEntity[] {
  return [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'System',
      metadata: { name: application, ...(policy && { annotations: { 'kubectl-dr.dev/policy': 'gold' } }) },
      spec: { owner: 'team-shop' },
    },
    ...(policy ? [{ apiVersion: 'kubectl-dr.dev/v1alpha1', kind: 'DRPolicy', metadata: { name: 'gold' }, spec: policy }] : []),
    entityOf(application, 'Component', 'web', ['resource:orders-db', ...besides]),
    entityOf(application, 'Resource', 'orders-db'),
  ];
}
