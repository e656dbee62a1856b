import { NotFoundError, ServiceUnavailableError } from '../errors.ts';
import type { BackupRequest, Engine, NativeProgress, RestoreRequest } from '../ports/engine.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { PointContents, ProtectionState, RecoveryPoint } from '../protection/model.ts';

/** An engine in memory: what was started is remembered by name, and ends after it was looked at so many times. */
export class FakeEngine implements Engine {
  readonly id = 'fake';
  readonly title = 'Fake';
  readonly capabilities = { backup: true, clone: true, inPlace: true, contents: true, replication: false, crossCluster: false };
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
  readonly inside = new Map<string, { contents: PointContents; objects: KubeObject[] }>();

  interpret({ cluster }: Pick<ClusterReading, 'cluster'>): ProtectionState {
    return {
      installation: { engine: this.id, cluster, installed: true, namespace: 'fake', problems: [] },
      points: this.points.filter((point) => point.cluster === cluster),
      schedules: [],
      locations: [],
      replications: [],
      volumeEvidence: {},
    };
  }

  async ping(): Promise<{ version?: string }> {
    return { version: 'v0' };
  }

  async contents(_: unknown, point: RecoveryPoint): Promise<PointContents> {
    return this.insideOf(point).contents;
  }

  async objects(_: unknown, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]> {
    return this.insideOf(point).objects.filter(({ kind, metadata }) =>
      namespaces.includes(kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '')),
    );
  }

  async startBackup(_: unknown, request: BackupRequest): Promise<void> {
    if (!this.backups.has(request.name)) this.started.push(request.name);
    this.backups.set(request.name, this.backups.get(request.name) ?? { request, looks: 0 });
  }

  async progressOfBackup(_: unknown, name: string): Promise<NativeProgress> {
    return this.look(this.backups.get(name), name);
  }

  async startRestore(_: unknown, request: RestoreRequest): Promise<void> {
    if (!this.restores.has(request.name)) this.started.push(request.name);
    this.restores.set(request.name, this.restores.get(request.name) ?? { request, looks: 0 });
  }

  async progressOfRestore(_: unknown, name: string): Promise<NativeProgress> {
    return this.look(this.restores.get(name), name);
  }

  async outcomeOfRestore() {
    return { created: 1, updated: 0, skipped: 0, failed: 0, warnings: [], errors: [] };
  }

  async finishRestore(): Promise<void> {}

  private insideOf(point: RecoveryPoint): { contents: PointContents; objects: KubeObject[] } {
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
