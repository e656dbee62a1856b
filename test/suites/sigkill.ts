import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isIntact } from '@kubectl-dr/core/execution/evidence';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import type { Doom, Survived } from './doomed.ts';
import { methods } from './execution.ts';
import { remainsOf } from './drills.ts';
import { allOf } from './many.ts';
import { changedSince, stateOf } from './state.ts';
import type { LivingWorlds, World } from './world.ts';

const caller = { name: 'alice' };
const program = fileURLToPath(new URL('doomed.ts', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/doomed', import.meta.url));

/** One process that is killed, and what has to be true in the end. */
interface Case {
  title: string;
  body(world: World): Promise<'killed' | 'survived'>;
}

/**
 * Processes of their own that carry a restore, a roll-back or an undo out, killed with SIGKILL before and after each write
 * that begins or ends a step, and in the middle of each wait. `KILL_EVERY=1` for all places; else every so manieth of the
 * list of them all, from another beginning for each way of capture.
 */
export function describeSigkill(title: string, openWorlds: () => Promise<LivingWorlds>): void {
  describe(`a process killed on ${title}`, () => {
    let worlds: LivingWorlds;
    let folder: string;
    let every: number;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'kubectl-dr-killed-'));
      worlds = await openWorlds();
      every = Number(process.env.KILL_EVERY ?? worlds.sample);
    });
    afterAll(async () => {
      await worlds?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const inPlace = (): Partial<PlanRequest> => ({ components: ['orders-db'], mode: 'inPlace', prune: true });
    const beside = ({ name }: World): Partial<PlanRequest> => ({ mode: 'clone', namespace: `${name}-copy` });

    /** Executes what is asked for in a process of its own, or undoes it. Undefined: it was killed. */
    const doomed = async (world: World, what: Partial<PlanRequest> | 'undo', place?: string): Promise<Survived | undefined> => {
      const { kubeconfig, haste } = worlds;
      const doom: Doom = {
        kubeconfig,
        haste,
        holder: 'doomed',
        operation: idIn(world),
        application: world.name,
        ...(place !== undefined && { place }),
      };
      if (what !== 'undo') {
        const plan = await world.service().plan({ intent: 'Restore', application: world.name, ...what }, caller);
        expect(plan.blockers).toEqual([]);
        doom.plan = path.join(folder, `${world.name}.json`);
        writeFileSync(doom.plan, JSON.stringify(plan));
      }
      return ended(doom);
    };
    const resumed = async (world: World): Promise<Operation> => {
      const found = await world.service().operation(idIn(world));
      if (found.state === 'Undone' || (found.state === 'Succeeded' && !found.undo)) return found;
      return (await world.service({ holder: 'second' }).resume(idIn(world), caller)).run();
    };
    const undone = async (world: World): Promise<Operation> => {
      const { state } = await world.service().operation(idIn(world));
      if (state !== 'Succeeded') await world.service({ holder: 'second', impatient: true }).cancel(idIn(world), caller);
      return (await world.service({ holder: 'second' }).undo(idIn(world), caller)).run();
    };
    const attempt = async (spec: Record<string, unknown>, body: Case['body']): Promise<'killed' | 'survived'> => {
      const world = await changedSince(worlds, spec);
      try {
        return await body(world);
      } finally {
        await cleared(world);
      }
    };
    const tried = async (about: string, spec: Record<string, unknown>, cases: readonly Case[], from: number): Promise<void> => {
      const chosen = cases.filter((_, index) => index % every === from % every);
      const ends = { killed: 0, survived: [] as string[] };
      await allOf(
        chosen.map(({ title: place, body }) => async () => {
          const end = await attempt(spec, body).catch((cause: unknown) => {
            throw new Error(`${about}: ${place}`, { cause });
          });
          if (end === 'killed') ends.killed += 1;
          else ends.survived.push(place);
        }),
        2,
      );
      // eslint-disable-next-line no-console -- the counts are the result of this test
      console.log(`${title}, ${about}: ${chosen.length} of ${cases.length} places, ${ends.killed} killed`, ends.survived);
      // Whether there is something to wait for is a matter of moments; steps are not.
      expect(ends.survived.filter((place) => !/ wait \d+$/.test(place))).toEqual([]);
      expect(ends.killed).toBeGreaterThan(0);
    };

    it.each(methods.map(([name, spec], index) => [name, spec, index] as const))(
      'while it rolls back what was captured by %s, or takes that back, has lost nothing',
      async (name, spec, from) => {
        const whole = await changedSince(worlds, spec);
        const before = await stateOf(whole);
        const forward = await doomed(whole, inPlace());
        expect(forward, forward?.message).toMatchObject({ state: 'Succeeded' });
        const wanted = await stateOf(whole);
        expect(wanted).toMatchObject({ files: { 'orders.csv': '1,apples\n2,pears\n' } });
        const back = await doomed(whole, 'undo');
        expect(back, back?.message).toMatchObject({ state: 'Undone' });
        expect(await stateOf(whole)).toEqual(before);
        await cleared(whole);

        const cases = [
          ...distinct(forward).flatMap((place): Case[] => [
            {
              title: `resumed, killed at ${place}`,
              async body(world) {
                const survived = await doomed(world, inPlace(), place);
                expect(await resumed(world)).toMatchObject({ state: 'Succeeded' });
                expect(await stateOf(world)).toEqual(wanted);
                return survived ? 'survived' : 'killed';
              },
            },
            {
              title: `undone, killed at ${place}`,
              async body(world) {
                const survived = await doomed(world, inPlace(), place);
                expect(await undone(world)).toMatchObject({ state: 'Undone' });
                expect(await stateOf(world)).toEqual(before);
                return survived ? 'survived' : 'killed';
              },
            },
          ]),
          ...distinct(back).map((place): Case => ({
            title: `undo resumed, killed at ${place}`,
            async body(world) {
              expect(await doomed(world, inPlace())).toMatchObject({ state: 'Succeeded' });
              const survived = await doomed(world, 'undo', place);
              expect(await resumed(world)).toMatchObject({ state: 'Undone' });
              expect(await stateOf(world)).toEqual(before);
              return survived ? 'survived' : 'killed';
            },
          })),
        ];
        await tried(`roll-back by ${name}, and its undo`, spec, cases, from * 7);
      },
      3_600_000,
    );

    it('in a drill leaves nothing behind once it is resumed, and touched nothing that was there', async () => {
      const drill = ({ name }: World): Partial<PlanRequest> => ({ intent: 'Drill', namespace: `${name}-copy` });
      const whole = await changedSince(worlds, {});
      const before = await stateOf(whole);
      const forward = await doomed(whole, drill(whole));
      expect(forward, forward?.message).toMatchObject({ state: 'Succeeded' });
      expect(distinct(forward).some((place) => place.includes('remove-'))).toBe(true);
      await cleared(whole);
      const cases = distinct(forward).map((place): Case => ({
        title: `resumed, killed at ${place}`,
        async body(world) {
          const survived = await doomed(world, drill(world), place);
          const end = await resumed(world);
          expect(end, end.message).toMatchObject({ state: 'Succeeded', outcome: { state: 'Succeeded' } });
          expect(end.evidence!.record.status.cleanUp.state).toBe('Verified');
          expect(await isIntact(end.evidence!)).toBe(true);
          expect(await remainsOf(world, `${world.name}-copy`)).toEqual([]);
          expect(await stateOf(world)).toEqual(before);
          return survived ? 'survived' : 'killed';
        },
      }));
      await tried('drill', {}, cases, 5);
    }, 3_600_000);

    it('while it restores beside has lost nothing, and touched nothing that was there', async () => {
      const whole = await changedSince(worlds, {});
      const before = await stateOf(whole);
      const forward = await doomed(whole, beside(whole));
      expect(forward, forward?.message).toMatchObject({ state: 'Succeeded' });
      const wanted = await stateOf(whole, `${whole.name}-copy`);
      expect(wanted).toMatchObject({ files: { 'orders.csv': '1,apples\n2,pears\n' } });
      await cleared(whole);
      const cases = distinct(forward).map((place): Case => ({
        title: `resumed, killed at ${place}`,
        async body(world) {
          const survived = await doomed(world, beside(world), place);
          expect(await resumed(world)).toMatchObject({ state: 'Succeeded' });
          expect(await stateOf(world, `${world.name}-copy`)).toEqual(wanted);
          expect(await stateOf(world)).toEqual(before);
          return survived ? 'survived' : 'killed';
        },
      }));
      await tried('restore beside', {}, cases, 3);
    }, 3_600_000);
  });
}

function idIn({ name }: World): string {
  return `restore-${name}-1`;
}

function distinct(survived: Survived | undefined): string[] {
  return [...new Set(survived?.places)];
}

function ended(doom: Doom): Promise<Survived | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify(doom)], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined);
      else if (code === 0) resolve(JSON.parse(out) as Survived);
      else reject(new Error(`the process of ${doom.operation} ended with ${code ?? signal}: ${err}`));
    });
  });
}

/** What hundreds of worlds would leave in the namespaces that all share: every look reads it. */
async function cleared(world: World): Promise<void> {
  const { cluster, name } = world;
  await world.close();
  await ifThere(cluster.delete({ type: types.namespaces, name: `${name}-copy` }));
  await ifThere(cluster.delete({ type: types.configMaps, namespace: 'kubectl-dr', name: idIn(world) }));
  await world.forgetAll();
}
