import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './install.mjs';

/**
 * yargs parses and nothing else: help, columns and languages are ours. What it loads for them costs as much at start as
 * everything else together, so it is left out; so are zod's messages in other languages.
 */
const leftOut = {
  name: 'left-out',
  setup(bundler) {
    const unused = { namespace: 'left-out', sideEffects: false };
    bundler.onResolve({ filter: /^(cliui|string-width)$/ }, ({ path: name }) => ({ path: name, ...unused }));
    bundler.onResolve({ filter: /locales\/index\.js$/ }, ({ importer }) =>
      /[\\/]zod[\\/]/.test(importer) ? { path: 'locales', ...unused } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path: name }) => ({
      contents:
        name === 'locales'
          ? "export { default as en } from './en.js';"
          : `export default function unused() { throw new Error('${name} is not part of the bundle'); }`,
      resolveDir: name === 'locales' ? path.join(root, 'node_modules/zod/v4/locales') : root,
    }));
  },
};

/**
 * The published form of the CLI in `folder`: ES modules, handlers split into chunks that load on use, and `kubectl-dr.mjs`,
 * executable as it is. Gives the number of files and bytes.
 */
export async function bundleCli(folder) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'kubectl-plugin/package.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'kubectl-plugin/src/main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    metafile: true,
    define: { KUBECTL_DR_VERSION: JSON.stringify(version) },
    // CommonJS dependencies ask for `require`, which an ES module does not have.
    banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
    plugins: [leftOut],
    logLevel: 'warning',
  });
  const entry = path.join(folder, 'kubectl-dr.mjs');
  writeFileSync(entry, "#!/usr/bin/env node\nimport './main.mjs';\n");
  chmodSync(entry, 0o755);
  const outputs = Object.values(metafile.outputs);
  return { entry, files: outputs.length + 1, bytes: outputs.reduce((sum, output) => sum + output.bytes, 0) };
}
