import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { missingClusters, realCluster } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';
import { calls } from './kubectl/calls.ts';
import type { Call } from './kubectl/calls.ts';
import { mask, words } from './kubectl/mask.ts';
import { KnownDifferences } from '../known-differences.ts';

interface Answer {
  stdout: string;
  stderr: string;
  code: number;
}

const missing = missingClusters() ?? missingKubectl(realCluster('west').kubectl);
/** The same line may be typed twice, and then means something else. */
const titles = calls.map(({ run }, index) => {
  const before = calls.slice(0, index).filter((call) => call.run === run).length;
  return before === 0 ? run : `${run} (${before + 1})`;
});

/** Beside clusters of the user's own, the kubectl of the machine has to be of the version whose words are compared. */
function missingKubectl(own: string | undefined): string | undefined {
  if (own !== undefined) return undefined;
  const { stdout } = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
  const version = /v\d+\.\d+/.exec(stdout ?? '')?.[0];
  if (version === 'v1.34') return undefined;
  return `the answers are those of kubectl v1.34, and ${version === undefined ? 'there is none on PATH' : `that on PATH is ${version}`}`;
}

describe.skipIf(missing !== undefined)(`kubectl says the same of both${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let servers: { sandbox: LivingCluster; real: LivingCluster };
  let folder: string;
  let known: KnownDifferences;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-differential-'));
    known = await KnownDifferences.of(path.join(import.meta.dirname, 'kubectl', 'known-differences.json'));
    servers = { sandbox: await stages.sandbox({ name: 'west' }), real: await stages.real({ name: 'west' }) };
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
    console.log(known.tell('kubectl', calls.length));
  });

  const kubectl = (server: keyof typeof servers, line: string, input = ''): Promise<Answer> =>
    new Promise((resolve) => {
      const flags = ['--kubeconfig', servers[server].kubeconfig!, '--cache-dir', path.join(folder, server)];
      const child = execFile(
        realCluster('west').kubectl ?? 'kubectl',
        [...flags, ...words(line)],
        { timeout: 90_000 },
        (error, stdout, stderr) =>
          resolve({ stdout: mask(stdout), stderr: mask(stderr), code: typeof error?.code === 'number' ? error.code : error ? -1 : 0 }),
      );
      child.stdin!.end(input);
    });

  const both = async ({ run, input, when }: Call): Promise<{ sandbox: Answer; real: Answer }> => {
    const on = async (server: keyof typeof servers): Promise<Answer> => {
      if (when)
        await eventually(
          async () => (await kubectl(server, when[0])).stdout.trim() === when[1].replaceAll(/ {2,}/g, '  '),
          `${server}: ${when.join(' prints ')}`,
        );
      return kubectl(server, run, input);
    };
    const [sandbox, real] = await Promise.all([on('sandbox'), on('real')]);
    return { sandbox, real };
  };

  it.for(calls.map((call, index) => [titles[index]!, call] as const))('%s', async ([title, call]) => {
    const { sandbox, real } = await both(call);
    known.judge(title, sandbox, real);
  });

  it('knows of no difference in calls that are not made', () => {
    known.assertMade(titles);
  });
});
