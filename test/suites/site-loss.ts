import { engine } from '@kubectl-dr/core/engines/velero/index';
import { engine as volsync } from '@kubectl-dr/core/engines/volsync/index';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import { fencesLabel } from '@kubectl-dr/core/fencing/network-fence';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { type ClusterName, createSandbox, type Sandbox } from '@kubectl-dr/sandbox';
import { fenceController, fenceDefinition } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { location } from '@kubectl-dr/sandbox/simulators/velero/install';
import { copyBetween } from './copied.ts';
import { seenBy } from './seen-by.ts';
import { catalogOf, shop } from './shop.ts';

/** One row of the database: its number, which copy wrote it, and when (milliseconds). */
export interface Row {
  number: number;
  site: string;
  at: number;
}

const [claim, file] = ['data-orders-db-0', 'orders.csv'];
const second = 1_000;
const writeEvery = 2 * second;

const durations = {
  podStart: 3 * second,
  job: 60 * second,
  backup: 10 * second,
  restore: 5 * second,
  dataMovement: 30 * second,
  finalizing: 2 * second,
  deletion: 5 * second,
};

/** How often `east` is copied, and how long it takes at most until what was captured can be had at `west`. Milliseconds. */
export const replication = {
  interval: 300 * second,
  /** A copy tells when it was taken, which is up to so long after its volume was cut. */
  moving: durations.dataMovement,
  sync: durations.backup + durations.dataMovement + durations.finalizing + 60 * second + 20 * second,
};

/**
 * The application `shop`, whose database gets a numbered row every two seconds from each copy of it that runs, and two clusters that
 * share a bucket. Time stands still unless somebody waits, and then it passes for everybody.
 */
export class SiteLoss {
  readonly clock: FakeClock;
  readonly sandbox: Sandbox;
  /** Moments in which two copies wrote. */
  readonly twoActive: Date[] = [];
  readonly #end = new AbortController();

  private constructor(clock: FakeClock, sandbox: Sandbox) {
    this.clock = clock;
    this.sandbox = sandbox;
  }

  /** `copied`: the database is copied by VolSync, and backups hold no volume. Else its volume is in the backups. */
  static async open({ copied = false }: { copied?: boolean } = {}): Promise<SiteLoss> {
    const clock = new FakeClock();
    const sites = new SiteLoss(clock, await createSandbox({ story: false, clock, durations }));
    const { east, west } = sites.sandbox.clusters;
    const shared = location({ name: 'east', bucket: 'backups', prefix: 'east', readOnly: true });
    await createAll(west.client, [{ ...shared, spec: { ...(shared.spec as object), backupSyncPeriod: '1m' } }]);
    await createAll(east.client, shop('shop'));
    await sites.pass(30 * second);
    void sites.#live();
    if (copied) await copyBetween(sites.sandbox, replication.interval);
    await createAll(east.client, [
      {
        apiVersion: 'velero.io/v1',
        kind: 'Schedule',
        metadata: { name: 'shop', namespace: 'velero' },
        spec: {
          schedule: '*/5 * * * *',
          template: { includedNamespaces: ['shop'], ...(copied ? { snapshotVolumes: false } : { snapshotMoveData: true }) },
        },
      },
    ]);
    return sites;
  }

  /** A storage that serves both clusters, and a fence for `east` that somebody prepared on `west`. */
  async prepareFence(): Promise<void> {
    const { east, west } = this.sandbox.clusters;
    await createAll(west.client, [fenceDefinition()]);
    west.stage.run([fenceController({ cluster: west.client, reached: { '192.0.2.0/24': east.stage.volumes } })]);
    await createAll(west.client, [
      {
        apiVersion: 'csiaddons.openshift.io/v1alpha1',
        kind: 'NetworkFence',
        metadata: { name: 'east', labels: { [fencesLabel]: 'east' } },
        spec: { fenceState: 'Unfenced', networkFenceClassName: 'shared', cidrs: ['192.0.2.0/24'] },
      },
    ]);
    await this.pass(5 * second);
  }

  /** As a process of its own sees both. */
  service(holder = 'me'): DrService {
    const clusters = Object.values(this.sandbox.clusters).map((cluster) =>
      seenBy(cluster.client, {
        before: () => {
          if (cluster.lost) throw new ServiceUnavailableError(`${cluster.name} does not answer`, { cluster: cluster.name });
        },
      }),
    );
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [engine, volsync],
      clock: this.clock,
      holder,
      catalog: { read: async () => ({ entities: catalogOf('shop'), problems: [] }) },
    });
  }

  /** Milliseconds pass, and everything happens that is due meanwhile. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 5 * second) {
      await this.clock.advance(Math.min(left, 5 * second));
      await this.sandbox.idle();
    }
  }

  /** Time passes until it has ended. */
  async during<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const ended = work.finally(() => (over = true));
    ended.catch(() => undefined);
    while (!over) {
      await this.clock.advance(500);
      await this.sandbox.idle();
    }
    return ended;
  }

  rows(site: ClusterName): Row[] {
    const text = this.sandbox.clusters[site].files('shop', claim)?.[file] ?? '';
    return text
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(','))
      .map(([number, by = '', at]) => ({ number: Number(number), site: by, at: Number(at) }));
  }

  /** Pods of the application there that somebody could use. */
  async pods(site: ClusterName): Promise<string[]> {
    const cluster = this.sandbox.clusters[site];
    if (!cluster.powered) return [];
    const { items } = await cluster.client.list(types.pods, { namespace: 'shop' });
    return items
      .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && (status as { phase?: string }).phase === 'Running')
      .map(({ metadata }) => metadata.name);
  }

  close(): void {
    this.#end.abort(new Error('the test is over'));
    this.sandbox.close();
  }

  /** What happens inside of the pods of the database, and who looks on. */
  async #live(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await this.clock.sleep(writeEvery, this.#end.signal).catch(() => undefined);
      const active = await Promise.all((['east', 'west'] as const).map((site) => this.#write(site)));
      if (active.every(Boolean)) this.twoActive.push(this.clock.now());
    }
  }

  /** Whether a copy runs there whose writes arrive on its disk. */
  async #write(site: ClusterName): Promise<boolean> {
    const cluster = this.sandbox.clusters[site];
    if (cluster.stage.volumes.fenced || !(await this.pods(site)).includes('orders-db-0') || cluster.files('shop', claim) === undefined)
      return false;
    const number = (this.rows(site).at(-1)?.number ?? 0) + 1;
    const before = cluster.files('shop', claim)?.[file] ?? '';
    cluster.writeFiles('shop', claim, { [file]: `${before}${number},${site},${this.clock.now().getTime()}\n` });
    return true;
  }
}

/** Numbers in [0, 1), the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1 and 2, or up to as many as `SEEDS` says. */
export function seeds(): number[] {
  return Array.from({ length: Number(process.env.SEEDS ?? 2) }, (_, index) => index + 1);
}
