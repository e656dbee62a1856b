import type { Plan } from '@kubectl-dr/core/planning/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { DrService } from '@kubectl-dr/core/service/port';
import { allOf } from './many.ts';
import { mortal, seenBy, writes } from './seen-by.ts';
import { stateOf } from './state.ts';
import type { World } from './world.ts';

const caller = { name: 'alice' };

/** A drill whose process dies, in a world of its own each time. */
export interface DrillToKill {
  prepared(): Promise<World>;
  /** The cluster that it writes on. */
  clusterOf(world: World): ClusterClient;
  /** That cluster seen through `cluster`, by a process of the name `holder`. */
  service(world: World, through: { cluster: ClusterClient; holder?: string }): DrService;
  plan(world: World, service: DrService): Promise<Plan>;
  /** What is left of it. */
  leftOf(world: World, made: Plan): Promise<string[]>;
  /** Every how manieth write is tried, and how many at a time. */
  every: number;
  atOnce: number;
  /** Fewer deaths than one more than this say nothing. */
  moreThan: number;
}

/** Killed before and after every so manieth write, and resumed by another: it succeeds, nothing is left, nothing is touched. */
export async function killDrills(drill: DrillToKill): Promise<{ killed: number; places: number }> {
  const { every } = drill;
  const idIn = ({ name }: World): string => `drill-${name}-1`;
  const whole = await drill.prepared();
  const before = await stateOf(whole);
  let total = 0;
  const cluster = seenBy(drill.clusterOf(whole), { before: ({ verb }) => void (writes.has(verb) && (total += 1)) });
  const service = drill.service(whole, { cluster });
  const started = await service.execute(await drill.plan(whole, whole.service()), caller, { operationId: idIn(whole) });
  const setUp = total;
  const done = await started.run();
  expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  const during = total - setUp;
  await whole.close();
  const attempts = (['before', 'after'] as const).flatMap((when, half) =>
    Array.from({ length: Math.ceil(during / every) }, (_, index) => index * every + Math.floor((half * every) / 2))
      .filter((death) => death < during)
      .map((death) => async () => {
        const world = await drill.prepared();
        try {
          const dying = mortal(drill.clusterOf(world), when, death);
          const made = await drill.plan(world, world.service());
          const begun = await drill
            .service(world, { holder: 'first', cluster: dying.cluster })
            .execute(made, caller, { operationId: idIn(world), signal: dying.signal });
          dying.arm();
          await begun.run().catch((error: unknown) => {
            if (!dying.dead) throw error;
          });
          const found = await world.service().operation(idIn(world));
          const end = found.evidence ? found : await (await world.service({ holder: 'second' }).resume(idIn(world), caller)).run();
          expect(end, `killed ${when} write ${death}: ${end.message}`).toMatchObject({ state: 'Succeeded' });
          expect(await drill.leftOf(world, made), `killed ${when} write ${death}`).toEqual([]);
          expect(await stateOf(world)).toEqual(before);
        } finally {
          await world.close();
        }
      }),
  );
  expect(attempts.length).toBeGreaterThan(drill.moreThan);
  await allOf(attempts, drill.atOnce);
  return { killed: attempts.length, places: 2 * during };
}
