// npm run release: everything that is published, in dist/release, each tried or checked. Nothing is uploaded.
//   npm run release -- --url https://HOST/PATH       where the archives will lie, for the krew manifest
//   npm run release -- --platforms linux-x64         of single executables; default: all that can be had
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inNode24, root } from './install.mjs';

await inNode24(import.meta.url);

const { bundleCli } = await import('./bundle.mjs');
const { npmPackage } = await import('./release/npm-package.mjs');
const { platforms, singleExecutable } = await import('./release/single-executable.mjs');
const { krewManifest, krewProblems } = await import('./release/krew.mjs');
const { call } = await import('./release/call.mjs');

const { values } = parseArgs({ options: { url: { type: 'string' }, platforms: { type: 'string' } } });
const wanted = values.platforms?.split(',') ?? Object.keys(platforms);
const { version } = JSON.parse(readFileSync(path.join(root, 'kubectl-plugin/package.json'), 'utf8'));
const url = values.url ?? `https://example.com/kubectl-dr/v${version}`;
const out = path.join(root, 'dist/release');
const work = mkdtempSync(path.join(os.tmpdir(), 'kubectl-dr-release-'));
const license = path.join(root, 'LICENSE');
let failed = false;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  const bundle = path.join(work, 'bundle');
  await bundleCli(bundle);
  const say = (file, checked) =>
    console.log(`${path.basename(file).padEnd(40)} ${(statSync(file).size / 1024 / 1024).toFixed(1).padStart(6)} MB   ${checked}`);

  const packed = npmPackage({ bundle, version, license, work, out });
  say(packed, `installed from the archive, it says ${ranAs(packed, version)}`);

  const archives = [];
  for (const name of wanted) {
    try {
      const single = await singleExecutable({ name, work });
      const folder = path.join(work, `archive-${name}`);
      const archive = archived(folder, [single.file, license], path.join(out, `kubectl-dr-v${version}-${name}`), platforms[name].os);
      archives.push({ ...platforms[name], archive, bin: path.basename(single.file) });
      say(archive, `${(statSync(single.file).size / 1024 / 1024).toFixed(0)} MB unpacked, ${single.checked}`);
    } catch (error) {
      failed ||= values.platforms !== undefined;
      console.log(`kubectl-dr ${name}: not built: ${error.message}`);
    }
  }

  // Where there is no single executable: the bundle itself, run by the Node of the machine.
  const files = ['kubectl-dr', 'looking', 'acting', 'sandbox', 'client-node'].map((name) => path.join(bundle, `${name}.cjs`));
  const plain = archived(path.join(work, 'archive-node'), [...files, license], path.join(out, `kubectl-dr-v${version}-node`), 'linux');
  say(plain, 'needs Node 22.19 or newer');
  for (const arch of ['amd64', 'arm64']) archives.push({ os: 'darwin', arch, archive: plain, bin: 'kubectl-dr.cjs' });

  const manifest = path.join(out, 'dr.yaml');
  writeFileSync(manifest, krewManifest({ version, url, archives: archives.map((each) => ({ ...each, sha256: sha256(each.archive) })) }));
  const problems = krewProblems(readFileSync(manifest, 'utf8'), out);
  failed ||= problems.length > 0;
  say(manifest, problems.length === 0 ? `valid, ${archives.length} platforms` : problems.join('; '));
  if (values.url === undefined) console.log(`The manifest names ${url}: give --url with where the archives will lie.`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** What an archive of npm says of its version once it is unpacked, as `npm install` does. */
function ranAs(packed, expected) {
  const folder = path.join(work, 'installed');
  call('npm', ['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', '--loglevel=error', packed]);
  const said = call(path.join(folder, 'node_modules/.bin/kubectl-dr'), ['version']).trim();
  if (said !== `Client Version: v${expected}`) throw new Error(`the package says "${said}"`);
  return said;
}

function archived(folder, files, name, system) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const names = files.map((file) => path.basename(file));
  for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)));
  const archive = `${name}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
  if (system === 'windows') call('zip', ['-q', '-9', archive, ...names], { cwd: folder });
  else call('tar', ['-czf', archive, '-C', folder, ...names]);
  return archive;
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
