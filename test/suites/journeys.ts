import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { Site } from './mixed-sites.ts';
import { type Holding, Scene } from './scene.ts';

const caller = { name: 'olivia' };
const override = 'power of rack 3 is cut';

/** A move or a drill of the shop, and how things stand when it is asked for. */
export interface Journey {
  title: string;
  by: Holding;
  request: Omit<PlanRequest, 'application'>;
  /** Where it runs when it is over; of a drill: before and after. */
  home: Site;
  /** Does not answer from before it is planned until it is over. */
  silent?: Site;
  prepare(scene: Scene): Promise<void>;
}

export async function opened({ by, prepare }: Journey): Promise<Scene> {
  const scene = await Scene.open(by);
  await scene.write('east', 'of east');
  await prepare(scene);
  return scene;
}

/** Carried out, and it succeeds. */
async function moved(scene: Scene, request: Omit<PlanRequest, 'application'>): Promise<void> {
  const service = scene.service();
  const plan = await scene.during(service.plan({ application: 'shop', ...request }, caller));
  expect(plan.blockers).toEqual([]);
  const begun = service.execute(plan, caller, { operationId: 'earlier-1' });
  const done = await scene.during(begun.then((started) => started.run()));
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  await scene.sites.pass(30_000);
}

const ready = async (scene: Scene): Promise<void> => {
  await scene.backUp('east');
  await scene.sites.pass(90_000);
};

const lost = async (scene: Scene): Promise<void> => {
  await ready(scene);
  scene.lost.add('east');
};

const drills = (by: Holding): Journey[] => [
  {
    title: 'drill where it runs',
    by,
    request: { intent: 'Drill', namespace: 'shop-drill' },
    home: 'east',
    prepare: (scene) => scene.backUp('east', true),
  },
  {
    title: 'drill on the standby',
    by,
    request: { intent: 'Drill', on: 'west', namespace: 'shop-drill' },
    home: 'east',
    async prepare(scene) {
      await scene.backUp('east', by !== 'volsync');
      // What is copied is newer then.
      await scene.sites.pass(90_000);
    },
  },
];

const failover = (by: Holding): Journey => ({
  title: 'failover from a lost cluster',
  by,
  request: { intent: 'Failover', to: 'west', override },
  home: 'west',
  silent: 'east',
  prepare: lost,
});

/** Of which a part comes back from a backup: there is no final sync of it. */
const away = (by: Holding): Journey => ({
  title: 'failover with a last backup',
  by,
  request: { intent: 'Failover', to: 'west' },
  home: 'west',
  prepare: ready,
});

const back: Journey = {
  title: 'failover back with a last backup',
  by: 'both',
  request: { intent: 'Failover', to: 'east' },
  home: 'east',
  async prepare(scene) {
    await ready(scene);
    await moved(scene, { intent: 'Failover', to: 'west' });
    await scene.write('west', 'of west');
    await scene.sites.pass(150_000);
    await scene.backUp('west');
  },
};

const copied: Journey[] = [
  { title: 'relocation', by: 'volsync', request: { intent: 'Relocate', to: 'west' }, home: 'west', prepare: async () => undefined },
  {
    title: 'failback',
    by: 'volsync',
    request: { intent: 'Failback' },
    home: 'east',
    async prepare(scene) {
      await moved(scene, { intent: 'Relocate', to: 'west' });
      await scene.write('west', 'of west');
      await scene.sites.pass(150_000);
    },
  },
];

export const journeys: Record<Holding, Journey[]> = {
  volsync: [...copied, failover('volsync'), ...drills('volsync')],
  velero: [failover('velero'), away('velero'), ...drills('velero')],
  both: [failover('both'), away('both'), back, ...drills('both')],
};
