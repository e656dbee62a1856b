import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';
import { call } from '../release/call.mjs';

/** Of Backstage 1.55: what makes an app, and the package manager that its apps are made for. */
const createApp = '@backstage/create-app@0.9.2';
const yarn = '@yarnpkg/cli-dist@4.13.0';
/** The release, package by package: of some there are newer versions, which do not fit the others. */
const { overrides } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const release = Object.fromEntries(Object.entries(overrides).filter(([name]) => name.startsWith('@backstage/')));
/** A native module that is compiled while it is installed; this one is not. */
const sqlite = 'npm:libsql@0.5.29';

const ours = {
  backend: ['@kubectl-dr/backstage-plugin-dr-backend', '@kubectl-dr/backstage-plugin-catalog-backend-module-dr'],
  app: ['@kubectl-dr/backstage-plugin-dr'],
};

/** A fresh app of create-app in `folder`, with the packed plugins, after the steps of their READMEs. `system`: `new` or `legacy`. */
export function makeHost({ folder, tools, system, packed, say }) {
  const env = { ...process.env, PATH: `${tools}/node_modules/.bin${path.delimiter}${process.env.PATH}`, YARN_ENABLE_SCRIPTS: 'false' };
  // The same registry as npm has; a folder of our own for what is fetched, which goes with the rest.
  Object.assign(env, { YARN_NPM_REGISTRY_SERVER: call('npm', ['config', 'get', 'registry']).trim(), YARN_ENABLE_TELEMETRY: '0' });
  Object.assign(env, { YARN_ENABLE_GLOBAL_CACHE: 'false', YARN_CACHE_FOLDER: path.join(tools, 'cache') });
  mkdirSync(tools, { recursive: true });
  call('npm', ['install', '--prefix', tools, '--no-audit', '--no-fund', '--ignore-scripts', createApp, yarn]);
  say(`create-app${system === 'legacy' ? ' --legacy' : ''}`);
  const flags = [...(system === 'legacy' ? ['--legacy'] : []), '--skip-install', '--path', folder];
  call('backstage-create-app', flags, { env, input: 'host\n' });

  const archives = Object.fromEntries(packed.map(({ name, archive }) => [name, `file:${archive}`]));
  edit(path.join(folder, 'package.json'), (manifest) => {
    exactly(manifest);
    manifest.resolutions = { ...manifest.resolutions, ...release, ...archives, 'better-sqlite3': sqlite };
  });
  for (const [place, names] of Object.entries(ours))
    edit(path.join(folder, 'packages', place, 'package.json'), (manifest) => {
      exactly(manifest);
      for (const name of names) manifest.dependencies[name] = archives[name];
    });
  const backend = path.join(folder, 'packages/backend/src/index.ts');
  const added = ours.backend.map((name) => `backend.add(import('${name}'));\n`).join('');
  replace(backend, /\nbackend\.start\(\);/, `\n${added}\nbackend.start();`);
  if (system === 'legacy') showInLegacyApp(path.join(folder, 'packages/app/src'));

  say('yarn install');
  call('yarn', ['install'], { cwd: folder, env });
  return env;
}

/** The steps of the README for the old frontend system. */
function showInLegacyApp(source) {
  const app = path.join(source, 'App.tsx');
  replace(app, /\nconst app = createApp/, "\nimport { DrPage } from '@kubectl-dr/backstage-plugin-dr/legacy';\n\nconst app = createApp");
  replace(app, / {4}<Route path="\/docs"/, '    <Route path="/dr" element={<DrPage />} />\n    <Route path="/docs"');
  const page = path.join(source, 'components/catalog/EntityPage.tsx');
  replace(
    page,
    /\nconst techdocsContent/,
    "\nimport { EntityRecoveryCard, EntityRecoveryContent } from '@kubectl-dr/backstage-plugin-dr/legacy';\n\nconst techdocsContent",
  );
  replace(
    page,
    /(const systemPage = \(\n {2}<EntityLayout>\n[^]*?<Grid container[^>]*>\n)([^]*?)( {4}<EntityLayout\.Route path="\/diagram")/,
    (_, before, cards, diagram) =>
      `${before}        <Grid item md={12}>\n          <EntityRecoveryCard />\n        </Grid>\n${cards}    <EntityLayout.Route path="/recovery" title="Recovery">\n      <EntityRecoveryContent />\n    </EntityLayout.Route>\n${diagram}`,
  );
}

/** The versions that create-app names, where it would take newer ones as well. */
function exactly(manifest) {
  for (const wanted of [manifest.dependencies ?? {}, manifest.devDependencies ?? {}])
    for (const name of Object.keys(wanted)) if (name.startsWith('@backstage/')) wanted[name] = wanted[name].replace(/^\^/, '');
}

function edit(file, change) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  change(manifest);
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function replace(file, pattern, by) {
  const text = readFileSync(file, 'utf8');
  if (!pattern.test(text)) throw new Error(`${file} is not what create-app made until now: ${pattern} is not in it`);
  writeFileSync(file, text.replace(pattern, by));
}
