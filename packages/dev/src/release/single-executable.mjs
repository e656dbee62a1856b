import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleSingle } from '../bundle.mjs';
import { root } from '../install.mjs';
import { call } from './call.mjs';

/** By the name of Node's package for it. macOS is left out: its executables have to be signed there. */
export const platforms = {
  'linux-x64': { os: 'linux', arch: 'amd64' },
  'linux-arm64': { os: 'linux', arch: 'arm64' },
  'win-x64': { os: 'windows', arch: 'amd64' },
};

const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const injector = 'postject@1.0.0-alpha.6';

/** Node of that platform with the whole command inside. Gives the file and how it was checked; throws what is in the way. */
export async function singleExecutable({ name, work }) {
  const { optionalDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const windows = platforms[name].os === 'windows';
  const folder = path.join(work, name);
  mkdirSync(folder, { recursive: true });
  const node = nodeFor(name, optionalDependencies[`node-${name}`], folder, windows);
  const file = path.join(folder, `kubectl-dr${windows ? '.exe' : ''}`);
  copyFileSync(node, file);
  chmodSync(file, 0o755);
  const own = `${process.platform}-${process.arch}` === name;
  const blob = await blobFor(folder, own);
  if (own) stripped(file);
  call('npm', ['exec', '--yes', `--package=${injector}`, '--', 'postject', file, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse]);
  return { file, checked: own ? ran(file) : looked(file, blob) };
}

function nodeFor(name, version, folder, windows) {
  const program = windows ? 'bin/node.exe' : 'bin/node';
  const local = path.join(root, 'node_modules', `node-${name}`, program);
  if (existsSync(local)) return local;
  const [{ filename }] = JSON.parse(call('npm', ['pack', `node-${name}@${version}`, '--json', '--pack-destination', folder]));
  call('tar', ['-xzf', path.join(folder, filename), '-C', folder]);
  return path.join(folder, 'package', program);
}

/** Compiled code is kept in it only for the platform that we run on: it would be refused on another. */
async function blobFor(folder, own) {
  const main = path.join(folder, 'kubectl-dr.cjs');
  const blob = path.join(folder, 'kubectl-dr.blob');
  await bundleSingle(main);
  const config = path.join(folder, 'sea.json');
  writeFileSync(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: own }));
  call(process.execPath, ['--experimental-sea-config', config]);
  return blob;
}

/** Symbols are a fifth of Node, and nobody debugs it here. */
function stripped(file) {
  try {
    call('strip', [file]);
  } catch {
    // It only makes it smaller.
  }
}

function ran(file) {
  const env = { PATH: '/nowhere', HOME: path.dirname(file) };
  const said = call(file, ['version', '-o', 'jsonpath={.client.version} by Node {.client.node}'], { env });
  call(file, ['explain', 'RPO_BREACHED'], { env });
  call(file, ['__complete', 'get', ''], { env });
  return `run: ${said}`;
}

function looked(file, blob) {
  const bytes = readFileSync(file);
  if (!bytes.includes(`${fuse}:1`)) throw new Error('the executable does not know that it carries something');
  if (!bytes.includes(readFileSync(blob).subarray(0, 4096))) throw new Error('the command is not in the executable');
  return 'not run here; carries the command';
}
