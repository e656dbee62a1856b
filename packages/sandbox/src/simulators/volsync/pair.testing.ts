import { claimManifest } from '@kubectl-dr/core/application/claim-manifest';
import { repositoryName } from '@kubectl-dr/core/engines/volsync/render';
import { kinds } from '@kubectl-dr/core/engines/volsync/kinds';
import { engine } from '@kubectl-dr/core/engines/volsync/index';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ReplicationRequest } from '@kubectl-dr/core/ports/replication';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { ReplicationHarness } from '@kubectl-dr/core/testing/replication-conformance';
import { recordAt, textAt } from '../../api/json.ts';
import { createAll } from '../create-all.ts';
import { instant } from '../durations.ts';
import { find } from '../find.ts';
import { nodes, snapshotClass, storageClasses } from '../hardware.ts';
import { Stage } from '../stage.ts';
import { snapshotDefinitions } from '../volumes/snapshot-definitions.ts';
import { Between } from './repositories.ts';
import { volsyncControllers, volsyncDefinitions } from './volsync.ts';

export const quick: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'quick' },
  provisioner: 'disk.csi.sandbox.kubectl-dr.dev',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

export const dataClaim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop', labels: { app: 'db' } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'quick' },
};

/** Secrets that a person makes for both ways of a request, on the clusters of both ends. */
export function repositorySecrets({ claims, source }: ReplicationRequest, namespace: string): KubeObject[] {
  return claims.map(({ metadata }) => {
    const name = repositoryName({ source }, metadata.name);
    const data = { RESTIC_REPOSITORY: btoa(`s3:https://store.invalid/${name}`), RESTIC_PASSWORD: btoa('secret') };
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data };
  });
}

/** Two clusters with VolSync, and one claim on the first; time stands still until somebody waits. */
export async function volsyncPair(mover: 'restic' | 'rsyncTLS' = 'restic') {
  const clock = new FakeClock();
  const between = new Between();
  const behaviour: { down?: boolean } = {};
  const stages = await Promise.all(
    ['east', 'west'].map(async (name) => {
      const durations = { ...instant, dataMovement: 2_000 };
      const stage = new Stage({ name, clock, durations, crds: [...volsyncDefinitions(), ...snapshotDefinitions()] });
      await createAll(stage.cluster, [
        ...nodes([{ name: 'a', zone: 'eu-1a' }]),
        ...storageClasses(),
        quick,
        snapshotClass(),
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
        ...(name === 'east' ? [dataClaim] : []),
      ]);
      stage.start();
      stage.startSnapshots();
      const { cluster, volumes } = stage;
      stage.run(volsyncControllers({ cluster, clock, volumes, durations, between, behaviour }));
      await stage.idle();
      return stage;
    }),
  );
  const [east, west] = stages as [Stage, Stage];
  const contextOf = ({ cluster }: Stage): EngineContext => ({ cluster, clock, namespace: 'shop' });
  const idle = async (): Promise<void> => {
    for (const stage of stages) await stage.idle();
  };
  const stageOf = ({ cluster }: EngineContext): Stage => (cluster.name === 'east' ? east : west);
  const volumeOf = async (at: EngineContext, name: string): Promise<string> =>
    textAt(await find(at.cluster, { type: types.persistentVolumeClaims, name, namespace: at.namespace }), 'spec', 'volumeName');
  const beginRsync = async (request: ReplicationRequest): Promise<void> => {
    const [source, target] = ['source', 'target'].map((end) => engine.replicator!.render(request).find((one) => one.end === end)!.object);
    const { repository: _, retain: __, pruneIntervalDays: ___, ...sending } = recordAt(source, 'spec', 'restic');
    const { repository: ____, enableFileDeletion: _____, ...receiving } = recordAt(target, 'spec', 'restic');
    await ifExists(west.cluster.create(kinds.destinations, { ...target!, spec: { rsyncTLS: receiving } }));
    await idle();
    if (request.source.namespace !== 'shop') return;
    const made = await west.cluster.get({ type: kinds.destinations, name: target!.metadata.name, namespace: 'shop' });
    const address = textAt(made, 'status', 'rsyncTLS', 'address');
    // What a person carries over.
    const keySecret = textAt(made, 'status', 'rsyncTLS', 'keySecret');
    const { data } = await west.cluster.get({ type: types.secrets, name: keySecret, namespace: 'shop' });
    const metadata = { name: keySecret, namespace: 'shop' };
    await ifExists(east.cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data }));
    const spec = { ...recordAt(source, 'spec'), restic: undefined, rsyncTLS: { ...sending, address, keySecret } };
    await ifExists(east.cluster.create(kinds.sources, { ...source!, spec }));
    await idle();
  };
  const harness: ReplicationHarness = {
    engine,
    ends: { source: contextOf(east), target: contextOf(west) },
    claim: claimManifest(dataClaim),
    async begin(request) {
      // The way back is always by restic.
      if (mover === 'rsyncTLS' && request.source.cluster === 'east') return beginRsync(request);
      for (const end of ['source', 'target'] as const) {
        const { cluster } = request[end].cluster === 'east' ? east : west;
        if (request[end].namespace !== 'shop') continue;
        for (const secret of repositorySecrets(request, 'shop')) await ifExists(cluster.create(types.secrets, secret));
        for (const one of engine.replicator!.render(request)) if (one.end === end) await ifExists(cluster.create(one.type, one.object));
      }
      await idle();
    },
    async write(at, name, text) {
      stageOf(at).volumes.write(await volumeOf(at, name), { 'rows.txt': text });
    },
    async read(at, name) {
      return stageOf(at).volumes.read(await volumeOf(at, name))?.['rows.txt'];
    },
    async settle() {
      await clock.advance(1_000);
      await idle();
    },
    silence: () => void (behaviour.down = true),
    async close() {
      for (const stage of stages) stage.close();
    },
  };
  return { ...harness, clock, between, behaviour, east, west, idle };
}

async function ifExists(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: Error) => {
    if (error.name !== 'ConflictError') throw error;
  });
}
