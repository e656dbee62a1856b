import type { ClusterName } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { type OpenGround, siteNames } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

/** One row of the database: its number, which copy wrote it, and when (milliseconds). */
export interface Row {
  number: number;
  site: string;
  at: number;
}

const second = 1_000;

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

/** A pair whose database gets a numbered row every few seconds from each copy of it that runs, and what becomes of them. */
export class WrittenPair {
  readonly pair: SitePair;
  /** Moments in which two copies wrote. */
  readonly twoActive: Date[] = [];
  readonly #end = new AbortController();
  /** What is being written now. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(pair: SitePair) {
    this.pair = pair;
    pair.meanwhile = () => this.#writing;
  }

  /** `copied`: the database is copied by VolSync, and backups hold no volume. Else its volume is in the backups. Either every five minutes. */
  static async open(open: OpenGround, { copied = false }: { copied?: boolean } = {}): Promise<WrittenPair> {
    const pair = await SitePair.open(open, { durations, looks: '1m', ...(copied && { copied: replication.interval }) });
    const written = new WrittenPair(pair);
    void written.#live(pair.remote ? 5 * second : 2 * second);
    await createAll(pair.clusters.east.client, [
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
    return written;
  }

  async rows(site: ClusterName): Promise<Row[]> {
    return rowsIn((await this.pair.read(site)) ?? '');
  }

  /** Rows there that were written on `by`. */
  async rowsOf(site: ClusterName, by: ClusterName): Promise<Row[]> {
    return (await this.rows(site)).filter((row) => row.site === by);
  }

  /** No row is missing in between, none is there twice. */
  async assertWhole(site: ClusterName): Promise<void> {
    const rows = await this.rows(site);
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_row, index) => index + 1));
  }

  async close(): Promise<void> {
    this.#end.abort(new Error('the test is over'));
    await this.#writing;
    await this.pair.close();
  }

  /** What happens inside of the pods of the database, and who looks on. */
  async #live(every: number): Promise<void> {
    const { clock } = this.pair;
    while (!this.#end.signal.aborted) {
      await clock.sleep(every, this.#end.signal).catch(() => undefined);
      if (this.#end.signal.aborted) return;
      this.#writing = this.#look();
      await this.#writing;
    }
  }

  async #look(): Promise<void> {
    const active = await Promise.all(siteNames.map((site) => this.#write(site)));
    if (active.every(Boolean)) this.twoActive.push(this.pair.clock.now());
  }

  /** Whether a copy runs there whose writes arrive on its disk. */
  async #write(site: ClusterName): Promise<boolean> {
    const { pair } = this;
    if (pair.clusters[site].volumes.fenced || !(await pair.pods(site)).includes('orders-db-0')) return false;
    return pair.change(site, (before) => `${before}${(rowsIn(before).at(-1)?.number ?? 0) + 1},${site},${pair.clock.now().getTime()}\n`);
  }
}

function rowsIn(text: string): Row[] {
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(','))
    .map(([number, site = '', at]) => ({ number: Number(number), site, at: Number(at) }));
}
