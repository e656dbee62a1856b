import { execFile } from 'node:child_process';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { freshNamespace } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { goCommand, ModulesOutOfReach, programOf } from '../control-plane/build.ts';
import { missingClusters } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const absent = target === 'memory' ? 'nothing speaks HTTP there' : target === 'real' ? missingClusters() : undefined;
const program = absent === undefined ? await informerProgram() : { missing: absent };
const missing = typeof program === 'string' ? undefined : program.missing;

/** Its path, built now if it was never, or why it cannot be built. */
async function informerProgram(): Promise<string | { missing: string }> {
  const go = goCommand();
  if (go === undefined) return { missing: 'Go is not installed' };
  return programOf(go, 'informer', (line) => void process.stderr.write(`informer: ${line}\n`)).catch((error: unknown) => {
    if (error instanceof ModulesOutOfReach) return { missing: error.message };
    throw error;
  });
}

interface Outcome {
  writes: number;
  refused: number;
  events: Record<string, number>;
  objects: number;
  complaints: string[];
}

/** The informers of client-go are what every operator and every controller stands on; `informer/main.go` is their judge. */
describe.skipIf(missing !== undefined)(
  `informers of client-go on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let stage: LivingCluster;
    let client: ClusterClient;

    beforeAll(async () => {
      stage = await stages[target]({ name: 'east' });
      ({ client } = stage);
    });
    afterAll(() => stage?.close());

    const watch = (namespace: string, seed: number, streaming: boolean): Promise<Outcome> =>
      new Promise((resolve, reject) => {
        const flags = { kubeconfig: stage.kubeconfig!, namespace, seed: String(seed), writes: '600', writers: '4' };
        const args = Object.entries(flags).map(([flag, value]) => `-${flag}=${value}`);
        const env = { ...process.env, KUBE_FEATURE_WatchListClient: String(streaming) };
        execFile(program as string, args, { env, timeout: 120_000 }, (error, stdout, stderr) => {
          if (stdout === '') reject(new Error(stderr || error?.message));
          else resolve(JSON.parse(stdout) as Outcome);
        });
      });

    describe.each([
      ['a list and then a watch', false],
      ['a stream from the start', true],
    ])('by %s', (_, streaming) => {
      it.each([1, 2, 3])('end with what the server holds after random writes (seed %i)', async (seed) => {
        const outcome = await watch(await freshNamespace(client), seed, streaming);
        expect(outcome.complaints).toEqual([]);
        expect(outcome.writes).toBe(660);
        // The writes must have been worth watching: most went through, and every selector saw some.
        expect(outcome.writes - outcome.refused).toBeGreaterThan(200);
        for (const [selector, events] of Object.entries(outcome.events)) expect(events, `events of "${selector}"`).toBeGreaterThan(50);
      });
    });
  },
);
