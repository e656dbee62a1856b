import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { root } from '../install.mjs';
import { call } from './call.mjs';

/** What a Backstage installs, and what that stands on. */
const folders = [
  'packages/core',
  'packages/kubernetes',
  'plugins/dr-common',
  'plugins/dr-node',
  'plugins/dr-backend',
  'plugins/catalog-backend-module-dr',
  'plugins/dr',
];
/**
 * A backend wants CommonJS, as all of Backstage's own packages are there: its loader takes their modules for that. What a browser loads
 * as well is there twice.
 */
const formatsOf = ({ backstage }) => ({ 'frontend-plugin': ['esm'], 'common-library': ['cjs', 'esm'] })[backstage?.role] ?? ['cjs'];
/** Beside the code, where a package has it. */
const beside = ['README.md', 'CHANGELOG.md', 'config.d.ts', 'migrations', 'rbac'];
/** Only tests import these; `testing` of core is for whoever writes an engine. */
const forTests = /\.(test|fixture|testing)\.tsx?$|^(testing|fixtures)\//;

/**
 * The packages as JavaScript with declarations, since Node takes no TypeScript out of node_modules: each source file becomes one module,
 * so that imports of parts stay what they are. Gives name and archive of each.
 */
export async function pluginPackages({ version, work, out }) {
  const declarations = path.join(work, 'declarations');
  declare(declarations, work);
  const packed = [];
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const staged = path.join(work, path.basename(folder));
    mkdirSync(staged, { recursive: true });
    for (const name of beside) {
      const from = path.join(root, folder, name);
      if (existsSync(from)) cpSync(from, path.join(staged, name), { recursive: true });
    }
    cpSync(path.join(root, 'LICENSE'), path.join(staged, 'LICENSE'));
    // Knex loads them by require.
    if (existsSync(path.join(staged, 'migrations')))
      writeFileSync(path.join(staged, 'migrations/package.json'), '{ "type": "commonjs" }\n');
    await compile(
      path.join(root, folder, 'src'),
      path.join(declarations, folder, 'src'),
      path.join(staged, 'dist'),
      folder,
      formatsOf(manifest),
    );
    writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(published(manifest, version), undefined, 2)}\n`);
    const [{ filename }] = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', out], { cwd: staged }));
    packed.push({ name: manifest.name, archive: path.join(out, filename) });
  }
  return packed;
}

/** What the sources declare, by the folders that they are in. */
function declare(outDir, work) {
  // Below node_modules, where the types of the test runner are found.
  const project = path.join(root, 'node_modules/.cache', `${path.basename(work)}.tsconfig.json`);
  const under = (pattern) => folders.map((folder) => path.join(root, folder, pattern));
  const settings = {
    extends: path.join(root, 'tsconfig.json'),
    // The last one says what an import of a stylesheet is.
    include: [...under('src'), path.join(root, 'node_modules/@backstage/cli/asset-types/asset-types.d.ts')],
    exclude: [...under('src/**/*.test.*'), ...under('src/fixtures')],
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      declaration: true,
      declarationMap: false,
      incremental: false,
      rootDir: root,
      outDir,
    },
  };
  mkdirSync(path.dirname(project), { recursive: true });
  writeFileSync(project, JSON.stringify(settings));
  try {
    call(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '--project', project], {
      cwd: root,
    });
  } finally {
    rmSync(project);
  }
}

const extensions = { cjs: '.cjs', esm: '.mjs' };

/** The manifest with what is compiled instead of the sources, and our packages by their version. */
function published(manifest, version) {
  const { scripts: _, devDependencies: __, exports = { '.': manifest.main }, ...rest } = manifest;
  const dependencies = Object.fromEntries(
    Object.entries(rest.dependencies ?? {}).map(([name, range]) => [
      name,
      // A host decides which patch of Backstage it runs on.
      name.startsWith('@kubectl-dr/') ? version : name.startsWith('@backstage/') ? `^${range}` : range,
    ]),
  );
  const compiled = (source) => source.replace(/(\.\/)?src\/(.*)\.tsx?$/, './dist/$2');
  const formats = formatsOf(manifest);
  const target = (source) => ({
    types: `${compiled(source)}.d.ts`,
    ...(formats.length > 1 && { import: `${compiled(source)}.mjs` }),
    default: `${compiled(source)}${extensions[formats[0]]}`,
  });
  const entries = Object.entries({ ...exports, './package.json': './package.json' });
  const shipped = Object.fromEntries(entries.map(([key, source]) => [key, source.endsWith('.json') ? source : target(source)]));
  const types = Object.fromEntries(
    entries.flatMap(([key, source]) => (source.endsWith('.json') || key === '.' ? [] : [[key.slice(2), [`${compiled(source)}.d.ts`]]])),
  );
  return {
    ...rest,
    version,
    ...(exports['.'] && { main: `${compiled(exports['.'])}${extensions[formats[0]]}`, types: `${compiled(exports['.'])}.d.ts` }),
    exports: shipped,
    // For whoever resolves types without looking at exports.
    ...(Object.keys(types).length > 0 && { typesVersions: { '*': types } }),
    dependencies,
    files: ['dist', ...beside.slice(1)],
    publishConfig: { access: 'public' },
  };
}

async function compile(from, declarations, to, folder, formats) {
  const files = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$|\.css$/.test(entry.name))
    .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)))
    .filter((file) => (folder === 'packages/core' ? !/\.(test|fixture)\.ts$/.test(file) : !forTests.test(file)));
  for (const file of files) {
    const source = path.join(from, file);
    const target = path.join(to, file.replace(/\.tsx?$/, ''));
    mkdirSync(path.dirname(target), { recursive: true });
    if (file.endsWith('.css')) {
      writeFileSync(`${target}.mjs`, await styled(source));
      continue;
    }
    const loader = file.endsWith('x') ? 'tsx' : 'ts';
    const text = readFileSync(source, 'utf8');
    for (const format of formats) {
      const supported = { 'dynamic-import': format === 'esm' };
      const options = { loader, format, supported, target: 'es2022', jsx: 'automatic', platform: format === 'cjs' ? 'node' : 'neutral' };
      const { code } = await transform(text, options);
      writeFileSync(`${target}${extensions[format]}`, withExtensions(code, extensions[format]));
    }
    const declared = path.join(declarations, file.replace(/\.tsx?$/, '.d.ts'));
    writeFileSync(`${target}.d.ts`, withExtensions(readFileSync(declared, 'utf8'), '.js'));
  }
}

/** Imports of sources become imports of what they are compiled to. */
function withExtensions(code, extension) {
  return code
    .replaceAll(/(\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)(["'])(\.{1,2}\/[^"']+?)\.tsx?\2/g, `$1$2$3${extension}$2`)
    .replaceAll(/(\bfrom\s*|\bimport\s*)(["'])(\.{1,2}\/[^"']+\.css)\2/g, `$1$2$3${extension}$2`);
}

/** A module with the names of its classes, which are its own, that puts its rules into the page. */
async function styled(file) {
  const { outputFiles } = await build({
    stdin: { contents: `export { default } from './${path.basename(file)}';`, resolveDir: path.dirname(file) },
    bundle: true,
    write: false,
    format: 'esm',
    outdir: 'out',
    loader: { '.module.css': 'local-css' },
    // Names stay those of the file: shortened ones would be the same in every file.
    minifyWhitespace: true,
    minifySyntax: true,
  });
  const text = (end) => outputFiles.find(({ path: name }) => name.endsWith(end))?.text ?? '';
  const rules = JSON.stringify(text('.css').trim());
  return `${text('.js').trim()}\nif (typeof document !== 'undefined') {\n  const style = document.createElement('style');\n  style.textContent = ${rules};\n  document.head.append(style);\n}\n`;
}
