import { engine as ramen } from '@kubectl-dr/core/engines/ramen/index';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import { NotAllowedError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { CatalogEntity } from '@kubectl-dr/core/ports/catalog';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { Killed, seenBy, writes } from '../../suites/seen-by.ts';
import type { LivingCluster } from './stage.ts';

export const owner = 'group:default/team-shop';
export const caller = { name: 'olivia' };

export function part(name: string, namespace: string, dependsOn: string[] = []): CatalogEntity {
  const annotations = { 'backstage.io/kubernetes-namespace': namespace, 'backstage.io/kubernetes-cluster': 'east' };
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, annotations },
    spec: { type: 'service', owner: 'team-shop', system: 'shop', dependsOn },
  };
}

export function entitiesOf(...parts: CatalogEntity[]): CatalogEntity[] {
  return [{ apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'shop' }, spec: { owner: 'team-shop' } }, ...parts];
}

/** Types that the product may not see. */
export const hidden = new Set<string>();

/** Calls of the product, as `patch drplacementcontrols`. */
export const used = new Set<string>();

/** The product, over two clusters of which some may not answer it. */
export function product(sides: readonly LivingCluster[], lost: ReadonlySet<string>, entities: CatalogEntity[]) {
  return (holder = 'me', through: (cluster: ClusterClient) => ClusterClient = (cluster) => cluster): DrService => {
    const clusters = sides.map(({ client, name }) =>
      through(
        seenBy(client, {
          before: ({ verb, what }) => {
            used.add(`${verb} ${what}`);
            if (hidden.has(what)) throw new NotAllowedError(`${what} may not be listed`, { code: 'FORBIDDEN', cluster: name });
            if (lost.has(name)) throw new ServiceUnavailableError(`${name} does not answer`, { cluster: name });
          },
        }),
      ),
    );
    return createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [ramen, stork],
      clock: systemClock,
      holder,
      catalog: { read: async () => ({ entities, problems: [] }) },
    });
  };
}

/** Without a volume, in a namespace of its own. */
export function front(): KubeObject[] {
  const labels = { app: 'front' };
  const spec = { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'example/front:1' }] };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-ml', annotations: { 'kubectl-dr.dev/owner': owner } } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'front', namespace: 'shop-ml' },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}

/** Dies at one of its first writes, is resumed and dies some writes later, until it is through. */
export async function killedAtEach(service: ReturnType<typeof product>, sides: readonly LivingCluster[], plan: Plan): Promise<number> {
  const id = `steered-${plan.hash.slice(0, 8)}`;
  for (let kills = 0; ; kills += 1) {
    const process = new AbortController();
    let count = 0;
    const deadly = (cluster: ClusterClient): ClusterClient =>
      seenBy(cluster, {
        before({ verb }) {
          if (writes.has(verb)) count += 1;
          if (count > 2 * kills + 2) process.abort(new Killed());
          process.signal.throwIfAborted();
        },
      });
    try {
      const dr = service(`holder-${kills}`, deadly);
      const { signal } = process;
      const begun = await service()
        .operation(id)
        .catch(() => undefined);
      // It died when nothing was left but to give its lease back.
      if (begun?.state === 'Succeeded') return kills;
      const started = begun ? await dr.resume(id, caller, { signal }) : await dr.execute(plan, caller, { operationId: id, signal });
      const { state, message } = await started.run();
      expect(state, message).toBe('Succeeded');
      return kills;
    } catch (error) {
      if (!process.signal.aborted) throw error;
      await giveBack(sides);
    }
  }
}

/** The lease of a dead process, which would run out in half a minute. */
async function giveBack(sides: readonly LivingCluster[]): Promise<void> {
  for (const { client } of sides)
    for (const { metadata } of (await client.list(types.leases, { namespace: 'kubectl-dr' })).items)
      await client.patch({ type: types.leases, namespace: 'kubectl-dr', name: metadata.name }, 'merge', { spec: { holderIdentity: '' } });
}
