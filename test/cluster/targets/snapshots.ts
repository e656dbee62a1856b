import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { groupSnapshotClass, snapshotClass } from '@kubectl-dr/sandbox/simulators/hardware';
import { snapshotDefinitions } from '@kubectl-dr/sandbox/simulators/volumes/snapshot-definitions';
import { snapshotControllers } from '@kubectl-dr/sandbox/simulators/volumes/snapshots';
import { parseAllDocuments } from 'yaml';
import { sharedData } from '../shared-data.ts';
import type { TargetName } from './harness.ts';
import { missingClusters } from './real.ts';
import type { LivingCluster, StageOptions } from './stage.ts';
import { stages } from './stage.ts';

/** Why a target cannot have snapshots here, if it cannot. */
export function missingSnapshots(target: TargetName): string | undefined {
  if (target !== 'real') return undefined;
  const missing = missingClusters();
  if (missing !== undefined) return missing;
  return existsSync(path.join(sharedData, 'crds')) ? undefined : `the folder ${sharedData} with the definitions of snapshots is absent`;
}

/** The definitions that a project ships. */
export async function shippedDefinitions(folder: 'velero' | 'external-snapshotter' | 'volsync' | 'ramen'): Promise<KubeObject[]> {
  const at = path.join(sharedData, 'crds', folder);
  const texts = await Promise.all((await readdir(at)).map((file) => readFile(path.join(at, file), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject));
}

/** A living cluster whose volumes can be snapshotted, alone and in groups: by its drivers where it has some, else by simulated ones. */
export async function withSnapshots(
  target: TargetName,
  name: StageOptions['name'],
  definitions?: readonly KubeObject[],
): Promise<LivingCluster> {
  const wanted = definitions ?? (target === 'real' ? await shippedDefinitions('external-snapshotter') : snapshotDefinitions());
  const stage = await stages[target]({ name, definitions: [...wanted] });
  for (const object of [snapshotClass(), groupSnapshotClass()]) {
    await createAll(stage.cluster, [object]).catch((error: Error) => {
      // What has no namespace is still there from an earlier file.
      if (error.name !== 'ConflictError') throw error;
    });
  }
  const { cluster, volumes } = stage;
  if (volumes) stage.run(snapshotControllers({ cluster, volumes, clock: systemClock }));
  return stage;
}
