import { kinds, notes } from '@kubectl-dr/core/engines/ramen/kinds';
import { intervalOf } from '@kubectl-dr/core/engines/ramen/placement';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, listAt, textAt } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { age, definition } from '../definition.ts';
import { find } from '../find.ts';
import type { VolumeStore } from '../volumes/volume-store.ts';
import { type Phase, type Step, deploySteps, failoverSteps, relocateSteps } from './steps.ts';

export interface ManagedCluster {
  cluster: ControlledCluster;
  volumes: VolumeStore;
  /** It does not answer; may be changed at any time. */
  down: boolean;
}

export interface RamenOptions {
  hub: ControlledCluster;
  clock: Clock;
  managed: Readonly<Record<string, ManagedCluster>>;
  behaviour: {
    /** The operator is not there. */
    down: boolean;
    /** How long each progression is there, milliseconds. */
    step: number;
    /** Discovered applications: a person has to take the old copy away. */
    userCleans: boolean;
    /** It stays at this progression. */
    stuckAt?: string;
  };
}

const type = kinds.placements;

/** The hub's operator: placements go through their progressions, applications and data through clusters. */
export function ramenControllers(options: RamenOptions): Controller[] {
  const since = new Map<string, { what: string; time: number }>();
  const { hub, clock, behaviour } = options;
  return [
    {
      name: 'ramen placements',
      watches: [own(type)],
      async reconcile({ name, namespace }): Promise<number | void> {
        if (behaviour.down) return 1_000;
        const placement = await find(hub, { type, name, namespace: namespace! });
        if (!placement || placement.metadata.deletionTimestamp !== undefined) return;
        const policy = await find(hub, { type: kinds.policies, name: textAt(placement, 'spec', 'drPolicyRef', 'name') });
        if (!policy) return 5_000;
        const machine = new Machine(options, placement, policy);
        const wanted = machine.wanted();
        const key = `${placement.metadata.uid} ${JSON.stringify(wanted)}`;
        let entry = since.get(key);
        const progression = textAt(placement, 'status', 'progression');
        if (entry?.what !== progression) since.set(key, (entry = { what: progression, time: clock.now().getTime() }));
        const due = clock.now().getTime() - entry.time >= behaviour.step;
        await machine.look(wanted, due);
        return Math.max(100, behaviour.step);
      },
    },
  ];
}

class Machine {
  private readonly options: RamenOptions;
  private readonly placement: KubeObject;
  private readonly policy: KubeObject;

  constructor(options: RamenOptions, placement: KubeObject, policy: KubeObject) {
    this.options = options;
    this.placement = placement;
    this.policy = policy;
  }

  private get namespace(): string {
    const named = listAt(this.placement, 'spec', 'protectedNamespaces');
    return typeof named[0] === 'string' ? named[0] : this.placement.metadata.namespace!;
  }

  private get current(): string {
    return this.placement.metadata.annotations?.[notes.lastCluster] ?? textAt(this.placement, 'spec', 'preferredCluster');
  }

  private get testing(): boolean {
    return this.placement.metadata.annotations?.[notes.testing] === 'true';
  }

  wanted(): { steps: readonly Step[]; from: string; to: string; phase: Phase; dryRun: boolean; back: boolean } {
    const action = textAt(this.placement, 'spec', 'action');
    const dryRun = at(this.placement, 'spec', 'dryRun') === true;
    const noted = this.placement.metadata.annotations?.[notes.lastAction] ?? '';
    const preferred = textAt(this.placement, 'spec', 'preferredCluster');
    const back = !dryRun && this.testing && action === noted;
    if (action === 'Failover') {
      const to = textAt(this.placement, 'spec', 'failoverCluster');
      return { steps: failoverSteps(intervalOf(this.policy) === 0), from: this.other(to), to, phase: 'FailedOver', dryRun, back };
    }
    if (action === 'Relocate')
      return { steps: relocateSteps, from: this.other(preferred), to: preferred, phase: 'Relocated', dryRun, back };
    return { steps: deploySteps, from: this.other(preferred), to: preferred, phase: 'Deployed', dryRun: false, back };
  }

  private other(name: string): string {
    return Object.keys(this.options.managed).find((one) => one !== name)!;
  }

  /** One look: the next progression where its time has come, and what the cluster tells of the application. */
  async look(wanted: ReturnType<Machine['wanted']>, due: boolean): Promise<void> {
    const { behaviour } = this.options;
    const status: Record<string, unknown> = { lastUpdateTime: timestamp(this.options.clock) };
    const progression = textAt(this.placement, 'status', 'progression');
    const begun = at(this.placement, 'status', 'observedGeneration') === this.placement.metadata.generation;
    const steps = wanted.steps.map(({ progression: name }) => name);
    if (wanted.back) {
      if (!(await this.endTest(wanted.to))) return;
      await this.annotate({ [notes.testing]: null });
      Object.assign(status, { phase: wanted.phase, progression: 'Completed', observedGeneration: this.placement.metadata.generation });
    } else if (!begun) {
      const promoted = progression === 'TestingFailover' && !wanted.dryRun;
      if (wanted.dryRun !== this.testing) await this.annotate({ [notes.testing]: wanted.dryRun ? 'true' : null });
      const first = promoted ? 'UpdatedPlacement' : steps[0]!;
      Object.assign(status, {
        observedGeneration: this.placement.metadata.generation,
        actionStartTime: timestamp(this.options.clock),
        progression: first,
        ...(!promoted && {
          phase: wanted.phase === 'FailedOver' ? 'FailingOver' : wanted.phase === 'Relocated' ? 'Relocating' : 'Deploying',
        }),
      });
    } else if (due && progression !== 'Completed' && progression !== behaviour.stuckAt) {
      Object.assign(status, await this.advance(wanted, progression, steps));
    }
    if ((status.progression ?? progression) === 'Completed') Object.assign(status, await this.rest(wanted));
    await this.options.hub.patchStatus({ type, name: this.placement.metadata.name, namespace: this.placement.metadata.namespace! }, status);
  }

  private async advance(
    wanted: ReturnType<Machine['wanted']>,
    progression: string,
    steps: readonly string[],
  ): Promise<Record<string, unknown>> {
    const { managed, behaviour } = this.options;
    const [from, to] = [managed[wanted.from]!, managed[wanted.to]!];
    const index = steps.indexOf(progression);
    const step = wanted.steps[index];
    if (step?.fenced && !(await this.isFenced(wanted.from))) return { progression: 'WaitForFencing' };
    if (step?.needsBoth && (from.down || to.down)) return {};
    if (step?.stops) await this.scale(from, 0);
    if (step?.syncs) await this.copy(from, to);
    if (step?.promotes) {
      await this.group(to, 'Primary');
      if (!wanted.dryRun && !from.down) await this.group(from, 'Secondary');
    }
    if (step?.starts) {
      await this.scale(to, 1);
      if (!wanted.dryRun) await this.note(wanted.to);
    }
    if (step?.starts && wanted.dryRun) return { progression: 'TestingFailover', phase: wanted.phase };
    if (progression === 'TestingFailover') return {};
    if (progression === 'WaitOnUserToCleanUp') return (await this.isClean(from)) ? { progression: 'Completed' } : {};
    if (progression === 'Cleaning Up') {
      if (from.down) return {};
      await this.scale(from, 0);
      await this.group(from, 'Secondary');
      return { progression: 'Completed' };
    }
    const next = steps[index + 1];
    if (next === 'Cleaning Up' && behaviour.userCleans) return { progression: 'WaitOnUserToCleanUp' };
    // The phase of the end is there as soon as a volume is primary.
    return { progression: next ?? 'Completed', ...(step?.promotes || next === undefined ? { phase: wanted.phase } : {}) };
  }

  /** A resting application: what is protected, and a copy of it whenever the interval is over. */
  private async rest({ phase }: ReturnType<Machine['wanted']>): Promise<Record<string, unknown>> {
    const { managed, clock } = this.options;
    const where = managed[this.current]!;
    const peer = managed[this.other(this.current)]!;
    const interval = intervalOf(this.policy) ?? 0;
    const last = Date.parse(textAt(this.placement, 'status', 'lastGroupSyncTime')) || 0;
    const both = !where.down && !peer.down;
    const syncs = both && (interval === 0 || clock.now().getTime() - last >= interval);
    if (syncs) {
      await this.copy(where, peer);
      await this.group(where, 'Primary');
      await this.group(peer, 'Secondary');
    }
    const claims = where.down
      ? undefined
      : (await where.cluster.list(types.persistentVolumeClaims, { namespace: this.namespace })).items.map(({ metadata }) => metadata.name);
    const conditions = [
      condition('Available', !where.down, phase, 'Completed'),
      // Not where its column is read by its place.
      condition('Protected', both, both ? 'Protected' : 'Error', both ? '' : 'the peer does not answer'),
      condition('PeerReady', !peer.down, 'Success', peer.down ? 'the peer does not answer' : 'Ready'),
    ].map((one) => ({ ...one, observedGeneration: this.placement.metadata.generation, lastTransitionTime: timestamp(clock) }));
    return {
      conditions,
      ...(syncs && interval > 0 && { lastGroupSyncTime: timestamp(clock), lastGroupSyncDuration: '2s' }),
      ...(claims && {
        resourceConditions: {
          resourceMeta: {
            kind: 'VolumeReplicationGroup',
            name: this.placement.metadata.name,
            namespace: this.namespace,
            generation: 1,
            protectedpvcs: claims,
          },
        },
      }),
    };
  }

  private note(cluster: string): Promise<unknown> {
    const action = textAt(this.placement, 'spec', 'action');
    return this.annotate({ [notes.lastCluster]: cluster, [notes.lastAction]: action });
  }

  private annotate(annotations: Record<string, string | null>): Promise<unknown> {
    return this.options.hub.patch({ type, name: this.placement.metadata.name, namespace: this.placement.metadata.namespace! }, 'merge', {
      metadata: { annotations },
    });
  }

  private async isFenced(name: string): Promise<boolean> {
    const cluster = await find(this.options.hub, { type: kinds.clusters, name });
    return listAt(cluster, 'status', 'conditions').some((one) => textAt(one, 'type') === 'Fenced' && textAt(one, 'status') === 'True');
  }

  private async isClean({ cluster, down }: ManagedCluster): Promise<boolean> {
    return (
      !down &&
      (await cluster.list(types.deployments, { namespace: this.namespace })).items.every((one) => at(one, 'spec', 'replicas') === 0)
    );
  }

  /** The copy of the test is taken away, at whatever step the test is; not while its cluster is down. */
  private async endTest(to: string): Promise<boolean> {
    const target = this.options.managed[this.other(to)]!;
    if (target.down) return false;
    await this.scale(target, 0);
    await this.group(target, 'Secondary');
    return true;
  }

  private async scale({ cluster }: ManagedCluster, replicas: number): Promise<void> {
    for (const { metadata } of (await cluster.list(types.deployments, { namespace: this.namespace })).items)
      await cluster.patch({ type: types.deployments, name: metadata.name, namespace: this.namespace }, 'merge', { spec: { replicas } });
  }

  private async copy(from: ManagedCluster, to: ManagedCluster): Promise<void> {
    for (const claim of (await from.cluster.list(types.persistentVolumeClaims, { namespace: this.namespace })).items) {
      const files = from.volumes.read(textAt(claim, 'spec', 'volumeName'));
      const peer = await find(to.cluster, { type: types.persistentVolumeClaims, name: claim.metadata.name, namespace: this.namespace });
      if (files && peer) to.volumes.write(textAt(peer, 'spec', 'volumeName'), files);
    }
  }

  private async group({ cluster }: ManagedCluster, state: 'Primary' | 'Secondary'): Promise<void> {
    const { name } = this.placement.metadata;
    const ref = { type: kinds.groups, name, namespace: this.namespace };
    const spec = {
      replicationState: state.toLowerCase(),
      async: { schedulingInterval: textAt(this.policy, 'spec', 'schedulingInterval') || '0m' },
      pvcSelector: {},
      s3Profiles: [],
    };
    if (!(await find(cluster, ref)))
      await cluster.create(kinds.groups, {
        apiVersion: apiVersionOf(kinds.groups),
        kind: kinds.groups.kind,
        metadata: { name, namespace: this.namespace },
        spec,
      });
    else await cluster.patch(ref, 'merge', { spec });
    const { items } = await cluster.list(types.persistentVolumeClaims, { namespace: this.namespace });
    const time = timestamp(this.options.clock);
    await cluster.patchStatus(ref, {
      state,
      protectedPVCs: items.map(({ metadata }) => ({
        name: metadata.name,
        namespace: this.namespace,
        lastSyncTime: time,
        lastSyncDuration: '2s',
      })),
    });
  }
}

function condition(kind: string, on: boolean, reason: string, message: string): Record<string, string> {
  return { type: kind, status: on ? 'True' : 'False', reason, message };
}

/** Definitions of the names of the real ones, open schemas. */
export function ramenDefinitions(): KubeObject[] {
  return Object.values(kinds).map((kind) => definition(kind, { columns: [age], status: true }));
}
