import { labels } from '../application/model.ts';
import { ConflictError, InputError, NotFoundError, ServiceUnavailableError } from '../errors.ts';
import type { BackupRequest, Engine, EngineCapabilities, RestoreRequest } from '../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../ports/engine-context.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { FakeReplicator } from './fake-replicator.ts';
import type { PointContents, ProtectionState, RecoveryPoint } from '../protection/model.ts';

const captured = [types.configMaps, types.secrets, types.services, types.deployments, types.statefulSets, types.persistentVolumeClaims];

/** An engine in memory: what was started is remembered by name, and ends after it was looked at so many times. */
export class FakeEngine implements Engine {
  readonly id = 'fake';
  readonly title = 'Fake';
  readonly capabilities: EngineCapabilities = {
    backup: true,
    clone: true,
    inPlace: true,
    contents: true,
    configuration: true,
    replication: false,
    crossCluster: false,
  };
  readonly kinds = [];
  readonly backups = new Map<string, { request: BackupRequest; looks: number }>();
  readonly restores = new Map<string, { request: RestoreRequest; looks: number }>();
  /** Names in the order in which they were started the first time. */
  readonly started: string[] = [];
  /** Restores whose name contains this end Failed. */
  failing: string | undefined;
  looksUntilEnd = 2;
  /** What every cluster of that name shows; what is inside them by point id. */
  points: RecoveryPoint[] = [];
  /** Points of backups that were started, by name. */
  readonly made = new Map<string, RecoveryPoint>();
  readonly inside = new Map<string, { contents: PointContents; objects: KubeObject[] }>();
  declare readonly replicator?: FakeReplicator;

  /** With a replicator it copies as well. */
  constructor(replicator?: FakeReplicator) {
    if (!replicator) return;
    this.replicator = replicator;
    this.capabilities.replication = true;
  }

  interpret({ cluster }: Pick<ClusterReading, 'cluster'>): ProtectionState {
    return {
      installation: { engine: this.id, cluster, installed: true, namespace: 'fake', problems: [] },
      points: [...this.points, ...this.made.values()].filter((point) => point.cluster === cluster),
      schedules: [],
      locations: [],
      replications: this.replicator?.replicationsOf(cluster) ?? [],
      volumeEvidence: {},
    };
  }

  async ping(): Promise<{ version?: string }> {
    return { version: 'v0' };
  }

  async contents(_: unknown, point: RecoveryPoint): Promise<PointContents> {
    if (point.phase !== 'Succeeded' && point.phase !== 'Degraded')
      throw new InputError(`${point.name} has not ended well: ${point.nativePhase}`);
    return this.insideOf(point).contents;
  }

  async objects(_: unknown, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]> {
    return this.insideOf(point).objects.filter(({ kind, metadata }) =>
      namespaces.includes(kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '')),
    );
  }

  async startBackup({ cluster, namespace }: EngineContext, request: BackupRequest): Promise<void> {
    if (!this.isNew(this.backups.get(request.name)?.request, request)) return;
    this.started.push(request.name);
    this.backups.set(request.name, { request, looks: 0 });
    const id = `${cluster.name}/fake/${namespace}/${request.name}`;
    const lists = await Promise.all(
      captured.flatMap((type) => request.namespaces.map(async (name) => (await cluster.list(type, { namespace: name })).items)),
    );
    const objects = structuredClone(lists.flat());
    const volumes = objects
      .filter(({ kind }) => kind === 'PersistentVolumeClaim')
      .map(({ metadata }) => ({
        namespace: metadata.namespace!,
        claim: metadata.name,
        method: 'csi-snapshot' as const,
        state: request.volumes === 'none' ? ('skipped' as const) : ('captured' as const),
      }));
    const listed = objects.map(({ apiVersion, kind, metadata: { name, namespace: where } }) => ({
      apiVersion,
      kind,
      name,
      namespace: where!,
    }));
    this.inside.set(id, { objects, contents: { pointId: id, objects: listed, volumes, errors: {} } });
    const capturedAt = (await cluster.now()).toISOString();
    this.made.set(request.name, {
      id,
      name: request.name,
      namespace,
      uid: id,
      engine: this.id,
      cluster: cluster.name,
      phase: 'Running',
      nativePhase: 'InProgress',
      capturedAt,
      scope: { namespaces: request.namespaces, excludedNamespaces: [] },
    });
  }

  async progressOfBackup(_: unknown, name: string): Promise<NativeProgress> {
    const progress = this.look(this.backups.get(name), name);
    const point = this.made.get(name);
    if (point) Object.assign(point, { phase: progress.phase, nativePhase: progress.nativePhase });
    return progress;
  }

  async startRestore(_: unknown, request: RestoreRequest): Promise<void> {
    if (!this.isNew(this.restores.get(request.name)?.request, request)) return;
    this.started.push(request.name);
    this.restores.set(request.name, { request, looks: 0 });
  }

  /** As engines tell their own from others': by the labels of the operation. */
  private isNew(known: { labels: Record<string, string> } | undefined, request: { name: string; labels: Record<string, string> }): boolean {
    if (!known) return true;
    if ([labels.operation, labels.step].every((key) => known.labels[key] === request.labels[key])) return false;
    throw new ConflictError(`${request.name} already exists and was made by somebody else`, { code: 'ALREADY_EXISTS' });
  }

  async progressOfRestore(_: unknown, name: string): Promise<NativeProgress> {
    return this.look(this.restores.get(name), name);
  }

  async isRestoredBy({ metadata }: KubeObject, name: string): Promise<boolean> {
    return metadata.labels?.['fake/restore'] === name;
  }

  async outcomeOfRestore() {
    return { created: 1, updated: 0, skipped: 0, failed: 0, warnings: [], errors: [] };
  }

  async finishRestore(): Promise<void> {}

  private insideOf(point: RecoveryPoint): { contents: PointContents; objects: KubeObject[] } {
    if (![...this.points, ...this.made.values()].some(({ id }) => id === point.id))
      throw new NotFoundError(`${point.name} is gone`, { cluster: point.cluster });
    const found = this.inside.get(point.id);
    if (!found)
      throw new ServiceUnavailableError(`${point.name} cannot be opened`, { code: 'CONTENTS_UNREADABLE', cluster: point.cluster });
    return found;
  }

  private look(entry: { looks: number } | undefined, name: string): NativeProgress {
    if (!entry) throw new NotFoundError(`${name} not found`);
    entry.looks += 1;
    if (entry.looks < this.looksUntilEnd) return { phase: 'Running', nativePhase: 'InProgress', done: 1, total: 2 };
    if (this.failing !== undefined && name.includes(this.failing))
      return { phase: 'Failed', nativePhase: 'Failed', message: 'the disk is gone' };
    return { phase: 'Succeeded', nativePhase: 'Completed', done: 2, total: 2 };
  }
}
