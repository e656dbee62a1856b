import { gunzipSync } from 'node:zlib';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { manyKinds, twoComponents } from './objects.ts';
import { removeNamespace } from '../targets/stage.ts';
import type { ProtectedCluster } from '../targets/velero.ts';

type Spec = Record<string, unknown>;

/** What one case sees of a cluster: its own namespaces, and answers without what differs from run to run. */
export class World {
  readonly client: ClusterClient;
  readonly #stage: ProtectedCluster;
  readonly #prefix: string;

  constructor(stage: ProtectedCluster, index: number) {
    this.#stage = stage;
    this.client = stage.client;
    this.#prefix = `c${String(index).padStart(2, '0')}${crypto.randomUUID().slice(0, 3)}`;
  }

  /** A name that only this case uses. */
  name(of: string): string {
    return `${this.#prefix}-${of}`;
  }

  /** A namespace with two components, `web` and `db`, none of which runs anything. */
  async open(of: string, labels: Record<string, string> = {}): Promise<string> {
    const namespace = this.name(of);
    await createAll(this.#stage.cluster, twoComponents(namespace, of, labels));
    return namespace;
  }

  /** A claim with a disk, used by nobody. */
  async claim(namespace: string, storageClassName: string): Promise<void> {
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } };
    await this.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec });
    const ref = { type: types.persistentVolumeClaims, namespace, name: 'data' };
    await eventually(async () => phaseOf(await this.client.get(ref)) === 'Bound', 'the claim is bound');
    await this.#stage.disks.write((await this.client.get(ref)).spec!['volumeName' as never], { 'file.txt': 'kept' });
  }

  /** A pod, started by nobody but itself, that mounts a claim. */
  async pod(namespace: string, claimName: string): Promise<void> {
    const spec = {
      containers: [{ name: 'main', image: 'example/lone:1', volumeMounts: [{ name: 'files', mountPath: '/files' }] }],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName } }],
    };
    await this.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lone', namespace, labels: { lone: 'yes' } }, spec });
    const ref = { type: types.pods, namespace, name: 'lone' };
    await eventually(async () => phaseOf(await this.client.get(ref)) === 'Running', 'the pod runs');
  }

  /** A claim for a volume that is made when a pod asks for it, and none does. */
  async waitingClaim(namespace: string): Promise<void> {
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } };
    await this.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec });
    const ref = { type: types.persistentVolumeClaims, namespace, name: 'data' };
    await eventually(async () => phaseOf(await this.client.get(ref)) === 'Pending', 'the claim waits');
  }

  /** A claim bound to a folder of a node. */
  async folder(namespace: string): Promise<void> {
    const common = { accessModes: ['ReadWriteOnce'], storageClassName: this.name('folders') };
    const volume = { ...common, capacity: { storage: '1Gi' }, hostPath: { path: '/srv/files' }, persistentVolumeReclaimPolicy: 'Retain' };
    const claim = { ...common, resources: { requests: { storage: '1Gi' } } };
    await this.create({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: this.name('folder') }, spec: volume });
    await this.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace }, spec: claim });
    const ref = { type: types.persistentVolumeClaims, namespace, name: 'data' };
    await eventually(async () => phaseOf(await this.client.get(ref)) === 'Bound', 'the claim is bound');
  }

  /** One of each kind that the server treats in its own way. */
  async manyKinds(namespace: string): Promise<void> {
    await createAll(this.#stage.cluster, manyKinds(namespace));
    await this.claim(namespace, 'quick');
    await this.pod(namespace, 'data');
  }

  create(object: KubeObject): Promise<void> {
    return createAll(this.#stage.cluster, [object]);
  }

  close(namespace: string): Promise<void> {
    return removeNamespace(this.client, namespace);
  }

  /** A Backup carried out, and what came of it. */
  async backup(of: string, spec: Spec, metadata: Spec = {}): Promise<unknown> {
    const name = this.name(of);
    await this.create(this.#object('Backup', name, spec, metadata));
    return this.backupOutcome(name);
  }

  async backupOutcome(name: string): Promise<unknown> {
    const object = await this.#ended(kinds.backups, name);
    const ended = ['Completed', 'PartiallyFailed'].includes(phaseOf(object));
    return this.mask({
      ...outcomeOf(object),
      ...(ended && {
        objects: this.#listed(await this.artefact('BackupResourceList', name)),
        volumes: volumesOf(await this.artefact('BackupVolumeInfos', name)),
        said: saidOf(await this.artefact('BackupResults', name)),
      }),
    });
  }

  async restore(of: string, spec: Spec): Promise<unknown> {
    const name = this.name(of);
    await this.create(this.#object('Restore', name, spec));
    const object = await this.#ended(kinds.restores, name);
    const ended = ['Completed', 'PartiallyFailed'].includes(phaseOf(object));
    if (!ended) return this.mask(outcomeOf(object));
    // Their number depends on what controllers wrote into the namespace in the meantime.
    const { warnings: _, errors: __, ...outcome } = outcomeOf(object);
    return this.mask({
      ...outcome,
      objects: this.#listed(await this.artefact('RestoreResourceList', name)),
      volumes: returnedOf(await this.artefact('RestoreVolumeInfo', name)),
      said: saidOf(await this.artefact('RestoreResults', name)),
    });
  }

  /** Data, type and labels of what is in a namespace now. */
  async live(namespace: string): Promise<unknown> {
    if (!(await exists(this.client, { type: types.namespaces, name: namespace }))) return 'no such namespace';
    const result: Record<string, unknown> = {};
    for (const type of [types.configMaps, types.secrets, types.services, types.deployments, types.serviceAccounts]) {
      for (const { metadata, data, spec } of (await this.client.list(type, { namespace })).items) {
        if (generated(metadata.name)) continue;
        const { type: serviceType, replicas } = (spec ?? {}) as { type?: string; replicas?: number };
        const labels = Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('velero.io/')));
        result[`${type.kind}/${metadata.name}`] = {
          ...(data !== undefined && { data }),
          ...(serviceType !== undefined && { type: serviceType }),
          ...(replicas !== undefined && { replicas }),
          ...(Object.keys(labels).length > 0 && { labels }),
          restored: metadata.labels?.['velero.io/restore-name'] !== undefined,
        };
      }
    }
    return this.mask(result);
  }

  /** What a DownloadRequest leads to, unpacked and read as JSON; undefined when there is nothing. */
  async artefact(kind: string, name: string): Promise<unknown> {
    const text = await this.#download(kind, name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** What a restore tried to create, in that order, by its log. */
  async attempts(of: string): Promise<string[]> {
    const log = (await this.#download('RestoreLog', this.name(of))) ?? '';
    const tried = [...log.matchAll(/Attempting to restore (\S+): ([^"\s]+?)\.?"/g)].map(([, kind, name]) => `${kind}/${name}`);
    return this.mask(
      tried.filter((what) => !/kube-root-ca|\/default$|EndpointSlice|Endpoints|ReplicaSet|ControllerRevision|Snapshot/.test(what)),
    ) as string[];
  }

  /** A DownloadRequest that gets no answer. */
  async unanswered(kind: string, name: string): Promise<unknown> {
    const request = this.name('request');
    await this.create(this.#object('DownloadRequest', request, { target: { kind, name } }));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { status } = await this.client.get(this.ref(kinds.downloadRequests, request));
    return this.mask(status ?? {});
  }

  async #download(kind: string, name: string): Promise<string | undefined> {
    const request = `${name}-${crypto.randomUUID().slice(0, 8)}`;
    await this.create(this.#object('DownloadRequest', request, { target: { kind, name } }));
    const ref = this.ref(kinds.downloadRequests, request);
    let url: string | undefined;
    await eventually(async () => {
      url = ((await this.client.get(ref)).status as { downloadURL?: string } | undefined)?.downloadURL;
      return url !== undefined && url !== '';
    }, `${kind} of ${name} has a link`);
    const bytes = await this.client.download(url!).catch((error: Error) => {
      if (error.name === 'NotFoundError') return undefined;
      throw error;
    });
    return bytes === undefined ? undefined : gunzipSync(bytes).toString();
  }

  ref(type: ResourceType, name: string): ObjectRef {
    return { type, namespace: 'velero', name };
  }

  mask(value: unknown): unknown {
    const text = JSON.stringify(value)
      .replaceAll(this.#prefix, 'case')
      .replaceAll(/velero-data-[a-z0-9]{5}\b/g, 'velero-data-<id>')
      .replaceAll(/\/tmp\/\d+\//g, '/tmp/<id>/')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
      .replaceAll(/\d{14}/g, '<time>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>');
    return JSON.parse(text);
  }

  #listed(list: unknown): Record<string, string[]> {
    const result: Record<string, string[]> = {};
    for (const [kind, names] of Object.entries((list ?? {}) as Record<string, string[]>).toSorted()) {
      if (!shown.test(kind)) continue;
      // Some requests reach beyond their case; whose namespaces were there then is chance.
      const kept = names
        .filter((name) => !generated(name))
        .map((name) =>
          name.includes(this.#prefix) ? name : name.startsWith('pvc-') ? name.replace(/^pvc-[0-9a-f-]{36}/, 'pvc-<uid>') : 'others',
        );
      if (kept.length > 0) result[kind] = [...new Set(kept)].toSorted();
    }
    return result;
  }

  async #ended(type: ResourceType, name: string): Promise<KubeObject> {
    const end = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];
    let object: KubeObject | undefined;
    await eventually(
      async () => {
        object = await this.client.get(this.ref(type, name));
        return end.includes(phaseOf(object));
      },
      `${type.kind} ${name} ended`,
      60_000,
    );
    return object!;
  }

  #object(kind: string, name: string, spec: Spec, metadata: Spec = {}): KubeObject {
    return { apiVersion: 'velero.io/v1', kind, metadata: { name, namespace: 'velero', ...metadata }, spec };
  }
}

function phaseOf({ status }: KubeObject): string {
  return (status as { phase?: string } | undefined)?.phase ?? '';
}

function outcomeOf(object: KubeObject): Spec {
  const { phase, warnings, errors, validationErrors, failureReason, csiVolumeSnapshotsAttempted, csiVolumeSnapshotsCompleted } =
    object.status as Spec;
  const known = { phase, warnings, errors, validationErrors, failureReason, csiVolumeSnapshotsAttempted, csiVolumeSnapshotsCompleted };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** Kinds that these cases are about; a real cluster holds more, and its controllers write more. */
const shown =
  /^(v1\/(Namespace|ConfigMap|Secret|Service|ServiceAccount|PersistentVolumeClaim|PersistentVolume|Pod)|apps\/v1\/(Deployment|StatefulSet)|batch\/v1\/\w+|(rbac\.authorization|networking)\.k8s\.io\/v1\/\w+|policy\/v1\/\w+)$/;

function generated(name: string): boolean {
  return /(^|\/)(kube-root-ca\.crt|default)(\(|$)/.test(name);
}

function volumesOf(infos: unknown): unknown[] {
  return ((infos ?? []) as Spec[]).map(({ pvcName, backupMethod, skipped, skippedReason, result, snapshotDataMoved }) => ({
    pvcName,
    ...(backupMethod ? { backupMethod } : {}),
    ...(skipped ? { skipped, skippedReason } : {}),
    ...(result ? { result } : {}),
    snapshotDataMoved,
  }));
}

/** How the data of claims came back. */
function returnedOf(infos: unknown): unknown[] {
  return ((infos ?? []) as Spec[]).map(({ pvcName, pvcNamespace, restoreMethod, snapshotDataMoved }) => ({
    pvcName,
    pvcNamespace,
    restoreMethod,
    snapshotDataMoved,
  }));
}

/** What the results say of the objects that are shown, per part, in order. */
function saidOf(results: unknown): unknown {
  const { warnings = {}, errors = {} } = (results ?? {}) as { warnings?: Spec; errors?: Spec };
  const flat = (part: Spec): string[] =>
    ['velero', 'cluster', 'namespaces']
      .flatMap((key) => Object.values((part[key] ?? {}) as Record<string, string | string[]>).flat())
      .filter((text) => !/kube-root-ca|ServiceAccount:default|ControllerRevision:|ReplicaSet:|EndpointSlice:|Endpoints:/.test(text))
      // What follows a refusal of the API server is its two versions, side by side.
      .map((text) => text.replace(/\n@@[^]*|\n {2}core\.[^]*/, ''))
      .toSorted();
  return { warnings: flat(warnings), errors: flat(errors) };
}
