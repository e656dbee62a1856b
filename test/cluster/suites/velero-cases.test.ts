import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';
import { KnownDifferences } from '../known-differences.ts';
import { realVelero } from '../targets/real-velero.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';
import { cases } from '../velero/cases.ts';
import { World } from '../velero/world.ts';

const target = inject('target');
const missing =
  target === 'memory' ? 'the simulator is the same as on the sandbox, the server less like a real one' : missingVelero(target);
const folder = path.resolve(import.meta.dirname, '../velero');
const recording = process.env.VELERO_RECORD !== undefined;
const isReal = target === 'real' && realVelero() !== undefined;
const suite = `Velero${isReal ? ' itself' : ', simulated,'} on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`;

/** What was seen of the real server is recorded; whatever plays it here has to do the same. */
describe.skipIf(missing !== undefined)(suite, () => {
  let stage: ProtectedCluster;
  let recorded: Record<string, unknown>;
  let known: KnownDifferences;
  const titles = Object.keys(cases);

  beforeAll(async () => {
    if (recording && !isReal) throw new Error('VELERO_RECORD needs CLUSTER_TARGET=real with VELERO_BIN, VELERO_PLUGINS and S3_URL');
    recorded = JSON.parse(await readFile(path.join(folder, 'recorded.json'), 'utf8')) as Record<string, unknown>;
    known = await KnownDifferences.of(path.join(folder, 'known-differences.json'));
    stage = await withVelero(target, 'east', newStore());
  });
  afterAll(async () => {
    await stage?.close();
    if (recording) {
      const inOrder = Object.fromEntries(titles.filter((title) => title in recorded).map((title) => [title, recorded[title]]));
      await writeFile(path.join(folder, 'recorded.json'), `${JSON.stringify(inOrder, null, 2)}\n`);
    }
    if (!isReal && missing === undefined) console.log(known.tell(`Velero on ${target}`, titles.length));
  });

  it.for(Object.entries(cases))('%s', { timeout: 120_000 }, async ([title, run]) => {
    const seen = await run(new World(stage, titles.indexOf(title)));
    if (recording) recorded[title] = seen;
    else if (isReal) expect(seen).toEqual(recorded[title]);
    else known.judge(title, seen, recorded[title]);
  });

  it('has a record of every case, and knows of no difference in others', () => {
    expect(Object.keys(recorded).toSorted()).toEqual(titles.toSorted());
    known.assertMade(titles);
  });
});
