import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { VeleroStage } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import { volsyncControllers, volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import type { StoryCluster } from './story-cluster.ts';
import { copying } from './story-cluster.ts';

/** Over HTTP, without a network. */
export async function sandboxStory(name: 'east' | 'west', clock: FakeClock): Promise<StoryCluster> {
  const made = await VeleroStage.open(name, new MemoryBuckets(['backups']), clock);
  const { stage, behaviour } = made;
  return {
    stage,
    behaviour,
    reach(as, between) {
      const cluster = { name, server: 'https://sandbox.invalid' };
      const answering = async (request: Request): Promise<Response> => between?.(request) ?? stage.api.fetch(request);
      const user = { name: 'admin', token: 'admin', ...(as !== undefined && { impersonate: { user: as } }) };
      return new HttpCluster({ config: { name, cluster, user }, dispatcher: apiDispatcher({ fetch: answering }), clock });
    },
    async installVolsync(way) {
      await createAll(stage.cluster, volsyncDefinitions());
      const { cluster, volumes } = stage;
      stage.run(volsyncControllers({ cluster, clock, volumes, between: way, ...copying[name] }));
    },
    create: (object) => made.create(object),
    names: (type, namespace) => made.names(type, namespace),
    backup: (...backup) => made.backup(...backup),
    read: (namespace, claim) => made.read(namespace, claim),
    write: async (namespace, claim, files) => made.write(namespace, claim, files),
  };
}
