import fc from 'fast-check';
import type { KubeObject } from '../ports/kubernetes.ts';
import { ClusterInventory, applicationKinds } from './cluster-inventory.ts';
import { inventoryOf } from './inventory.ts';
import { claim, job, namespace, pod, reading, workload } from './objects.fixture.ts';

const inventory = (...objects: KubeObject[]) => new ClusterInventory(reading('east', [namespace('shop'), ...objects])).namespace('shop')!;

describe('inventory', () => {
  it('follows claims from pod templates, claim templates and scaled-down sets', () => {
    const shop = inventory(
      workload('shop/web'),
      workload('shop/files', { claims: ['uploads', 'not-there'] }),
      workload('shop/db', { kind: 'StatefulSet', templates: ['data'], replicas: 2 }),
      ...['uploads', 'data-db-0', 'data-db-1', 'data-db-2', 'data-dbx-0', 'data-db-old', 'leftover'].map((name) => claim(`shop/${name}`)),
    );
    const claims = (placement: object) => inventoryOf(placement, shop).claims.map(({ name, object }) => (object ? name : `${name}?`));
    expect(claims({ workloads: ['StatefulSet/db'] })).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
    expect(claims({ workloads: ['Deployment/files'] })).toEqual(['not-there?', 'uploads']);
    expect(claims({ workloads: ['Deployment/web'] })).toEqual([]);
    expect(claims({})).toContain('leftover');
  });

  it('selects by the labels of a workload or of its pods, and claims by theirs', () => {
    const shop = inventory(
      workload('shop/web', { labels: { tier: 'front' } }),
      workload('shop/db'),
      claim('shop/cache', { labels: { tier: 'front' } }),
    );
    expect(inventoryOf({ labelSelector: 'tier=front' }, shop)).toMatchObject({ workloads: [{ name: 'web' }], claims: [{ name: 'cache' }] });
    expect(inventoryOf({ labelSelector: 'app=db' }, shop).workloads.map(({ name }) => name)).toEqual(['db']);
    expect(inventoryOf({ labelSelector: 'not a selector =' }, shop)).toEqual({ workloads: [], claims: [], references: [] });
  });

  it('lists what the pods refer to', () => {
    const podSpec = {
      serviceAccountName: 'runner',
      imagePullSecrets: [{ name: 'registry' }],
      initContainers: [{ envFrom: [{ configMapRef: { name: 'base' } }] }],
      containers: [
        { image: 'a', env: [{ valueFrom: { secretKeyRef: { name: 'password' } } }, { valueFrom: { configMapKeyRef: { name: 'flags' } } }] },
      ],
      volumes: [
        { configMap: { name: 'files' } },
        { secret: { secretName: 'tls' } },
        { projected: { sources: [{ secret: { name: 'token' } }] } },
      ],
    };
    const shop = inventory(workload('shop/web', { podSpec }));
    expect(inventoryOf({}, shop).references.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'ConfigMap/base',
      'ConfigMap/files',
      'ConfigMap/flags',
      'Secret/password',
      'Secret/registry',
      'Secret/tls',
      'Secret/token',
      'ServiceAccount/runner',
    ]);
  });

  it('says what is not ready, and why', () => {
    const shop = inventory(
      workload('shop/web', { replicas: 2, ready: 1 }),
      pod('shop/web-1-x', { owner: ['ReplicaSet', 'web-1'], labels: { app: 'web' }, ready: false, waiting: 'CrashLoopBackOff' }),
      workload('shop/off', { replicas: 0 }),
      workload('shop/agent', { kind: 'DaemonSet', replicas: 3, ready: 3 }),
      {
        ...workload('shop/new'),
        metadata: { name: 'new', namespace: 'shop', generation: 2 },
        status: { observedGeneration: 1, readyReplicas: 1 },
      },
      { ...workload('shop/bare'), status: undefined },
    );
    expect(shop.workloads.map(({ name, ready, message }) => [name, ready, message])).toEqual([
      ['web', false, '1 of 2 ready: CrashLoopBackOff (web-1-x)'],
      ['off', true, 'scaled to 0'],
      ['new', false, 'its latest change has not been acted on yet'],
      ['bare', false, '0 of 1 ready'],
      ['agent', true, undefined],
    ]);
  });

  it('takes bare pods and pods of operators as workloads, and nothing twice', () => {
    const shop = inventory(
      workload('shop/web'),
      pod('shop/web-7f9-a', { owner: ['ReplicaSet', 'web-7f9'] }),
      pod('shop/lone-5d-a', { owner: ['ReplicaSet', 'lone-5d'] }),
      pod('shop/pg-1', { owner: ['Cluster', 'pg'], claims: ['pg-1'] }),
      pod('shop/pg-2', { owner: ['Cluster', 'pg'], claims: ['pg-2'], ready: false }),
      pod('shop/debug'),
      pod('shop/test', { phase: 'Succeeded' }),
      pod('shop/db-0', { owner: ['StatefulSet', 'db'] }),
      job('shop/nightly-1', false, { owner: 'nightly' }),
      job('shop/migrate', true),
    );
    expect(shop.workloads.map(({ kind, name, claims, message }) => [`${kind}/${name}`, claims, message])).toEqual([
      ['Deployment/web', [], undefined],
      ['Job/migrate', [], 'complete'],
      ['ReplicaSet/lone-5d', [], undefined],
      ['Cluster/pg', ['pg-1', 'pg-2'], '1 of 2 ready'],
      ['Pod/debug', [], undefined],
    ]);
  });

  it('knows namespaces only through their objects when it may not list them', () => {
    const cluster = new ClusterInventory(reading('east', [workload('shop/web')]));
    expect(cluster.names()).toEqual(['shop']);
    expect(cluster.namespace('shop')).toMatchObject({ observed: false, workloads: [{ name: 'web' }] });
    expect(cluster.namespace('other')).toBeUndefined();
  });

  it('asks for the kinds it reads', () => {
    expect(applicationKinds.map(({ resource }) => resource)).toEqual([
      'namespaces',
      'deployments',
      'statefulsets',
      'daemonsets',
      'cronjobs',
      'jobs',
      'persistentvolumeclaims',
      'pods',
    ]);
  });

  it('survives anything in a list', () => {
    const odd = fc.anything().map((value) => value as KubeObject);
    const spec = fc.record({ replicas: fc.anything(), template: fc.anything(), volumeClaimTemplates: fc.anything() });
    const half = fc.record({
      metadata: fc.record({ name: fc.string({ minLength: 1 }), namespace: fc.constant('shop'), labels: fc.anything() }),
      spec,
      status: fc.anything(),
    });
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            odd,
            half.map((value) => value as unknown as KubeObject),
          ),
          { maxLength: 5 },
        ),
        (items) => {
          const objects = new Map(applicationKinds.map(({ resource }) => [resource, items]));
          objects.set('namespaces', [namespace('shop'), ...items]);
          const cluster = new ClusterInventory(reading('east', [], { objects }));
          for (const name of cluster.names()) inventoryOf({ labelSelector: 'a=b' }, cluster.namespace(name)!);
        },
      ),
    );
  });
});
