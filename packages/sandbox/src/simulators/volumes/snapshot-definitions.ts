import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { DefinitionOptions } from '../definition.ts';
import { age, definition } from '../definition.ts';
import { snapshotKinds } from './snapshot-kinds.ts';

const shown: Record<keyof typeof snapshotKinds, DefinitionOptions> = {
  snapshots: {
    columns: [
      ['ReadyToUse', '.status.readyToUse', 'boolean'],
      ['SourcePVC', '.spec.source.persistentVolumeClaimName', 'string'],
      ['SourceSnapshotContent', '.spec.source.volumeSnapshotContentName', 'string'],
      ['RestoreSize', '.status.restoreSize', 'string'],
      ['SnapshotClass', '.spec.volumeSnapshotClassName', 'string'],
      ['SnapshotContent', '.status.boundVolumeSnapshotContentName', 'string'],
      ['CreationTime', '.status.creationTime', 'date'],
      age,
    ],
    shortNames: ['vs'],
    status: true,
  },
  snapshotContents: {
    columns: [
      ['ReadyToUse', '.status.readyToUse', 'boolean'],
      ['RestoreSize', '.status.restoreSize', 'integer'],
      ['DeletionPolicy', '.spec.deletionPolicy', 'string'],
      ['Driver', '.spec.driver', 'string'],
      ['VolumeSnapshotClass', '.spec.volumeSnapshotClassName', 'string'],
      ['VolumeSnapshot', '.spec.volumeSnapshotRef.name', 'string'],
      ['VolumeSnapshotNamespace', '.spec.volumeSnapshotRef.namespace', 'string'],
      age,
    ],
    shortNames: ['vsc', 'vscs'],
    status: true,
  },
  snapshotClasses: {
    columns: [['Driver', '.driver', 'string'], ['DeletionPolicy', '.deletionPolicy', 'string'], age],
    shortNames: ['vsclass', 'vsclasses'],
  },
  groupSnapshots: {
    columns: [
      ['ReadyToUse', '.status.readyToUse', 'boolean'],
      ['VolumeGroupSnapshotClass', '.spec.volumeGroupSnapshotClassName', 'string'],
      ['VolumeGroupSnapshotContent', '.status.boundVolumeGroupSnapshotContentName', 'string'],
      ['CreationTime', '.status.creationTime', 'date'],
      age,
    ],
    shortNames: ['vgs'],
    status: true,
  },
  groupSnapshotContents: {
    columns: [
      ['ReadyToUse', '.status.readyToUse', 'boolean'],
      ['DeletionPolicy', '.spec.deletionPolicy', 'string'],
      ['Driver', '.spec.driver', 'string'],
      ['VolumeGroupSnapshotClass', '.spec.volumeGroupSnapshotClassName', 'string'],
      ['VolumeGroupSnapshotNamespace', '.spec.volumeGroupSnapshotRef.namespace', 'string'],
      ['VolumeGroupSnapshot', '.spec.volumeGroupSnapshotRef.name', 'string'],
      age,
    ],
    shortNames: ['vgsc', 'vgscs'],
    status: true,
  },
  groupSnapshotClasses: {
    columns: [['Driver', '.driver', 'string'], ['DeletionPolicy', '.deletionPolicy', 'string'], age],
    shortNames: ['vgsclass', 'vgsclasses'],
  },
};

/** Definitions of the snapshot controller: names and columns of the real ones, open schemas. */
export function snapshotDefinitions(): KubeObject[] {
  return (Object.keys(snapshotKinds) as (keyof typeof snapshotKinds)[]).map((name) => definition(snapshotKinds[name], shown[name]));
}
