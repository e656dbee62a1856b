import { existsSync } from 'node:fs';
import path from 'node:path';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { at, isRecord, withPath } from '@kubectl-dr/sandbox/api/json';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import { veleroDefinitions } from '@kubectl-dr/sandbox/simulators/velero/crds';
import { veleroInstallation } from '@kubectl-dr/sandbox/simulators/velero/install';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { veleroControllers } from '@kubectl-dr/sandbox/simulators/velero/velero';
import type { TargetName } from './harness.ts';
import type { RealVelero } from './real-velero.ts';
import { createBucket, realVelero, s3Credentials, startVeleroServer } from './real-velero.ts';
import { sharedData } from '../shared-data.ts';
import { missingClusters, missingStorage } from './real.ts';
import { shippedDefinitions, withSnapshots } from './snapshots.ts';
import type { LivingCluster } from './stage.ts';
import { removeNamespace } from './stage.ts';

/** Why a target cannot have Velero here, if it cannot. */
export function missingVelero(target: TargetName): string | undefined {
  if (target !== 'real') return undefined;
  const missing = missingClusters();
  if (missing !== undefined) return missing;
  if (missingStorage() === undefined && realVelero() === undefined)
    return 'with CSI_BIN_DIR volumes are real, which the simulated Velero cannot read: VELERO_BIN, VELERO_PLUGINS and S3_URL are not set';
  return existsSync(path.join(sharedData, 'crds')) ? undefined : `the folder ${sharedData} with the definitions of Velero is absent`;
}

/** A real cluster gets the definitions that Velero and the snapshot controller ship, the others the sandbox's. */
async function definitionsFor(target: TargetName): Promise<KubeObject[]> {
  if (target !== 'real') return veleroDefinitions();
  return [...(await shippedDefinitions('velero')), ...(await shippedDefinitions('external-snapshotter'))];
}

/** A part of the bucket that is the default location's alone: the server wants nothing in it but its own. */
const prefix = 'default';

function installation(version: string): KubeObject[] {
  const objects = veleroInstallation(version, [{ name: 'default', bucket: 'backups', prefix, isDefault: true }]);
  // A namespace waits half of the time that its pods may take to end.
  return objects.map((object) =>
    isRecord(at(object, 'spec', 'template')) ? withPath(object, ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], 0) : object,
  );
}

/** A real server needs a bucket that it can reach. It runs beside the cluster, but looks for its Deployment when it restores. */
function realInstallation(server: RealVelero, bucket: string): KubeObject[] {
  const config = {
    region: s3Credentials.AWS_REGION,
    s3ForcePathStyle: 'true',
    s3Url: server.s3,
    publicUrl: server.s3,
    checksumAlgorithm: '',
  };
  return installation('v1.18.1').map((object) => {
    if (object.kind !== 'BackupStorageLocation') return object;
    return { ...object, spec: { provider: 'aws', default: true, objectStorage: { bucket, prefix }, config } };
  });
}

/** What the clusters of one test keep their backups in. */
export interface Store {
  buckets: MemoryBuckets;
  /** Of a real S3 server. */
  bucket: string;
}

export function newStore(): Store {
  return { buckets: new MemoryBuckets(['backups']), bucket: `kubectl-dr-${crypto.randomUUID().slice(0, 8)}` };
}

export interface ProtectedCluster extends LivingCluster {
  /** What the simulated server does and how it fails; may be changed at any time. Absent where the server is the real one. */
  velero?: VeleroBehaviour;
}

/**
 * A living cluster with Velero in the namespace `velero`, its default location in a bucket of the store. `definitions` are of
 * types that are there before Velero starts: the real server looks for new ones every five minutes only, and till then its
 * backups hold none of them.
 */
export async function withVelero(
  target: TargetName,
  name: 'east' | 'west',
  store: Store,
  definitions: KubeObject[] = [],
): Promise<ProtectedCluster> {
  const stage = await withSnapshots(target, name, [...(await definitionsFor(target)), ...definitions]);
  const server = target === 'real' ? realVelero() : undefined;
  const settings = behaviour();
  for (const object of server ? realInstallation(server, store.bucket) : installation(settings.version)) {
    await createAll(stage.cluster, [object]).catch((error: Error) => {
      // What has no namespace is still there from an earlier file.
      if (error.name !== 'ConflictError') throw error;
    });
  }
  // Whatever its flags say, the server also listens on port 8080: a machine has room for one.
  if (server && name === 'west') return stage;
  if (server) {
    await createBucket(server, store.bucket);
    const running = await startVeleroServer(server, stage.kubeconfig!);
    await eventually(async () => (await locationOf(stage)) === 'Available', `the location of Velero on ${name} is available`, 30_000).catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${running.lastWords()}`, { cause: error });
      },
    );
    return {
      ...stage,
      async close() {
        // It has finalizers of its own to take off.
        await removeNamespace(stage.client, 'velero');
        await running.stop();
        await stage.close();
      },
    };
  }
  const { volumes } = stage;
  if (volumes === undefined) throw new Error(`the volumes of ${name} are real: the simulated Velero cannot read them`);
  stage.run(
    veleroControllers({
      cluster: stage.cluster,
      clock: systemClock,
      durations: stage.durations,
      volumes,
      buckets: store.buckets,
      behaviour: settings,
      namespace: 'velero',
      offer: stage.links.offer,
      missing: stage.links.missing,
    }),
  );
  return { ...stage, velero: settings };
}

async function locationOf({ client }: LivingCluster): Promise<unknown> {
  const { status } = await client.get({ type: kinds.locations, namespace: 'velero', name: 'default' });
  return (status as { phase?: string } | undefined)?.phase;
}
