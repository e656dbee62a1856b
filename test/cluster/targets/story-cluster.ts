import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { textAt } from '@kubectl-dr/sandbox/api/json';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import { volsyncControllers } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import type { StoryCluster } from '../../e2e/story-cluster.ts';
import { copying } from '../../e2e/story-cluster.ts';
import { shippedDefinitions } from './snapshots.ts';
import { stillCluster } from './still-cluster.ts';

/** The cluster of a story on a real control plane. */
export async function realStory(name: 'east' | 'west', clock: FakeClock): Promise<StoryCluster> {
  const velero = behaviour();
  const locations = [{ name: 'default', bucket: 'backups', isDefault: true }];
  const still = await stillCluster({ name, clock, buckets: new MemoryBuckets(['backups']), locations, velero });
  const { cluster, config, volumes, durations, power, idle } = still;
  const volumeOf = async (namespace: string, claim: string): Promise<string> =>
    textAt(await cluster.get({ type: types.persistentVolumeClaims, namespace, name: claim }), 'spec', 'volumeName');
  const create = (object: KubeObject): Promise<void> => createAll(cluster, [object]);
  return {
    stage: { name, cluster, clock, durations, volumes, run: (controllers) => power.run(controllers), idle, close: () => still.close() },
    behaviour: velero,
    reach(as, between) {
      // Under the name by which the sandbox knows its administrator.
      const impersonate = as === undefined ? { user: 'kubernetes-admin', groups: ['system:masters'] } : { user: as };
      const answering = between && apiDispatcher({ fetch: async (request) => between(request) ?? fetch(request) });
      return new HttpCluster({
        config: { ...config, user: { ...config.user, impersonate } },
        clock,
        ...(answering && { dispatcher: answering }),
      });
    },
    async installVolsync(way) {
      await still.defineMissing(await shippedDefinitions('volsync'));
      power.run(volsyncControllers({ cluster, clock, volumes, between: way, ...copying[name] }));
    },
    create,
    names: async (type, namespace) =>
      (await cluster.list(type, namespace === undefined ? {} : { namespace })).items.map(({ metadata }) => metadata.name).sort(),
    async backup(backup, spec) {
      await create({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: backup, namespace: 'velero' }, spec });
      await idle();
    },
    read: async (namespace, claim) => volumes.read(await volumeOf(namespace, claim)),
    write: async (namespace, claim, files) => volumes.write(await volumeOf(namespace, claim), files),
  };
}
