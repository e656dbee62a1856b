import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';
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
  const titles = Object.keys(cases);

  beforeAll(async () => {
    if (recording && !isReal) throw new Error('VELERO_RECORD needs CLUSTER_TARGET=real with VELERO_BIN, VELERO_PLUGINS and S3_URL');
    recorded = JSON.parse(await readFile(path.join(folder, 'recorded.json'), 'utf8')) as Record<string, unknown>;
    stage = await withVelero(target, 'east', newStore());
  });
  afterAll(async () => {
    await stage?.close();
    if (recording) {
      const inOrder = Object.fromEntries(titles.filter((title) => title in recorded).map((title) => [title, recorded[title]]));
      await writeFile(path.join(folder, 'recorded.json'), `${JSON.stringify(inOrder, null, 2)}\n`);
    }
  });

  it.for(Object.entries(cases))('%s', { timeout: 120_000 }, async ([title, run]) => {
    const seen = await run(new World(stage, titles.indexOf(title)));
    if (recording) recorded[title] = seen;
    else expect(seen, 'this is not what the real server did').toEqual(recorded[title]);
  });

  it('has a record of every case', () => {
    expect(Object.keys(recorded).toSorted()).toEqual(titles.toSorted());
  });
});
