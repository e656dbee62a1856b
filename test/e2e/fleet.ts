import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { shopObjects } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import { inject } from 'vitest';
import type { ExampleFleet } from '../suites/example-fleet.ts';
import { exampleCatalog, exampleOwner, recommender } from '../suites/example-fleet.ts';
import type { Ran, Surroundings } from './command-line.ts';
import { kubectlDr } from './command-line.ts';
import { sandboxStory } from './sandbox-story.ts';
import type { StoryCluster } from './story-cluster.ts';

/** The application `shop` over two clusters with Velero, described by a catalog file. Time stands still unless somebody waits. */
export class TestFleet implements ExampleFleet {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-fleet-'));
  readonly clock: FakeClock;
  readonly east: StoryCluster;
  readonly west: StoryCluster;

  /** How many command lines wait now. */
  #waiting = 0;
  #passes = false;

  private constructor(clock: FakeClock, east: StoryCluster, west: StoryCluster) {
    this.clock = clock;
    this.east = east;
    this.west = west;
  }

  static async open(): Promise<TestFleet> {
    const clock = new FakeClock();
    // By `npm run test:cluster` the same stories are told of a real control plane.
    const open = onRealClusters() ? (await import('../cluster/targets/story-cluster.ts')).realStory : sandboxStory;
    const [east, west] = await Promise.all([open('east', clock), open('west', clock)]);
    const fleet = new TestFleet(clock, east, west);
    fleet.reset();
    for (const object of shopObjects()) await east.create(object.kind === 'Namespace' ? owned(object) : object);
    await east.stage.idle();
    await east.write('shop', 'data-db-0', { 'orders.csv': '1,apples\n2,pears\n' });
    for (const object of recommender) await west.create(object);
    await west.stage.idle();
    await fleet.advance(60);
    return fleet;
  }

  /** Catalog and configuration as they were. */
  reset(): void {
    this.write('catalog.yaml', exampleCatalog);
    this.write('app-config.yaml', 'dr: { catalog: [catalog.yaml] }\n');
  }

  /** Minutes pass. */
  async advance(minutes: number): Promise<void> {
    // A real server writes whole seconds: what was written before this must not seem to have been written after it.
    if (onRealClusters()) await new Promise((resolve) => setTimeout(resolve, 1_005 - (Date.now() % 1_000)));
    // A server that is asked over a network answers later than the clock goes on: what is due on the way gets its moment.
    const end = this.clock.now().getTime() + minutes * 60_000;
    for (let left = end - this.clock.now().getTime(); left > 0; left = end - this.clock.now().getTime()) {
      const due = onRealClusters() ? this.clock.untilNext : Infinity;
      await this.clock.advance(Math.min(left, due, 5 * 60_000));
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    await this.east.stage.idle();
    await this.west.stage.idle();
  }

  /** A point of each cluster, with data. */
  async backUp(name: string): Promise<void> {
    await this.east.backup(name, { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true });
    await this.west.backup(name, { includedNamespaces: ['shop-ml'] });
    await this.settle();
  }

  /** A schedule of the shop on east, with data, at half past each hour. `ttl`: how long its points are kept. */
  async scheduleHourly(ttl: string): Promise<void> {
    await this.east.create({
      apiVersion: 'velero.io/v1',
      kind: 'Schedule',
      metadata: { name: 'shop-hourly', namespace: 'velero' },
      spec: { schedule: '30 * * * *', template: { includedNamespaces: ['shop'], ttl, defaultVolumesToFsBackup: true } },
    });
    await this.settle();
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  /** A command line against both clusters; while it waits, time passes for everybody. */
  run(line: string | string[], options: Partial<Surroundings> = {}): Promise<Ran> {
    return kubectlDr(line, { cwd: this.folder, clusters: [this.east.reach(), this.west.reach()], clock: this.laptop(0), ...options });
  }

  /** The clock of whoever types, so many hours ahead of the clusters: while it waits, time passes for everybody. */
  laptop(hoursAhead: number): Clock {
    const { clock } = this;
    return {
      now: () => new Date(clock.now().getTime() + hoursAhead * 3_600_000),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        if (onRealClusters()) return this.#wait(milliseconds, signal);
        await clock.advance(milliseconds);
        await this.settle();
        signal?.throwIfAborted();
      },
    };
  }

  /**
   * Where answers come over a network several wait at the same time, for whatever is asked meanwhile: time passes once for
   * all of them, and only when nothing is under way.
   */
  async #wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const waited = this.clock.sleep(milliseconds, signal);
    this.#waiting += 1;
    if (!this.#passes) void this.#pass();
    try {
      await waited;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #pass(): Promise<void> {
    this.#passes = true;
    while (this.#waiting > 0) {
      await this.settle();
      if (this.#waiting > 0) await this.clock.advance(this.clock.untilNext);
    }
    this.#passes = false;
  }

  at(cluster: 'east' | 'west'): HttpCluster {
    return this[cluster].reach();
  }

  async close(): Promise<void> {
    await Promise.all([this.east.stage.close(), this.west.stage.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function onRealClusters(): boolean {
  return inject('target') === 'real';
}

function owned(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...exampleOwner } };
}
