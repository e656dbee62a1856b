import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const unit = { stork: 'packages/core/src/engines/stork/stork.test.ts', ramen: 'packages/core/src/engines/ramen/ramen.test.ts' };
const volsync = 'packages/core/src/engines/volsync/volsync.test.ts';
const machine = (engine: string) => `packages/sandbox/src/simulators/${engine}/traps.test.ts`;
const steered = (what: string) => `test/cluster/suites/steered-${what}.test.ts`;
const moves = (engine: string) => `packages/sandbox/src/simulators/${engine}/moves.test.ts`;

/** What has caught others who wrote against these engines, and the test that holds it: by name, so that neither gets lost. */
const traps: readonly [trap: string, file: string, test: string][] = [
  // Stork
  [
    'the server takes any typo: the schema is open',
    machine('stork'),
    'with a typo, which the server let through, is told before a backup fails in it',
  ],
  [
    'controllers write whole objects: spec is patched, never replaced',
    machine('stork'),
    'what is written is a patch, and what newer versions keep in the object stays',
  ],
  [
    'a broken tag: options of a volume are called Options',
    unit.stork,
    'tells of each volume that ended, by the field that a broken tag calls Options or without',
  ],
  ['a time that is zero comes as null', unit.stork, 'counts the age of the data from its start; a time that is zero comes as null'],
  ['stages and statuses of a backup that are newer', unit.stork, 'a stage that is newer than us'],
  ['stages of an Action that are newer', moves('stork'), 'an Action that nobody takes up ends, and a stage that is newer than us is text'],
  ['a BackupLocation may hold credentials', unit.stork, 'tells type, bucket and address, and nothing that opens it'],
  ['several kinds have no spec: a policy', unit.stork, 'one wrong part stops all of it: %o'],
  ['several kinds have no spec: a location', unit.stork, 'is checked here, for its schema lets everything through: %o'],
  [
    'whole namespaces are moved, whosever they are',
    steered('moves'),
    'is not asked to move what belongs to others, which its schedule covers as well',
  ],
  [
    'a ClusterPair holds a whole kubeconfig',
    moves('stork'),
    'says which half of its pair is not ready, without a word of the kubeconfig in it',
  ],
  [
    'largeResourceEnabled: the list is not inline',
    machine('stork'),
    'is read from its file where the list is too long for the status (largeResourceEnabled)',
  ],
  [
    'PartialSuccess of what was retained',
    unit.stork,
    'PartialSuccess of a restore that only retained what was there is a success, and of any other is none',
  ],
  ['PartialSuccess of the last copy of a move', moves('stork'), 'PartialSuccess of the last copy is good for Stork, and a failure here'],
  ['more than one of transformSpecs fails every Migration', moves('stork'), "{ transformSpecs: ['a', 'b'] }"],
  [
    'a failover runs on the destination, by its static copy',
    moves('stork'),
    'a schedule that is no copy cannot steer it: it is begun where it goes to',
  ],
  [
    'a move without a last copy is called a success',
    moves('stork'),
    'a planned move that Stork made without a last copy, because the source fell silent, has failed here',
  ],
  [
    'a pair that is not ready is ignored',
    moves('stork'),
    'a pair that is not ready stops it, for Stork would go on and leave the source running',
  ],
  [
    'a last copy that fails rolls back by itself',
    moves('stork'),
    'going back by itself when the last copy fails is told as rolled back, with the source running again',
  ],
  ['a last copy that failed is only warned of', moves('stork'), 'a last copy that failed stops a planned one, of which Stork only warns'],
  [
    'a failback needs a copy back that succeeded',
    moves('stork'),
    'failback needs a copy back that succeeded, and returns what was written',
  ],
  [
    'a schedule that suspends itself does not stop the old pods',
    steered('moves'),
    'fails over while the source is down, and stops the old copy and its copies when it is back',
  ],
  [
    'there is no test of a failover',
    steered('drills'),
    'is a clone of what has arrived: made apart, shut off, started, measured, with evidence',
  ],
  [
    'a clone writes over the labels of the namespace that it comes into',
    steered('drills'),
    'although Stork wrote over the labels of the namespace, and leaves nothing',
  ],
  [
    'a clone changes no object',
    steered('drills'),
    'is not begun where a copy would act in the world, and takes the newest copy for no moment',
  ],
  ['nobody can go back to a moment', steered('moves'), 'goes back to no moment: Stork brings the newest that it has'],
  // Ramen
  [
    'a server that knows no test failover drops the field, and fails over',
    steered('drills'),
    'is not begun where it would be no test, or could not be kept apart',
  ],
  [
    'a test ends by the very action and cluster of before, and copying rests meanwhile',
    moves('ramen'),
    'keeps the original running, and goes back to the very state of before',
  ],
  ['a person has to clean up what was discovered', moves('ramen'), 'a person who has to clean up is told what and where'],
  [
    'after its hub was recovered it waits for a person (WaitForUser)',
    unit.ramen,
    'waits for a person after its hub was recovered, and says for what',
  ],
  ['both sides may be primary', unit.ramen, 'has failed where both sides are primary (NoClusterDataConflict), whatever its state says'],
  ['a field that is no longer what it was', unit.ramen, 'is told, never an error, where every field is %j'],
  ['a relocate needs both clusters', moves('ramen'), 'a relocate of a cluster that is not validated'],
  ['nobody can go back to a moment', steered('moves'), 'goes back to no moment: Ramen brings the newest that it has'],
  [
    'FailedOver is set before it is done: only Completed is',
    moves('ramen'),
    'a failover is done at Completed alone, not when the phase says FailedOver',
  ],
  ['the code says "Cleaning Up", the documentation CleaningUp', moves('ramen'), 'cleaning up is running, however it is written: %s'],
  ['the printed peer readiness is whatever condition stands second', moves('ramen'), 'PeerReady and Protected are looked up by their type'],
  [
    'a status that is left over from an earlier action',
    moves('ramen'),
    'a phase that was left over from an earlier move is none of the new one',
  ],
  ['no interval and 0m are synchronous: nothing lags', unit.ramen, 'is copied every %j'],
  ['shared storage has to be fenced before a failover', moves('ramen'), 'shared storage has to be fenced first, and how is said'],
  [
    'a test failover takes any data for current',
    moves('ramen'),
    'is refused on data that is older than three intervals, or never came, which Ramen would take for current',
  ],
  ['a progression that is newer', moves('ramen'), 'an operator that is gone, and a progression that is newer than us, are told'],
  ['phases, reasons and states that are newer', unit.ramen, 'is in a phase that is newer than us'],
  // VolSync
  ['there is no phase', volsync, 'VolSync has no phase, so it is derived'],
  ['reasons and movers that are newer', volsync, 'a word that is newer than us'],
  ['a copy that is paused answers nobody', machine('volsync'), 'a sync of a paused end fails, and names it'],
  ['exactly one mover', volsync, 'two movers are named, which VolSync refuses'],
  [
    'lastSyncTime is an end, lastSyncStartTime is of another sync',
    volsync,
    'counts from the start of the sync that ended, not of one that runs',
  ],
  [
    'a sync that was under way answers a trigger by hand',
    machine('volsync'),
    'is told as done by a sync that was under way, which does not count (%s)',
  ],
  [
    'a trigger by hand stops the schedule',
    machine('volsync'),
    'stops the schedule until it is taken away, which is told, and `endSync` takes it away',
  ],
  ['a restore from an empty repository succeeds', machine('volsync'), 'that is empty is restored with success, and is not promoted'],
  ['restoreAsOf: the points are not listed', volsync, 'of one that is synchronised by hand nobody knows how many there are of a time'],
  [
    'previous: older than its last sync',
    machine('volsync'),
    'a target that restores `previous` is as old as what it restored, and is promoted as that',
  ],
  [
    'copyMethod Direct leaves no image',
    machine('volsync'),
    'a destination that writes into one volume (Direct) has nothing that can be promoted, and says so',
  ],
  ['the next sync takes the image away', machine('volsync'), 'the image of a drill is kept from the next sync, and given back'],
  ['a copy trigger that nobody answers', machine('volsync'), 'is waited for, and who has to do what is told'],
];

it.each(traps)('%s', (_, file, test) => {
  expect(readFileSync(new URL(file, root), 'utf8')).toContain(test);
});
