import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import type { Site } from './mixed-sites.ts';
import { type Holding, Scene } from './scene.ts';
import type { OpenGround } from './site-ground.ts';

const caller = { name: 'olivia' };
const override = 'power of rack 3 is cut';

/** A move or a drill of the shop, and how things stand when it is asked for. */
export interface Journey {
  title: string;
  by: Holding;
  request: Omit<PlanRequest, 'application'>;
  /** Where it runs when it is over; of a drill: before and after. */
  home: Site;
  /** What the namespace of the shop is called on `west`. Default: the same. */
  there?: string;
  /** Does not answer from before it is planned until it is over. */
  silent?: Site;
  prepare(scene: Scene): Promise<void>;
}

export async function opened(open: OpenGround, { by, there, prepare }: Journey): Promise<Scene> {
  const scene = await Scene.open(open, by, there);
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

/** It has been moved with a last backup, and has written there since. */
async function back(scene: Scene): Promise<void> {
  await ready(scene);
  await moved(scene, { intent: 'Failover', to: 'west' });
  await scene.write('west', 'of west');
  await scene.sites.pass(150_000);
  await scene.backUp('west');
}

const relocation = (by: Holding, prepare: Journey['prepare']): Journey => ({
  title: 'relocation',
  by,
  request: { intent: 'Relocate', to: 'west' },
  home: 'west',
  prepare,
});

const failback = (by: Holding, prepare: Journey['prepare']): Journey => ({
  title: 'failback',
  by,
  request: { intent: 'Failback' },
  home: 'east',
  prepare,
});

/** It has been relocated, and has written there since. */
async function copiedBack(scene: Scene): Promise<void> {
  await moved(scene, { intent: 'Relocate', to: 'west' });
  await scene.write('west', 'of west');
  await scene.sites.pass(150_000);
}

/** Moves that stop what they take along, so that nothing is lost. */
const planned: Record<Holding, Journey[]> = {
  volsync: [relocation('volsync', async () => undefined), failback('volsync', copiedBack)],
  velero: [relocation('velero', ready)],
  // The part that is not copied comes by a last backup.
  both: [relocation('both', ready), failback('both', back)],
};

const failoverBack: Journey = {
  title: 'failover back with a last backup',
  by: 'both',
  request: { intent: 'Failover', to: 'east' },
  home: 'east',
  prepare: back,
};

/** `west` calls the namespace of the shop otherwise: what was begun is found there under that name. */
const renamed = [...Object.values(planned).flat(), failover('velero'), failover('both')].map((journey) => ({
  ...journey,
  title: `${journey.title} under another namespace`,
  there: 'shop-dr',
}));

const journeys: Record<Holding, Journey[]> = {
  volsync: [...planned.volsync, failover('volsync'), ...drills('volsync')],
  velero: [...planned.velero, failover('velero'), away('velero'), ...drills('velero')],
  both: [failover('both'), away('both'), ...planned.both, failoverBack, ...drills('both')],
};

/** One of each kind of move, and a drill, between them by each way of holding data: for grounds on which each takes long. */
export const someOfEach: Journey[] = [
  ...journeys.velero.filter(({ title }) => title === 'relocation'),
  ...journeys.both.filter(({ title }) => title === 'failback'),
  ...journeys.volsync.filter(({ title }) => title === 'failover from a lost cluster' || title === 'drill on the standby'),
];

/** All of them where `MOVE_EVERY` says how many places are tried; else without those that go the way of another but for who holds their data. */
export const inMemory: Journey[] = [...Object.values(journeys).flat(), ...renamed].filter(({ by, title, there }) => {
  if (process.env.MOVE_EVERY !== undefined) return true;
  if (there !== undefined) return by === 'both' && !title.startsWith('failover');
  return by === 'volsync' || (by === 'both' && title !== 'drill where it runs') || /^(relocation|failover with)/.test(title);
});
