// Fields of Kubernetes' built-in types, from the Go types that the API server itself decodes into.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';

const data = path.join(root, 'packages/sandbox/data');
const go = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/local/go/bin']
  .map((folder) => path.join(folder, 'go'))
  .find(existsSync);

/** Sent to types of `types.json` without being one. */
const besides = ['v1 Binding', 'v1 DeleteOptions', 'authentication.k8s.io/v1 TokenRequest', 'policy/v1 Eviction', 'autoscaling/v1 Scale'];

export const builtInFields = {
  file: path.join(data, 'fields.json'),
  missing: () => (go ? undefined : 'Go is absent'),
  make() {
    const types = JSON.parse(readFileSync(path.join(data, 'types.json'), 'utf8'));
    const kinds = [...Object.entries(types).flatMap(([apiVersion, rows]) => rows.map(({ kind }) => `${apiVersion} ${kind}`)), ...besides];
    const cwd = path.join(root, 'test/cluster/tools');
    const { stdout, stderr, status } = spawnSync(go, ['run', './fields'], {
      cwd,
      input: kinds.join('\n'),
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    });
    if (status !== 0) throw new Error(`the fields of built-in types cannot be read: ${stderr}`);
    return stdout;
  },
};
