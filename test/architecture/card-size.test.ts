import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bytes, zipped; 13.0 kB in November 2026. */
const most = 30_000;

/** What every Backstage app has already, once for all plugins. */
const shared = ['react', 'react-dom', 'react/jsx-runtime', 'react-router-dom', '@backstage/*'];

/**
 * The card loads on every page of an entity, for people who only came to look something up: what it costs them is the chunk
 * itself and whatever it imports at once. The dialog behind its button is another chunk.
 */
it('the card on the page of an entity stays small, without the packages that the host shares', async () => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['plugins/dr/src/components/card/StatusCard.tsx'],
    outdir: 'out',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    jsx: 'automatic',
    external: shared,
    logLevel: 'silent',
  });
  const outputs = metafile.outputs;
  const wanted = new Set<string>();
  const waiting = Object.keys(outputs).filter((name) => outputs[name]!.entryPoint?.endsWith('StatusCard.tsx'));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (wanted.has(name)) continue;
    wanted.add(name);
    waiting.push(...outputs[name]!.imports.flatMap(({ path, kind, external }) => (kind === 'import-statement' && !external ? [path] : [])));
  }
  const bytes = outputFiles
    .filter(({ path }) => [...wanted].some((name) => path.endsWith(name)))
    .reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
  // The dialog is not among them: else it would be paid for by everybody.
  expect(outputs).toSatisfy(() => Object.keys(outputs).length > wanted.size);
  expect(bytes).toBeGreaterThan(2_000);
  expect(bytes).toBeLessThanOrEqual(most);
});
