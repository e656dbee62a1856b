import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { type ObjectRef, types } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { ClusterName } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { type SeenCall, seenBy } from './seen-by.ts';
import { labelsOf, shop } from './shop.ts';
import type { GroundSite, OpenGround } from './site-ground.ts';
import { claims, type ClaimedComponent, SitePair } from './site-pair.ts';

export type Site = ClusterName;

/** The shop, whose web server keeps what was uploaded on a volume of its own. */
function mixedShop(): KubeObject[] {
  const uploads: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claims.web, namespace: 'shop', labels: labelsOf('shop', 'web') },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  };
  return shop('shop').flatMap((object) => {
    if (object.kind !== 'Deployment') return [object];
    const spec = structuredClone(object.spec) as { replicas: number; template: { spec: Record<string, unknown> } };
    spec.replicas = 1;
    spec.template.spec.volumes = [{ name: 'uploads', persistentVolumeClaim: { claimName: claims.web } }];
    return [uploads, { ...object, spec }];
  });
}

/**
 * The shop on `east`, whose database is copied to `west` by VolSync every minute, and whose web server is backed up by Velero; each cluster
 * reads the backups of the other. Time stands still unless somebody waits.
 */
export class MixedSites {
  readonly pair: SitePair;
  /** Clusters that do not answer the product; their workloads go on. */
  readonly lost = {
    add: (site: Site): void => this.pair.clusters[site].lose({ workloads: false }),
    delete: (site: Site): void => this.pair.clusters[site].comeBack(),
  };
  /** Of each call of the product, before it is carried out. */
  before: ((site: Site, call: SeenCall) => void | Promise<void>) | undefined;
  #points = 0;

  private constructor(pair: SitePair) {
    this.pair = pair;
    pair.through = (cluster) => seenBy(cluster, { before: (call) => this.before?.(cluster.name as Site, call) });
  }

  /** `there`: what its namespace is called on `west`. */
  static async open(open: OpenGround, there = 'shop'): Promise<MixedSites> {
    const pair = await SitePair.open(open, { objects: mixedShop(), copied: 60_000, looks: '1m', bothWays: true, there });
    if (there !== 'shop') pair.policy = { owner: 'team-shop', mapping: { west: { namespaces: { shop: there } } } };
    await pair.pass(180_000);
    return new MixedSites(pair);
  }

  get clock(): Clock & { readonly untilNext: number } {
    return this.pair.still;
  }

  /** `spec` of the DRPolicy of the shop. */
  set policy(spec: Record<string, unknown>) {
    this.pair.policy = spec;
  }

  client(site: Site): GroundSite['client'] {
    return this.pair.clusters[site].client;
  }

  service(holder = 'me'): DrService {
    return this.pair.service(holder);
  }

  /** A backup of the web server with its volume, and of what else runs, without volumes; arrived at the other cluster. */
  async backUp(site: Site): Promise<void> {
    this.#points += 1;
    const backup = (name: string, spec: Record<string, unknown>): KubeObject => ({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: `${site}-${name}-${this.#points}`, namespace: 'velero' },
      spec: { includedNamespaces: [this.pair.namespaces[site]], ...spec },
    });
    const web = { labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } }, snapshotMoveData: true };
    await createAll(this.client(site), [backup('web', web), backup('rest', { snapshotVolumes: false })]);
    await this.pass(150_000);
  }

  pass(milliseconds: number): Promise<void> {
    return this.pair.pass(milliseconds);
  }

  /** Time passes until it has ended. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.pair.during(work);
  }

  write(site: Site, component: ClaimedComponent, text: string): Promise<void> {
    return this.pair.write(site, text, component);
  }

  read(site: Site, component: ClaimedComponent): Promise<string | undefined> {
    return this.pair.read(site, component);
  }

  claimOf(component: ClaimedComponent): ObjectRef {
    return { type: types.persistentVolumeClaims, namespace: 'shop', name: claims[component] };
  }

  /** A drill on `west`, and what its volumes hold when everything has become ready. */
  async drilled(plan: Plan, namespace: string): Promise<{ done: Operation; held: Partial<Record<ClaimedComponent, string | undefined>> }> {
    const service = this.service();
    const started = await this.during(service.execute(plan, { name: 'olivia' }));
    let held: Partial<Record<ClaimedComponent, string | undefined>> | undefined;
    const followed = async (): Promise<void> => {
      for await (const event of started.events) {
        if (event.type !== 'operation' || held || !event.operation.steps.every(({ state }) => state === 'Succeeded')) continue;
        held = { 'orders-db': await this.pair.read('west', 'orders-db', namespace), web: await this.pair.read('west', 'web', namespace) };
      }
    };
    await this.during(followed());
    return { done: await this.during(service.operation(started.operation.id)), held: held ?? {} };
  }

  /** Names of the claims of the shop there. */
  async claims(site: Site): Promise<string[]> {
    const { items } = await this.client(site).list(types.persistentVolumeClaims, { namespace: this.pair.namespaces[site] });
    return items.map(({ metadata }) => metadata.name);
  }

  /** Workloads there as `wanted/ready` replicas, by name. */
  async running(site: Site): Promise<Record<string, string>> {
    return Object.fromEntries(
      (await this.pair.workloads(site)).map(({ metadata, spec, status }) => [
        metadata.name,
        `${(spec as { replicas?: number }).replicas ?? 1}/${(status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0}`,
      ]),
    );
  }

  /** Workloads there that have a label of such a name. */
  async labelled(site: Site, key: RegExp): Promise<string[]> {
    const named = ({ metadata: { labels } }: KubeObject): boolean => Object.keys(labels ?? {}).some((name) => key.test(name));
    return (await this.pair.workloads(site)).filter(named).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
  }

  close(): Promise<void> {
    return this.pair.close();
  }
}
