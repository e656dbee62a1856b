import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { snapshotClass } from '@kubectl-dr/sandbox/simulators/hardware';
import type { Buckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import { veleroDefinitions } from '@kubectl-dr/sandbox/simulators/velero/crds';
import { veleroInstallation } from '@kubectl-dr/sandbox/simulators/velero/install';
import { veleroControllers } from '@kubectl-dr/sandbox/simulators/velero/velero';
import { parseAllDocuments } from 'yaml';
import type { TargetName } from './harness.ts';
import { missingClusters } from './real.ts';
import type { LivingCluster } from './stage.ts';
import { stages } from './stage.ts';

const shared = process.env.KUBECTL_DR_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared/data');

/** Why a target cannot have Velero here, if it cannot. */
export function missingVelero(target: TargetName): string | undefined {
  if (target !== 'real') return undefined;
  return (
    missingClusters() ??
    (existsSync(path.join(shared, 'crds')) ? undefined : `the folder ${shared} with the definitions of Velero is absent`)
  );
}

/** A real cluster gets the definitions that Velero and the snapshot controller ship, the others the sandbox's. */
async function definitionsFor(target: TargetName): Promise<KubeObject[]> {
  if (target !== 'real') return veleroDefinitions();
  const all: KubeObject[] = [];
  for (const folder of ['velero', 'external-snapshotter']) {
    for (const file of await readdir(path.join(shared, 'crds', folder))) {
      const documents = parseAllDocuments(await readFile(path.join(shared, 'crds', folder, file), 'utf8'));
      all.push(...documents.map((document) => document.toJS() as KubeObject));
    }
  }
  // Several versions of one type need a webhook that is not here, and nobody asks for groups of snapshots.
  return all.filter(({ metadata }) => !metadata.name.includes('groupsnapshot'));
}

/** The server's rights are nobody's business where there is no access control. */
function installation(target: TargetName, version: string): KubeObject[] {
  const all = veleroInstallation(version, [{ name: 'default', bucket: 'backups', isDefault: true }]);
  return target === 'memory' ? all.filter(({ kind }) => kind !== 'ClusterRoleBinding') : all;
}

export interface ProtectedCluster extends LivingCluster {
  /** What the server does and how it fails; may be changed at any time. */
  velero: VeleroBehaviour;
}

/** A living cluster with Velero in the namespace `velero`, its default location in the bucket `backups`. */
export async function withVelero(target: TargetName, name: 'east' | 'west', buckets: Buckets): Promise<ProtectedCluster> {
  const stage = await stages[target]({ name, definitions: await definitionsFor(target) });
  const settings = behaviour();
  for (const object of [...installation(target, settings.version), snapshotClass()]) {
    await createAll(stage.cluster, [object]).catch((error: Error) => {
      // What has no namespace is still there from an earlier file.
      if (error.name !== 'ConflictError') throw error;
    });
  }
  stage.run(
    veleroControllers({
      cluster: stage.cluster,
      clock: systemClock,
      durations: stage.durations,
      volumes: stage.volumes,
      buckets,
      behaviour: settings,
      namespace: 'velero',
      offer: stage.links.offer,
      missing: stage.links.missing,
    }),
  );
  return { ...stage, velero: settings };
}
