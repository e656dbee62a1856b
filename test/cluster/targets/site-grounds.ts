import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { fenceDefinition } from '@kubectl-dr/sandbox/simulators/fencing/network-fences';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { GroundSite, OpenGround, SiteGround } from '../../suites/site-ground.ts';
import { siteGrounds } from '../../suites/site-ground.ts';
import { sharedData } from '../shared-data.ts';
import type { TargetName } from './harness.ts';
import { missingClusters, missingStorage, realCluster } from './real.ts';
import { shippedDefinitions } from './snapshots.ts';
import { stillCluster } from './still-cluster.ts';

/** What two sites of a target stand on. */
export const groundOf = (target: TargetName): OpenGround => (target === 'real' ? real : siteGrounds[target]);

/** Why two sites cannot stand there, if they cannot. */
export function missingSites(target: TargetName): string | undefined {
  if (target !== 'real') return undefined;
  const missing = missingClusters();
  if (missing !== undefined) return missing;
  if (realCluster('east').etcd === undefined) return 'the clusters are your own, which are not emptied between two tests';
  if (missingStorage() === undefined) return 'with CSI_BIN_DIR volumes are real, which the simulated Velero and VolSync cannot read';
  return existsSync(path.join(sharedData, 'crds')) ? undefined : `the folder ${sharedData} with the definitions of the engines is absent`;
}

/** Real control planes on which time stands still. A site is lost by a door that refuses connections, and by its controllers that rest. */
async function real(clock: Clock): Promise<SiteGround> {
  if (!(clock instanceof FakeClock)) throw new Error('what a real server says of time can be told by the clock of a test only');
  const buckets = new MemoryBuckets(['backups']);
  const open = async (name: 'east' | 'west') => {
    const locations = [{ name: 'default', bucket: 'backups', prefix: name, isDefault: true }];
    const still = await stillCluster({ name, clock, buckets, locations, velero: behaviour({ moveData: true }) });
    const { cluster, volumes, durations, power } = still;
    const { door, config } = await still.door();
    const reached = new HttpCluster({ config, clock });
    const site: GroundSite = {
      name,
      client: cluster,
      volumes,
      durations,
      serve: async (what) => still.defineMissing(what === 'volsync' ? await shippedDefinitions('volsync') : [fenceDefinition()]),
      run: (controllers) => power.run(controllers),
      reach: () => reached,
      lose({ workloads }) {
        door.refuse(true);
        if (workloads) power.cut();
      },
      comeBack() {
        door.refuse(false);
        power.restore();
      },
      get powered() {
        return power.on;
      },
    };
    const close = async (): Promise<void> => {
      await reached.close();
      await still.close();
    };
    return { site, idle: still.idle, close };
  };
  const [east, west] = await Promise.all([open('east'), open('west')]);
  return {
    clusters: { east: east.site, west: west.site },
    remote: true,
    async idle() {
      await Promise.all([east.idle(), west.idle()]);
    },
    async close() {
      await Promise.all([east.close(), west.close()]);
    },
  };
}
