import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './install.mjs';

/** Modules that become files of their own, loaded when they are asked for: what lies before is read at every start. */
const files = {
  work: 'kubectl-plugin/src/carry-out.ts',
  sandbox: 'packages/sandbox/src/index.ts',
  'client-node': 'packages/kubernetes/src/auth/client-node.ts',
};

/** An import of one of `files` stays an import, of the file. */
const apart = {
  name: 'apart',
  setup(bundler) {
    const names = new Map(Object.entries(files).map(([name, file]) => [path.join(root, file), name]));
    bundler.onResolve({ filter: /.*/ }, async ({ path: specifier, kind, pluginData, ...rest }) => {
      if (kind !== 'dynamic-import' || pluginData === apart) return undefined;
      const found = await bundler.resolve(specifier, { kind, pluginData: apart, ...rest });
      const name = names.get(found.path);
      return name === undefined ? found : { path: `./${name}.cjs`, external: true };
    });
  },
};

/** zod's messages in other languages than English. */
const leftOut = {
  name: 'left-out',
  setup(bundler) {
    bundler.onResolve({ filter: /locales\/index\.js$/ }, ({ importer }) =>
      /[\\/]zod[\\/]/.test(importer) ? { path: 'locales', namespace: 'left-out', sideEffects: false } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: path.join(root, 'node_modules/zod/v4/locales'),
    }));
  },
};

/** What a build of the CLI has in common, in one file or in several. */
export function options() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'kubectl-plugin/package.json'), 'utf8'));
  return {
    absWorkingDir: root,
    bundle: true,
    // CommonJS starts sooner, and is what a single executable takes. An import of node:http as an ES module would touch each
    // of its exports, one of which loads a whole HTTP client.
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    define: { KUBECTL_DR_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
    logOverride: { 'empty-import-meta': 'silent' },
  };
}

/**
 * The published form of the CLI in `folder`: `kubectl-dr.cjs`, executable as it is, which knows the commands, and what
 * carries them out beside it. Gives the entry, the number of files and of bytes.
 */
export async function bundleCli(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entry = path.join(folder, 'kubectl-dr.cjs');
  const common = { ...options(), plugins: [apart, leftOut] };
  await build({ ...common, entryPoints: ['kubectl-plugin/src/main.ts'], outfile: entry, banner: { js: '#!/usr/bin/env node' } });
  const built = [entry];
  for (const [name, file] of Object.entries(files)) {
    const outfile = path.join(folder, `${name}.cjs`);
    await build({ ...common, entryPoints: [file], outfile });
    built.push(outfile);
  }
  chmodSync(entry, 0o755);
  return { entry, files: built.length, bytes: built.reduce((sum, file) => sum + statSync(file).size, 0) };
}

/** The whole CLI as one file, for a single executable. */
export async function bundleWhole(outfile) {
  await build({ ...options(), plugins: [leftOut], entryPoints: ['kubectl-plugin/src/main.ts'], outfile });
}
