import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { nodes, snapshotClass, storageClasses } from '../hardware.ts';
import { MemoryBuckets } from '../object-store.ts';
import { Stage } from '../stage.ts';
import type { Files } from '../volumes/volume-store.ts';
import { unpackJson } from './archive.ts';
import { BackupBucket } from './bucket.ts';
import type { VeleroBehaviour } from './context.ts';
import { behaviour } from './context.ts';
import { veleroDefinitions } from './crds.ts';
import { veleroInstallation } from './install.ts';
import { kinds } from './kinds.ts';
import { veleroControllers, veleroOptions } from './velero.ts';

/** A cluster with Velero and a namespace `shop`: a database with a volume, and a web server. Time stands still. */
export class VeleroStage {
  readonly clock: FakeClock;
  readonly buckets: MemoryBuckets;
  readonly stage: Stage;
  readonly behaviour: VeleroBehaviour;

  constructor(name = 'east', buckets = new MemoryBuckets(['backups']), clock = new FakeClock()) {
    this.clock = clock;
    this.buckets = buckets;
    this.behaviour = behaviour();
    this.stage = new Stage({
      name,
      clock,
      durations: { ...instant },
      crds: veleroDefinitions(),
      onError: (error, controller) => {
        // eslint-disable-next-line no-console -- a failing controller must be seen in a failing test
        console.error(controller, error);
      },
    });
  }

  static async open(...options: ConstructorParameters<typeof VeleroStage>): Promise<VeleroStage> {
    const made = new VeleroStage(...options);
    const { stage } = made;
    stage.start();
    stage.startSnapshots();
    await createAll(stage.cluster, [...nodes([{ name: 'a', zone: 'eu-1a' }]), ...storageClasses(), snapshotClass()]);
    await createAll(stage.cluster, veleroInstallation('v1.18.1', [{ name: 'default', bucket: 'backups', isDefault: true }]));
    stage.run(veleroControllers(veleroOptions(stage, made.buckets, made.behaviour, () => 'https://sandbox.invalid')));
    await stage.idle();
    return made;
  }

  async shop(): Promise<void> {
    await createAll(this.stage.cluster, shopObjects());
    await this.stage.idle();
    this.write('shop', 'data-db-0', { 'orders.csv': '1,apples\n2,pears\n' });
  }

  create(object: KubeObject): Promise<void> {
    return createAll(this.stage.cluster, [object]);
  }

  get(type: ResourceType, name: string, namespace = 'velero'): Promise<KubeObject> {
    return this.stage.cluster.get({ type, name, ...(type.namespaced && { namespace }) });
  }

  async names(type: ResourceType, namespace?: string): Promise<string[]> {
    const { items } = await this.stage.cluster.list(type, namespace === undefined ? {} : { namespace });
    return items.map((item) => item.metadata.name).sort();
  }

  async backup(
    name: string,
    spec: Record<string, unknown> = { includedNamespaces: ['shop'] },
    metadata: Record<string, unknown> = {},
  ): Promise<KubeObject> {
    await this.create({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name, namespace: 'velero', ...metadata }, spec });
    await this.stage.idle();
    return this.get(kinds.backups, name);
  }

  async restore(name: string, spec: Record<string, unknown>): Promise<KubeObject> {
    await this.create({ apiVersion: 'velero.io/v1', kind: 'Restore', metadata: { name, namespace: 'velero' }, spec });
    await this.stage.idle();
    return this.get(kinds.restores, name);
  }

  bucket(prefix = ''): BackupBucket {
    return new BackupBucket(this.buckets.open('backups')!, prefix);
  }

  async json(kind: string, name: string): Promise<unknown> {
    const bytes = await this.bucket().artefact(kind, name);
    return bytes === undefined ? undefined : unpackJson(bytes);
  }

  async volumeOf(namespace: string, claim: string): Promise<string> {
    return textAt(await this.get(types.persistentVolumeClaims, claim, namespace), 'spec', 'volumeName');
  }

  async read(namespace: string, claim: string): Promise<Files | undefined> {
    return this.stage.volumes.read(await this.volumeOf(namespace, claim));
  }

  write(namespace: string, claim: string, files: Files): void {
    const stored = this.stage.api.store.get('persistentvolumeclaims', namespace, claim);
    this.stage.volumes.write(textAt(stored, 'spec', 'volumeName'), files);
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.stage.cluster.delete({ type: types.namespaces, name });
    await this.stage.idle();
  }
}

export function shopObjects(namespace = 'shop'): KubeObject[] {
  const pod = (name: string, extra: Record<string, unknown> = {}): Record<string, unknown> => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: `example/${name}:1` }], ...extra },
  });
  const selector = (name: string): Record<string, unknown> => ({ matchLabels: { app: name } });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { team: 'shop' } } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace }, data: { password: 'c2VjcmV0' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace, labels: { app: 'web' } }, data: { page: 'hello' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace, labels: { app: 'web' } },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace, labels: { app: 'db' } },
      spec: {
        replicas: 1,
        selector: selector('db'),
        template: pod('db', {
          containers: [{ name: 'main', image: 'example/db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        }),
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace, labels: { app: 'web' } },
      spec: { replicas: 2, selector: selector('web'), template: pod('web') },
    },
  ];
}
