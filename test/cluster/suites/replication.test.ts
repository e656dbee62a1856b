import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { engine } from '@kubectl-dr/core/engines/volsync/index';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { describeReplicator } from '@kubectl-dr/core/testing/replication-conformance';
import { textAt } from '@kubectl-dr/sandbox/api/json';
import { find, ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { dataClaim, repositorySecrets } from '@kubectl-dr/sandbox/simulators/volsync/pair.testing';
import { Between } from '@kubectl-dr/sandbox/simulators/volsync/repositories';
import { volsyncControllers, volsyncDefinitions } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { snapshotDefinitions } from '@kubectl-dr/sandbox/simulators/volumes/snapshot-definitions';
import { inject } from 'vitest';
import { clientOf, missingStorage, realCluster } from '../targets/real.ts';
import { missingSnapshots, shippedDefinitions, withSnapshots } from '../targets/snapshots.ts';

const target = inject('target');
const missing = missingSnapshots(target) ?? realVolumes();

/** The simulated VolSync copies simulated volumes. */
function realVolumes(): string | undefined {
  return target === 'real' && missingStorage() === undefined
    ? 'with CSI_BIN_DIR volumes are real, which the simulated VolSync cannot read'
    : undefined;
}

async function definitionsOf(): Promise<KubeObject[]> {
  if (target !== 'real') return [...snapshotDefinitions(), ...volsyncDefinitions()];
  return [...(await shippedDefinitions('external-snapshotter')), ...(await shippedDefinitions('volsync'))];
}

describe.skipIf(missing !== undefined)(`VolSync on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeReplicator('VolSync', async () => {
    const between = new Between();
    const behaviour: { down?: boolean } = {};
    const definitions = await definitionsOf();
    const open = async (name: 'east' | 'west') => {
      const stage = await withSnapshots(target, name, definitions);
      const { cluster, durations } = stage;
      await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
      stage.run(volsyncControllers({ cluster, clock: systemClock, volumes: stage.volumes!, durations, between, behaviour }));
      return stage;
    };
    const [east, west] = await Promise.all([open('east'), open('west')]);
    await east.cluster.create(types.persistentVolumeClaims, dataClaim);
    const contextOf = ({ client }: typeof east): EngineContext => ({ cluster: client, clock: systemClock, namespace: 'shop' });
    const stageOf = ({ cluster }: EngineContext) => (cluster.name === 'east' ? east : west);
    const volumeOf = async (at: EngineContext, name: string): Promise<string> =>
      textAt(await find(at.cluster, { type: types.persistentVolumeClaims, name, namespace: at.namespace }), 'spec', 'volumeName');
    await eventually(async () => east.volumes!.read(await volumeOf(contextOf(east), 'data')) !== undefined, 'the claim is bound');
    const unlessThere = async (creation: Promise<unknown>): Promise<void> => {
      await creation.catch((error: Error) => {
        if (error.name !== 'ConflictError') throw error;
      });
    };
    return {
      engine,
      ends: { source: contextOf(east), target: contextOf(west) },
      claim: claimManifest(dataClaim),
      async begin(request) {
        for (const end of ['source', 'target'] as const) {
          const { cluster } = request[end].cluster === 'east' ? east : west;
          if (request[end].namespace !== 'shop') continue;
          for (const secret of repositorySecrets(request, 'shop')) await unlessThere(cluster.create(types.secrets, secret));
          for (const one of engine.replicator!.render(request))
            if (one.end === end) await unlessThere(cluster.create(one.type, one.object));
        }
      },
      write: async (at, name, text) => stageOf(at).volumes!.write(await volumeOf(at, name), { 'rows.txt': text }),
      read: async (at, name) => stageOf(at).volumes!.read(await volumeOf(at, name))?.['rows.txt'],
      settle: () => systemClock.sleep(100),
      silence: () => void (behaviour.down = true),
      close: async () => void (await Promise.all([east.close(), west.close()])),
    };
  });
  // The suites of a run share the real clusters, and the types of this engine are its own.
  if (target === 'real')
    afterAll(async () => {
      for (const name of ['east', 'west'] as const) {
        const client = await clientOf(realCluster(name));
        for (const { metadata } of await shippedDefinitions('volsync'))
          await ifThere(client.delete({ type: types.customResourceDefinitions, name: metadata.name }));
        await client.close();
      }
    });
});
