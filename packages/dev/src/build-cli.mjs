// The published form of the CLI: one ESM bundle, handlers split into chunks that load on use, executable as it is.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { build } = await import('esbuild');
const folder = path.join(root, 'kubectl-plugin');
const out = path.join(folder, 'dist');
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

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
      importer.includes('/zod/') ? { path: 'locales', ...unused } : undefined,
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

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: { main: 'kubectl-plugin/src/main.ts' },
  outdir: out,
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

const entry = path.join(out, 'kubectl-dr.mjs');
const launcher = `#!/usr/bin/env node
import './main.mjs';
`;
writeFileSync(entry, launcher);
chmodSync(entry, 0o755);

const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`kubectl-plugin/dist/kubectl-dr.mjs: ${Object.keys(result.metafile.outputs).length} files, ${(bytes / 1024).toFixed(0)} kB`);
