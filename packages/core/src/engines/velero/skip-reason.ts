/** Why the server passed over a volume, way by way (`pv_skip_tracker.go`), with what that comes to. The first that fits counts. */
const known: [pattern: RegExp, meaning: string][] = [
  [/\bany: skipped due to resource policy\b/, 'a resource policy skips it'],
  [/\bany: item has label (velero\.io\/exclude-from-backup)=true/, 'it carries the label $1=true'],
  [/\bpodvolume: encountered a problem with backing up the PVC of pod ([^:;]+): ([^;]+)/, 'its pod $1 could not be read: $2'],
  [/\bpodvolume: volume \S+ declared in pod ([^;]+?) is a block volume\b/, 'it is a block volume of the pod $1, which has no files'],
  [/\bpodvolume: volume \S+ is declared in pod ([^;]+?) but not mounted\b/, 'no container of the pod $1 mounts it'],
  [/\bcsiSnapshot: skipped b\/c it's not a CSI volume\b/, 'no CSI driver made it, and nothing else can snapshot it'],
  [/\bvolumeSnapshot: not satisfy the criteria\b/, 'snapshots are turned off for this backup, or a volume policy has other plans for it'],
];

/** `podvolume: opted out due to annotation in pod db-0;volumeSnapshot: not satisfy the criteria …;` in words for people. Otherwise as it is. */
export function skipReason(text: string): string {
  for (const [pattern, meaning] of known) {
    const match = pattern.exec(text);
    if (match !== null) return meaning.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
  }
  return text;
}
