import { labels } from '../application/model.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { apiVersionOf, types } from '../ports/kubernetes.ts';
import type {
  Ends,
  PromoteRequest,
  RenderedReplication,
  ReplicationProgress,
  ReplicationRef,
  ReplicationRequest,
  Replicator,
  SyncRequest,
} from '../ports/replication.ts';
import type { Replication } from '../protection/model.ts';

interface End {
  ref: ReplicationRef;
  request: ReplicationRequest;
  paused: boolean;
  syncs: Map<string, number>;
  received?: { data: string; capturedAt: string };
}

const type = { group: 'fake.example', version: 'v1', resource: 'copies', kind: 'Copy', namespaced: true };

/** Milliseconds. */
const patience = 10 * 60_000;

/** Copies in memory: both ends are remembered here, a sync ends after it was looked at so many times, claims are real. */
export class FakeReplicator implements Replicator {
  readonly asOf = false;
  readonly types = [type];
  /** What is in a volume, by `cluster/namespace/claim`. */
  readonly volumes = new Map<string, string>();
  readonly ends = new Map<string, End>();
  /** Names of what was promoted, in order. */
  readonly promoted: string[] = [];
  looksUntilEnd = 2;
  /** Nobody does what is asked for any more; may be changed at any time. */
  silent = false;
  readonly #asked = new Map<string, number>();

  render(request: ReplicationRequest): RenderedReplication[] {
    return (['source', 'target'] as const).flatMap((end) =>
      request.claims.map(({ metadata }) => ({
        end,
        type,
        owns: [],
        object: {
          apiVersion: apiVersionOf(type),
          kind: type.kind,
          metadata: { name: `${request.name}-${metadata.name}`, namespace: request[end].namespace, labels: request.labels },
        },
      })),
    );
  }

  /** The two ends are there, as if what was rendered had been applied. */
  begin(request: ReplicationRequest): { sources: ReplicationRef[]; targets: ReplicationRef[] } {
    const made = { sources: [] as ReplicationRef[], targets: [] as ReplicationRef[] };
    for (const { end, object } of this.render(request)) {
      const { cluster, namespace } = request[end];
      const claims = [object.metadata.name.slice(request.name.length + 1)];
      const id = `${cluster}/fake/${namespace}/${object.metadata.name}/${end}`;
      const ref: ReplicationRef = { id, name: object.metadata.name, namespace, cluster, role: end, claims };
      const known = this.ends.get(id);
      if (known) known.paused = false;
      else this.ends.set(id, { ref, request, paused: false, syncs: new Map() });
      made[end === 'source' ? 'sources' : 'targets'].push(ref);
    }
    return made;
  }

  replicationsOf(cluster: string): Replication[] {
    return [...this.ends.values()]
      .filter(({ ref }) => ref.cluster === cluster)
      .map(({ ref, request, paused, received }) => ({
        ...ref,
        engine: 'fake',
        ...(ref.role === 'source' ? { to: request.target.cluster } : { from: request.source.cluster, holds: received !== undefined }),
        interval: request.every,
        paused,
        phase: 'Succeeded',
        nativePhase: paused ? 'Paused' : 'Idle',
        ...(received && { lastSync: received.capturedAt, capturedAt: received.capturedAt }),
      }));
  }

  async sync({ source }: Ends, { name, sources, targets }: SyncRequest): Promise<ReplicationProgress> {
    const [from, to] = [sources.map((ref) => this.endOf(ref)), targets.map((ref) => this.endOf(ref))];
    if (this.silent) return this.#waitingOf(from, name, (await source.cluster.now()).getTime());
    const looks = (from[0]?.syncs.get(name) ?? 0) + 1;
    for (const end of [...from, ...to]) end.syncs.set(name, looks);
    if (looks === this.looksUntilEnd) {
      const capturedAt = (await source.cluster.now()).toISOString();
      for (const end of from) {
        const data = this.volumes.get(placeOf(end.ref)) ?? '';
        end.received = { data, capturedAt };
        for (const other of to) if (other.ref.claims[0] === end.ref.claims[0]) other.received = { data, capturedAt };
      }
    }
    const phase = looks < this.looksUntilEnd ? 'Running' : 'Succeeded';
    return { phase, nativePhase: phase, claims: to.map(claimOf) };
  }

  async endSync(_: Partial<Ends>, { name }: SyncRequest): Promise<void> {
    for (const end of this.ends.values()) end.syncs.delete(name);
  }

  async promote({ cluster }: EngineContext, request: PromoteRequest): Promise<ReplicationProgress> {
    const ends = request.targets.map((ref) => this.endOf(ref));
    const empty = ends.find(({ received }) => !received);
    if (empty) return { phase: 'Failed', nativePhase: 'Empty', message: `${empty.ref.name} never received anything`, claims: [] };
    const claims = ends.map(({ ref, request: { claims: known } }) => manifestOf(ref, [...(request.claims ?? []), ...known], request));
    const there = await Promise.all(
      claims.map(({ metadata: { name, namespace = '' } }) =>
        cluster.get({ type: types.persistentVolumeClaims, name, namespace }).catch((error: unknown) => {
          if (!(error instanceof NotFoundError)) throw error;
          return undefined;
        }),
      ),
    );
    for (const one of there) {
      if (one && one.metadata.labels?.[labels.restore] !== request.name)
        throw new ConflictError(`PersistentVolumeClaim ${one.metadata.namespace}/${one.metadata.name} on ${cluster.name} already exists`, {
          code: 'ALREADY_EXISTS',
        });
    }
    if (request.into === undefined) for (const end of ends) end.paused = true;
    for (const [index, claim] of claims.entries()) {
      if (there[index]) continue;
      await cluster.create(types.persistentVolumeClaims, claim);
      this.volumes.set(`${cluster.name}/${claim.metadata.namespace}/${claim.metadata.name}`, ends[index]!.received!.data);
    }
    if (!this.promoted.includes(request.name)) this.promoted.push(request.name);
    return { phase: 'Succeeded', nativePhase: 'Promoted', claims: ends.map(claimOf) };
  }

  async endPromotion(): Promise<void> {}

  async pause(_: EngineContext, refs: readonly ReplicationRef[], paused: boolean): Promise<void> {
    for (const ref of refs) this.endOf(ref).paused = paused;
  }

  async reverse(ends: Partial<Ends>, request: ReplicationRequest, former: readonly ReplicationRef[]) {
    const reached = new Set(Object.values(ends).map(({ cluster }) => cluster.name));
    for (const ref of former) if (reached.has(ref.cluster)) this.endOf(ref).paused = true;
    this.begin(request);
    return { pending: (['source', 'target'] as const).filter((end) => !ends[end]) };
  }

  #waitingOf([end]: readonly End[], name: string, now: number): ReplicationProgress {
    const asked = this.#asked.get(name) ?? now;
    this.#asked.set(name, asked);
    if (now - asked <= patience) return { phase: 'Running', nativePhase: 'Waiting', claims: [] };
    return { phase: 'Failed', nativePhase: 'Waiting', message: `nobody acts on ${end?.ref.name} on ${end?.ref.cluster}`, claims: [] };
  }

  private endOf(ref: ReplicationRef): End {
    const found = this.ends.get(ref.id);
    if (!found) throw new NotFoundError(`${ref.name} not found on ${ref.cluster}`);
    return found;
  }
}

function placeOf({ cluster, namespace, claims }: ReplicationRef): string {
  return `${cluster}/${namespace}/${claims[0]}`;
}

function claimOf({ ref, received }: End): ReplicationProgress['claims'][number] {
  return { claim: ref.claims[0]!, ...(received && { capturedAt: received.capturedAt }) };
}

function manifestOf(ref: ReplicationRef, known: readonly KubeObject[], request: PromoteRequest): KubeObject {
  const claim = known.find(({ metadata }) => metadata.name === ref.claims[0])!;
  return {
    ...claim,
    metadata: {
      ...claim.metadata,
      namespace: request.into ?? ref.namespace,
      labels: { ...claim.metadata.labels, ...request.labels, [labels.restore]: request.name, 'fake/restore': request.name },
      annotations: { ...claim.metadata.annotations, ...request.annotations },
    },
  };
}
