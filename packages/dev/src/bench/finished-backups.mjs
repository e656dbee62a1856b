import { builders } from '@kubectl-dr/core/testing';

/** So many finished backups, one a minute up to now, of so many applications in turn; namespaces come first. */
export function finishedBackups({ backups, applications = 1 }) {
  const newest = Date.now();
  const namespaces = Array.from({ length: applications }, (_, index) => (applications === 1 ? 'shop' : `app-${index}`));
  return [
    ...['velero', ...namespaces].map((name) => builders.namespace(name)),
    builders.backupStorageLocation(),
    // Nobody runs pods here.
    ...namespaces.map((namespace) => builders.deployment(`${namespace}/web`, { replicas: 0 })),
    ...Array.from({ length: backups }, (_, index) => {
      const namespace = namespaces[index % applications];
      const startedAt = `${new Date(newest - index * 60_000).toISOString().slice(0, 19)}Z`;
      return builders.backup(`${namespace}-${String(index).padStart(5, '0')}`, { startedAt, namespaces: [namespace] });
    }),
  ];
}
