import type { Claim } from '../application/inventory.ts';
import type { Workload } from '../application/workload.ts';
import type { PointContents, RecoveryPoint, StorageLocation, VolumeCapture } from '../protection/model.ts';
import type { Locations } from './point-health.ts';

/** Values for tests of what is usable and of verdicts. `now` is noon; ages are minutes before it. */
export const now = new Date('2026-03-01T12:00:00Z');

export function ago(minutes: number): string {
  return new Date(now.getTime() - minutes * 60_000).toISOString();
}

export function point(name: string, minutes: number, changes: Partial<RecoveryPoint> = {}): RecoveryPoint {
  return {
    id: `east/fake/backups/${name}`,
    name,
    namespace: 'backups',
    engine: 'fake',
    cluster: 'east',
    phase: 'Succeeded',
    nativePhase: 'Completed',
    capturedAt: ago(minutes),
    completedAt: ago(minutes - 1),
    expiresAt: ago(minutes - 30 * 24 * 60),
    scope: { namespaces: ['shop'], excludedNamespaces: [] },
    location: 'default',
    ...changes,
  };
}

export function captured(claim: string, changes: Partial<VolumeCapture> = {}): VolumeCapture {
  return { namespace: 'shop', claim, method: 'csi-snapshot', state: 'captured', bytes: 1024, ...changes };
}

export function contents(of: RecoveryPoint, changes: Partial<PointContents> = {}): PointContents {
  return {
    pointId: of.id,
    objects: [
      { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' },
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'orders' },
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-orders-db-0' },
    ],
    volumes: [captured('data-orders-db-0')],
    errors: {},
    ...changes,
  };
}

export function location(name: string, changes: Partial<StorageLocation> = {}): StorageLocation {
  return {
    id: `east/fake/${name}`,
    name,
    engine: 'fake',
    cluster: 'east',
    phase: 'Available',
    accessMode: 'ReadWrite',
    isDefault: name === 'default',
    ...changes,
  };
}

export function locations(...all: StorageLocation[]): Locations {
  return { byName: new Map(all.map((one) => [`${one.engine}/${one.name}`, one])), readable: new Set(['fake']) };
}

export function workload(name: string, changes: Partial<Workload> = {}): Workload {
  return {
    kind: 'StatefulSet',
    apiVersion: 'apps/v1',
    namespace: 'shop',
    name,
    labels: { app: name },
    annotations: {},
    podLabels: { app: name },
    podAnnotations: {},
    images: ['app:1'],
    claims: [],
    references: [],
    ready: true,
    createdAt: '2026-01-01T00:00:00Z',
    finished: false,
    ...changes,
  };
}

export function claim(name: string, changes: Partial<NonNullable<Claim['object']>> = {}): Claim {
  return {
    namespace: 'shop',
    name,
    object: { namespace: 'shop', name, labels: {}, createdAt: '2026-01-01T00:00:00Z', phase: 'Bound', ...changes },
  };
}
