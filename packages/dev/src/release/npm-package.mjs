import { cpSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';
import { call } from './call.mjs';

/** The package for npm: the bundle, which contains all that it needs, so it depends on nothing. Gives the archive. */
export function npmPackage({ bundle, version, license, work, out }) {
  const folder = path.join(work, 'package');
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  cpSync(bundle, path.join(folder, 'dist'), { recursive: true });
  copyFileSync(path.join(root, 'kubectl-plugin/bin/kubectl_complete-dr'), path.join(folder, 'bin/kubectl_complete-dr'));
  copyFileSync(path.join(root, 'docs/cli.md'), path.join(folder, 'README.md'));
  copyFileSync(license, path.join(folder, 'LICENSE'));
  const { name, description, license: terms, engines } = JSON.parse(readFileSync(path.join(root, 'kubectl-plugin/package.json'), 'utf8'));
  const bin = { 'kubectl-dr': 'dist/kubectl-dr.cjs', 'kubectl_complete-dr': 'bin/kubectl_complete-dr' };
  const manifest = { name, version, description, license: terms, bin, files: ['bin', 'dist'], engines };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const [{ filename }] = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', out], { cwd: folder }));
  return path.join(out, filename);
}
