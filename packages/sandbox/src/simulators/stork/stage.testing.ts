import { engine } from '@kubectl-dr/core/engines/stork/index';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ProtectionState } from '@kubectl-dr/core/protection/model';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { find } from '../find.ts';
import { nodes, storageClasses } from '../hardware.ts';
import { Stage } from '../stage.ts';
import { shopObjects } from '../velero/stage.testing.ts';
import { type StorkBehaviour, type StorkOptions, storkBehaviour } from './context.ts';
import { StorkStore } from './store.ts';
import { backupLocation, storkControllers, storkDefinitions } from './stork.ts';

/** A cluster with Stork and a namespace `shop`: a database with a volume, and a web server. Time stands still. */
export class StorkStage {
  readonly clock: FakeClock;
  readonly store: StorkStore;
  readonly stage: Stage;
  readonly behaviour: StorkBehaviour = storkBehaviour();

  constructor(name = 'east', store = new StorkStore(), clock = new FakeClock()) {
    this.clock = clock;
    this.store = store;
    this.stage = new Stage({
      name,
      clock,
      durations: { ...instant, backup: 2_000, restore: 2_000 },
      crds: storkDefinitions(),
      onError: (error, controller) => process.stderr.write(`${controller}: ${error.message}\n`),
    });
  }

  static async open(...options: ConstructorParameters<typeof StorkStage>): Promise<StorkStage> {
    const made = new StorkStage(...options);
    const { stage, store } = made;
    const { cluster } = stage;
    store.serve({
      address: 'https://sandbox.invalid/_objects',
      put: (path, bytes) => void stage.api.objects.set(path, bytes),
      delete: (path) => void stage.api.objects.delete(path),
    });
    stage.start();
    await createAll(cluster, [
      ...nodes([{ name: 'a', zone: 'eu-1a' }]),
      ...storageClasses(),
      backupLocation('store', 'backups', 'https://sandbox.invalid/_objects'),
    ]);
    stage.run(storkControllers(made.options));
    await stage.idle();
    return made;
  }

  async shop(): Promise<void> {
    await createAll(this.stage.cluster, shopObjects());
    await this.stage.idle();
    await this.write('shop', 'data-db-0', { 'orders.csv': '1,apples\n2,pears\n' });
  }

  get options(): StorkOptions {
    const { cluster, clock, durations, volumes } = this.stage;
    return { cluster, clock, durations, volumes, store: this.store, behaviour: this.behaviour };
  }

  /** Waits, and lets everything happen meanwhile. */
  readonly time = {
    now: () => this.clock.now(),
    sleep: async (milliseconds: number) => {
      await this.clock.advance(milliseconds);
      await this.stage.idle();
    },
  };

  get context(): EngineContext {
    return { cluster: this.stage.cluster, clock: this.time, namespace: 'kube-system' };
  }

  async state(): Promise<ProtectionState> {
    const { cluster } = this.stage;
    const objects = new Map<string, KubeObject[]>();
    for (const type of [...engine.kinds, ...(engine.restoreKinds ?? [])]) objects.set(resourceKey(type), (await cluster.list(type)).items);
    return engine.interpret({ cluster: cluster.name, now: this.clock.now(), age: 0, objects, failures: new Map() });
  }

  get(type: ResourceType, name: string, namespace = 'kube-system'): Promise<KubeObject | undefined> {
    return find(this.stage.cluster, { type, name, ...(type.namespaced && { namespace }) });
  }

  async write(namespace: string, claim: string, files: Record<string, string>): Promise<void> {
    this.stage.volumes.write(await this.volumeOf(namespace, claim), files);
  }

  async read(namespace: string, claim: string): Promise<Readonly<Record<string, string>> | undefined> {
    return this.stage.volumes.read(await this.volumeOf(namespace, claim));
  }

  private async volumeOf(namespace: string, claim: string): Promise<string> {
    return textAt(await this.get(types.persistentVolumeClaims, claim, namespace), 'spec', 'volumeName');
  }
}
