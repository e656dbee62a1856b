import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { VeleroStage, shopObjects } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { ExampleFleet } from '../suites/example-fleet.ts';
import { exampleCatalog, exampleOwner, recommender } from '../suites/example-fleet.ts';
import type { Ran, Surroundings } from './command-line.ts';
import { kubectlDr } from './command-line.ts';

/** The application `shop` over two clusters with Velero, described by a catalog file. Time stands still unless somebody waits. */
export class TestFleet implements ExampleFleet {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-fleet-'));
  readonly clock: FakeClock;
  readonly east: VeleroStage;
  readonly west: VeleroStage;

  private constructor(clock: FakeClock, east: VeleroStage, west: VeleroStage) {
    this.clock = clock;
    this.east = east;
    this.west = west;
  }

  static async open(): Promise<TestFleet> {
    const clock = new FakeClock();
    const east = await VeleroStage.open('east', new MemoryBuckets(['backups']), clock);
    const west = await VeleroStage.open('west', new MemoryBuckets(['backups']), clock);
    const fleet = new TestFleet(clock, east, west);
    fleet.reset();
    for (const object of shopObjects()) await east.create(object.kind === 'Namespace' ? owned(object) : object);
    await east.stage.idle();
    east.write('shop', 'data-db-0', { 'orders.csv': '1,apples\n2,pears\n' });
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
    await this.clock.advance(minutes * 60_000);
    await this.settle();
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
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text);
  }

  /** A command line against both clusters; while it waits, time passes for everybody. */
  run(line: string | string[], options: Partial<Surroundings> = {}): Promise<Ran> {
    const { clock } = this;
    const shared: Clock = {
      now: () => clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await clock.advance(milliseconds);
        await this.settle();
        signal?.throwIfAborted();
      },
    };
    return kubectlDr(line, { cwd: this.folder, clusters: [this.client(this.east), this.client(this.west)], clock: shared, ...options });
  }

  at(cluster: 'east' | 'west'): HttpCluster {
    return this.client(this[cluster]);
  }

  /** As a user reaches the cluster: over HTTP, without a network. */
  client({ stage }: VeleroStage, { as }: { as?: string } = {}): HttpCluster {
    const { name } = stage;
    const cluster = { name, server: 'https://sandbox.invalid' };
    const user = { name: 'admin', token: 'admin', ...(as !== undefined && { impersonate: { user: as } }) };
    const config = { name, cluster, user };
    return new HttpCluster({ config, dispatcher: apiDispatcher(stage.api), clock: this.clock });
  }

  close(): void {
    this.east.stage.close();
    this.west.stage.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function owned(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...exampleOwner } };
}
