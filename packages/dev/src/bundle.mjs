import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './install.mjs';

const main = 'kubectl-plugin/src/main.ts';
const looking = 'kubectl-plugin/src/looking.ts';
const acting = 'kubectl-plugin/src/acting.ts';

/** Large, and seldom asked for. */
const seldom = { sandbox: 'packages/sandbox/src/index.ts', 'client-node': 'packages/kubernetes/src/auth/client-node.ts' };

/** Dynamic imports of these modules stay imports, of the file `<name>.cjs` beside. */
function apart(names) {
  const files = new Map(Object.entries(names).map(([name, file]) => [path.join(root, file), `./${name}.cjs`]));
  return onDynamicImport('apart', (found) => (files.has(found) ? { path: files.get(found), external: true } : undefined));
}

/** The file of those that look is loaded with its code of before: it has to be there at once. */
const withItsCode = onDynamicImport('with-its-code', (found) =>
  found === path.join(root, looking) ? { path: found, namespace: 'with-its-code' } : undefined,
);
const keptCode = {
  name: withItsCode.name,
  setup(bundler) {
    withItsCode.setup(bundler);
    bundler.onLoad({ filter: /.*/, namespace: 'with-its-code' }, () => ({
      contents: `module.exports = require('./code-cache.ts').loadKept(require('node:path').join(__dirname, 'looking.cjs'), require);`,
      resolveDir: path.join(root, 'kubectl-plugin/src'),
    }));
  },
};

/**
 * A command that only looks needs none of what it imports dynamically, but for its own work and the way to the cluster: that
 * is a fifth of the code. Everything else is taken from what acts, where it exists once. Fills `taken`.
 */
function fromActing(taken) {
  const own = /[\\/]commands[\\/]\w+\.run\.ts$|[\\/]connect\.ts$/;
  const plugin = onDynamicImport('from-acting', (found) => {
    if (own.test(found)) return undefined;
    taken.add(found);
    return { path: found, namespace: 'from-acting' };
  });
  return {
    name: plugin.name,
    setup(bundler) {
      plugin.setup(bundler);
      bundler.onLoad({ filter: /.*/, namespace: 'from-acting' }, ({ path: file }) => ({
        contents: `module.exports = require('./acting.cjs').${nameOf(file)};`,
      }));
      bundler.onResolve({ filter: /^\.\/acting\.cjs$/ }, ({ path: file }) => ({ path: file, external: true }));
    },
  };
}

function nameOf(file) {
  return `_${path.relative(root, file).replace(/\W/g, '_')}`;
}

function onDynamicImport(name, decide) {
  return {
    name,
    setup(bundler) {
      bundler.onResolve({ filter: /^[^:]+$/ }, async ({ path: specifier, kind, pluginData, ...rest }) => {
        if (kind !== 'dynamic-import' || pluginData?.seen) return undefined;
        const found = await bundler.resolve(specifier, { kind, pluginData: { seen: true }, ...rest });
        return found.external ? undefined : decide(found.path);
      });
    },
  };
}

/** zod's messages in other languages than English, and of yargs everything but its parser: layout, languages, configuration files. */
const leftOut = {
  name: 'left-out',
  setup(bundler) {
    bundler.onResolve({ filter: /^yargs\/helpers$/ }, () => ({ path: 'yargs', namespace: 'yargs-parser' }));
    bundler.onLoad({ filter: /.*/, namespace: 'yargs-parser' }, () => ({
      contents: "export { default as Parser } from 'yargs-parser/browser';",
      resolveDir: path.join(root, 'kubectl-plugin'),
    }));
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
function options(plugins) {
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
    plugins: [...plugins, leftOut],
  };
}

/**
 * The published form of the CLI in `folder`: `kubectl-dr.cjs`, executable as it is, which knows the commands; beside it what
 * carries out those that look, and those that act. Gives the entry, the number of files and of bytes.
 */
export async function bundleCli(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const at = (name) => path.join(folder, `${name}.cjs`);
  const files = ['kubectl-dr', 'looking', 'acting', ...Object.keys(seldom)].map(at);
  const taken = new Set();
  await Promise.all([
    build({
      ...options([keptCode, apart({ acting })]),
      entryPoints: [main],
      outfile: at('kubectl-dr'),
      banner: { js: '#!/usr/bin/env node' },
    }),
    build({ ...options([apart(seldom), fromActing(taken)]), entryPoints: [looking], outfile: at('looking') }),
    ...Object.entries(seldom).map(([name, file]) => build({ ...options([]), entryPoints: [file], outfile: at(name) })),
  ]);
  const contents = [
    `export * from './${acting}';`,
    ...[...taken].map((file) => `export * as ${nameOf(file)} from ${JSON.stringify(file)};`),
  ].join('\n');
  await build({ ...options([apart(seldom)]), stdin: { contents, resolveDir: root, loader: 'ts' }, outfile: at('acting') });
  chmodSync(files[0], 0o755);
  return { entry: files[0], files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

/** Everything in one file, as a single executable wants it: it has no other file to load. */
export async function bundleSingle(file) {
  await build({ ...options([]), entryPoints: [main], outfile: file });
}
