import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { VeleroStage } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import type { StoryCluster } from './story-cluster.ts';

/** Over HTTP, without a network. */
export async function sandboxStory(name: 'east' | 'west', clock: FakeClock): Promise<StoryCluster> {
  const made = await VeleroStage.open(name, new MemoryBuckets(['backups']), clock);
  const { stage, behaviour } = made;
  return {
    stage,
    behaviour,
    api: stage.api,
    reach(as) {
      const cluster = { name, server: 'https://sandbox.invalid' };
      const user = { name: 'admin', token: 'admin', ...(as !== undefined && { impersonate: { user: as } }) };
      return new HttpCluster({ config: { name, cluster, user }, dispatcher: apiDispatcher(stage.api), clock });
    },
    create: (object) => made.create(object),
    names: (type, namespace) => made.names(type, namespace),
    backup: (...backup) => made.backup(...backup),
    read: (namespace, claim) => made.read(namespace, claim),
    write: async (namespace, claim, files) => made.write(namespace, claim, files),
  };
}
