/** Types that bring a claim back: the snapshots have to pass the filter, the volume makes the engine drop the old name. */
export const claimTypes = ['persistentvolumeclaims', 'persistentvolumes', 'volumesnapshots.snapshot.storage.k8s.io'];

/** Bytes per second: a data mover that is slower than this is given up. */
const slowest = 5_000_000;

/** Seconds that pods wait for a data mover to bring their data: twice what it is thought to take. */
export function patienceFor(volumes: readonly { bytes?: number }[]): number {
  return Math.ceil((2 * volumes.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)) / slowest);
}
