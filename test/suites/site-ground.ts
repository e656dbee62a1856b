import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { type ClusterName, createSandbox } from '@kubectl-dr/sandbox';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { below } from '@kubectl-dr/sandbox/doors/http';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { type Durations, instant } from '@kubectl-dr/sandbox/simulators/durations';
import { fenceDefinition } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import type { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { seenBy } from './seen-by.ts';
import { memoryStage, type StillTarget } from './still.ts';

export const siteNames: readonly ClusterName[] = ['east', 'west'];

/**
 * One of two clusters, with pods that run, claims that hold files, and Velero, which carries the data of volumes out of the cluster into a
 * bucket that both share, each under its own prefix.
 */
export interface GroundSite {
  readonly name: ClusterName;
  /** With every right; answers even when the cluster is lost. */
  readonly client: ControlledCluster;
  /** What lies on its disks. */
  readonly volumes: VolumeStore;
  /** How long things take; may be changed at any time. */
  readonly durations: Durations;
  /** From now on it serves the types of VolSync, or of csi-addons' fences. */
  serve(what: 'volsync' | 'fences'): Promise<void>;
  /** Starts more controllers; without power they rest. */
  run(controllers: readonly Controller[]): void;
  /** The cluster as the product reaches it, which gets no answer while it is lost. */
  reach(): ClusterClient;
  /** Clients get no answer. With `workloads` nothing runs in it any more either; without, everything goes on behind its API server. */
  lose(how: { workloads: boolean }): void;
  /** As it was left: what ran starts again. */
  comeBack(): void;
  /** Whether anything runs in it. */
  readonly powered: boolean;
}

/** What differs from target to target below a `SitePair`: two clusters that live by one clock, and nothing of an application. */
export interface SiteGround {
  readonly clusters: Readonly<Record<ClusterName, GroundSite>>;
  /** Whether what is asked of a cluster is answered later than a clock that is told to goes on: then what is due on the way needs its moment. */
  readonly remote: boolean;
  /** Resolves when nothing is due now on either; what waits for the clock is not counted. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export type OpenGround = (clock: Clock) => Promise<SiteGround>;

/** Without a real server. Those of one process do not know of each other. */
export const siteGrounds: Record<StillTarget, OpenGround> = { memory, sandbox };

async function memory(clock: Clock): Promise<SiteGround> {
  const buckets = new MemoryBuckets(['backups']);
  const open = async (name: ClusterName) => {
    const locations = [{ name: 'default', bucket: 'backups', prefix: name, isDefault: true }];
    const { cluster, volumes, durations, run, power, idle, close } = await memoryStage({
      name,
      clock,
      buckets,
      locations,
      velero: { moveData: true },
      definitions: [...volsyncDefinitions(), fenceDefinition()],
    });
    let lost = false;
    const seen = seenBy(cluster, {
      before: () => {
        if (lost) throw new ServiceUnavailableError(`${name} does not answer`, { cluster: name });
      },
    });
    const site: GroundSite = {
      name,
      client: cluster,
      volumes,
      durations,
      serve: async () => undefined,
      run,
      reach: () => seen,
      lose({ workloads }) {
        lost = true;
        if (workloads) power.cut();
      },
      comeBack() {
        lost = false;
        power.restore();
      },
      get powered() {
        return power.on;
      },
    };
    return { site, idle, close };
  };
  const [east, west] = [await open('east'), await open('west')];
  return {
    clusters: { east: east.site, west: west.site },
    remote: false,
    async idle() {
      await Promise.all([east.idle(), west.idle()]);
    },
    async close() {
      east.close();
      west.close();
    },
  };
}

/** Reached by the product's client over HTTP, without a network. */
async function sandbox(clock: Clock): Promise<SiteGround> {
  const { clusters, tokens, idle, close } = await createSandbox({ story: false, clock, durations: instant });
  const clients: HttpCluster[] = [];
  const open = (name: ClusterName): GroundSite => {
    const cluster = clusters[name];
    const { stage, client, durations } = cluster;
    const path = `/clusters/${name}`;
    const config = { name, cluster: { name, server: `https://sandbox.invalid${path}` }, user: { name: 'admin', token: tokens.admin } };
    const door = { fetch: (request: Request) => cluster.api.fetch(below(request, path)) };
    const reached = new HttpCluster({ config, dispatcher: apiDispatcher(door), clock });
    clients.push(reached);
    return {
      name,
      client,
      volumes: stage.volumes,
      durations,
      serve: (what) => createAll(client, what === 'volsync' ? volsyncDefinitions() : [fenceDefinition()]),
      run: (controllers) => stage.run(controllers),
      reach: () => reached,
      lose: (how) => cluster.lose(how),
      comeBack: () => cluster.comeBack(),
      get powered() {
        return cluster.powered;
      },
    };
  };
  return {
    clusters: { east: open('east'), west: open('west') },
    remote: false,
    idle,
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      close();
    },
  };
}
