// Field numbers of Kubernetes' protobuf messages, from the tags of its Go types: what kubectl writes that way, the sandbox reads.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../install.mjs';

const types = path.join(root, 'packages/sandbox/data/types.json');
/** Sent to types of `types.json` without being one. */
const besides = ['meta/v1.DeleteOptions', 'authentication/v1.TokenRequest', 'policy/v1.Eviction', 'autoscaling/v1.Scale'];
const bases = {
  string: 'text',
  bool: 'bool',
  int32: 'number',
  int64: 'number',
  '[]byte': 'bytes',
  'metav1.Time': 'time',
  'metav1.MicroTime': 'time',
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrText',
  'runtime.RawExtension': 'json',
  'types.UID': 'text',
};
/** Go's name of an imported package -> its place in our names. */
const imports = { metav1: 'meta/v1', v1: 'core/v1', corev1: 'core/v1', apiv1: 'core/v1' };

/** Folder of a module of the control plane, when Go is here and has it. */
function folderOf(module) {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin`, GOFLAGS: '-mod=mod', GOPROXY: 'off' };
  const { stdout } = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: path.join(root, 'test/cluster/tools'), env });
  return stdout?.toString().trim() ?? '';
}

export const protobufMessages = {
  file: path.join(root, 'packages/sandbox/data/protobuf.json'),
  missing: () =>
    folderOf('k8s.io/api') && folderOf('k8s.io/apimachinery') ? undefined : 'Go does not know the modules of the control plane',
  async make() {
    const folders = { api: folderOf('k8s.io/api'), meta: path.join(folderOf('k8s.io/apimachinery'), 'pkg/apis/meta/v1') };
    const packages = new Map();
    const packageOf = (name) => {
      if (!packages.has(name)) packages.set(name, goTypes(name === 'meta/v1' ? folders.meta : path.join(folders.api, name)));
      return packages.get(name);
    };
    const messages = new Map();
    const add = (name) => {
      const [within, type] = name.split('.');
      const found = packageOf(within).structs.get(type);
      if (messages.has(name) || found === undefined) return;
      messages.set(name, undefined);
      messages.set(
        name,
        messageOf(found, (go) => reference(go, within, packageOf, add)),
      );
    };
    for (const [apiVersion, rows] of Object.entries(JSON.parse(readFileSync(types, 'utf8')))) {
      const [version, group = 'core'] = apiVersion.split('/').reverse();
      for (const { kind } of rows) add(`${group.split('.')[0]}/${version}.${kind}`);
    }
    besides.forEach(add);
    const lines = [...messages]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, fields]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
    return `{\n${lines.join(',\n')}\n}\n`;
  },
};

function goTypes(folder) {
  const file = path.join(folder, 'types.go');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return {
    structs: new Map([...text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)].map(([, name, body]) => [name, body])),
    others: new Map([...text.matchAll(/^type (\w+) (?!struct|interface)(\S+)/gm)].map(([, name, of]) => [name, of])),
  };
}

/** Number -> name in JSON and type: `[]` a list, `{}` a map, `?` left out when it is zero, no name: its fields stand in their parent. */
function messageOf(body, refer) {
  const fields = {};
  for (const [, go, json, number] of body.matchAll(/^\s*(?:\w+\s+)?([\w.*[\]]+)\s+`json:"([^"]*)"[^`]* protobuf:"\w+,(\d+),/gm)) {
    const [name, ...options] = json.split(',');
    const zero = go.startsWith('*') || !options.includes('omitempty') ? '' : '?';
    fields[number] = [name, refer(go.replace('*', '')) + zero];
  }
  return fields;
}

/** A Go type in our words; messages that it needs are added. */
function reference(go, within, packageOf, add) {
  if (bases[go]) return bases[go];
  if (go.startsWith('[]')) return `[]${reference(go.slice(2), within, packageOf, add)}`;
  if (go.startsWith('map[')) return `{}${reference(go.slice(go.indexOf(']') + 1), within, packageOf, add)}`;
  const [alias, name] = go.includes('.') ? go.split('.') : [undefined, go];
  const place = alias === undefined ? within : (imports[alias] ?? `unknown package ${alias} in ${within}`);
  if (bases[`metav1.${name}`] && place === 'meta/v1') return bases[`metav1.${name}`];
  const { structs, others } = packageOf(place);
  if (others.has(name)) return reference(others.get(name), place, packageOf, add);
  if (!structs.has(name)) throw new Error(`${place} has no type ${name}`);
  if (name === 'FieldsV1') return 'json';
  add(`${place}.${name}`);
  return `${place}.${name}`;
}
