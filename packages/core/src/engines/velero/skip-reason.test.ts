import { skipReason } from './skip-reason.ts';

it.each([
  [
    'podvolume: opted out due to annotation in pod db-0;volumeSnapshot: not satisfy the criteria for VolumePolicy or the legacy snapshot way;',
    'snapshots are turned off for this backup, or a volume policy has other plans for it',
  ],
  [
    'any: skipped due to resource policy ;volumeSnapshot: not satisfy the criteria for VolumePolicy or the legacy snapshot way;',
    'a resource policy skips it',
  ],
  [
    "csiSnapshot: skipped b/c it's not a CSI volume;volumeSnapshot: no applicable volumesnapshotter found;",
    'no CSI driver made it, and nothing else can snapshot it',
  ],
  [
    'podvolume: encountered a problem with backing up the PVC of pod shop/db-0: pod is not scheduled, name=db-0, namespace=shop, phase=Pending;volumeSnapshot: not satisfy the criteria for VolumePolicy or the legacy snapshot way;',
    'its pod shop/db-0 could not be read: pod is not scheduled, name=db-0, namespace=shop, phase=Pending',
  ],
  ['any: item has label velero.io/exclude-from-backup=true;', 'it carries the label velero.io/exclude-from-backup=true'],
  ['a sentence of a later version', 'a sentence of a later version'],
])('tells what "%s" comes to', (text, meaning) => expect(skipReason(text)).toBe(meaning));
