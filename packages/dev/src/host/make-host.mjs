import { spawnSync } from 'node:child_process';
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

/** Why no host can be made here; undefined: one can. */
export function whyNoHost() {
  const { status, error } = spawnSync('npm', ['view', createApp, 'version', '--fetch-retries=0', '--fetch-timeout=20000'], {
    timeout: 60_000,
  });
  if (status === 0) return undefined;
  return error ? `npm does not run: ${error.message}` : "npm's registry does not answer, and a fresh Backstage is made of its packages";
}

/** What makes apps, into a folder of its own. */
export async function installTools({ tools, progress }) {
  mkdirSync(tools, { recursive: true });
  const args = ['install', '--prefix', tools, '--no-audit', '--no-fund', '--ignore-scripts', createApp, yarn];
  await progress.run('installing create-app and yarn', 'npm', args);
}

/** A fresh app of create-app in `folder`, with the packed plugins, after the steps of their READMEs. `system`: `new` or `legacy`; `module`: source of one of its own. */
export async function makeHost({ folder, tools, system, packed, module, progress }) {
  const env = { ...process.env, PATH: `${tools}/node_modules/.bin${path.delimiter}${process.env.PATH}`, YARN_ENABLE_SCRIPTS: 'false' };
  // The same registry as npm has; a folder of our own for what is fetched, which goes with the rest.
  Object.assign(env, { YARN_NPM_REGISTRY_SERVER: call('npm', ['config', 'get', 'registry']).trim(), YARN_ENABLE_TELEMETRY: '0' });
  Object.assign(env, { YARN_ENABLE_GLOBAL_CACHE: 'false', YARN_CACHE_FOLDER: path.join(tools, 'cache') });
  const flags = [...(system === 'legacy' ? ['--legacy'] : []), '--skip-install', '--path', folder];
  await progress.run(`create-app ${flags.slice(0, -2).join(' ')}`, 'backstage-create-app', flags, { env, input: 'host\n' });

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
  const written = told('plugins/dr-backend/README.md');
  const added = ours.backend.map((name) => `${written(`backend.add(import('${name}'));`)}\n`).join('');
  if (module !== undefined) writeFileSync(path.join(path.dirname(backend), 'own-clusters.ts'), module);
  const own = module === undefined ? '' : "backend.add(import('./own-clusters'));\n";
  replace(backend, /\nbackend\.start\(\);/, `\n${added}${own}\nbackend.start();`);
  if (system === 'legacy') showInLegacyApp(path.join(folder, 'packages/app/src'));
  else offerLanguages(path.join(folder, 'app-config.yaml'));

  await progress.run('yarn install', 'yarn', ['install'], { cwd: folder, env });
  return env;
}

function offerLanguages(config) {
  const extension = told('plugins/dr/README.md')('- api:app/app-language: { config: { availableLanguages: [en, zh] } }');
  replace(config, /\n {2}extensions:\n/, `$&    ${extension}\n`);
}

/** The steps of the README for the old frontend system: what is written into the app stands there word for word. */
function showInLegacyApp(source) {
  const written = told('plugins/dr/README.md');
  const app = path.join(source, 'App.tsx');
  const importPage = written("import { DrPage } from '@kubectl-dr/backstage-plugin-dr/legacy';");
  replace(
    app,
    /\nconst app = createApp\(\{/,
    `\n${importPage}\n$&\n  ${written("__experimentalTranslations: { availableLanguages: ['en', 'zh'] }")},`,
  );
  replace(app, / {4}<Route path="\/docs"/, `    ${written('<Route path="/dr" element={<DrPage />} />')}\n$&`);

  const menu = path.join(source, 'components/Root/Root.tsx');
  replace(menu, /^import/, `${written("import RecoveryIcon from '@material-ui/icons/VerifiedUserOutlined';")}\nimport`);
  replace(menu, /\n.*<SidebarItem icon=\{LibraryBooks\}/, `\n${written('<SidebarItem icon={RecoveryIcon} to="dr" text="Recovery" />')}$&`);

  const page = path.join(source, 'components/catalog/EntityPage.tsx');
  const names = '{ EntityPolicyContent, EntityRecoveryCard, EntityRecoveryContent }';
  const importParts = written(`import ${names} from '@kubectl-dr/backstage-plugin-dr/legacy';`);
  const predicate = written("const isRecoverable = isKind(['component', 'resource', 'system']);");
  replace(page, /\nconst techdocsContent/, `\n${importParts}\n\n${predicate}\n$&`);
  const card = written(`<EntitySwitch>
  <EntitySwitch.Case if={isRecoverable}>
    <Grid item md={6} xs={12}>
      <EntityRecoveryCard />
    </Grid>
  </EntitySwitch.Case>
</EntitySwitch>`);
  for (const name of ['overviewContent', 'systemPage'])
    replace(page, new RegExp(`\nconst ${name} = \\([^]*?\\{entityWarningContent\\}`), `$&\n${card}`);
  const tab = written(`<EntityLayout.Route path="/recovery" title="Recovery" if={isRecoverable}>
  <EntityRecoveryContent />
</EntityLayout.Route>`);
  const policy = written(`<EntityLayout.Route path="/policy" title="Policy" if={isKind('drpolicy')}>
  <EntityPolicyContent />
</EntityLayout.Route>`);
  const tabs = { serviceEntityPage: tab, websiteEntityPage: tab, systemPage: tab, defaultEntityPage: `${tab}\n${policy}` };
  for (const [name, added] of Object.entries(tabs))
    replace(page, new RegExp(`(\nconst ${name} = \\([^]*?)( {2}</EntityLayout>\n\\);)`), `$1${added}\n$2`);
}

/** Gives what is written into a host, when the README tells a newcomer to write just that; throws when it does not. */
export function told(readme) {
  const text = readFileSync(path.join(root, readme), 'utf8');
  return (words) => {
    if (!text.includes(words)) throw new Error(`${readme} does not tell to write: ${words}`);
    return words;
  };
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
