import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { artefact, assertReadable } from './artefacts.ts';
import { fields } from './schema.ts';
import { filesOfTar } from './tar.ts';

const decoder = new TextDecoder();

/**
 * The captured objects of some namespaces and these namespaces themselves, raw. In the archive they lie under
 * `resources/<plural.group>/namespaces/<ns>/<name>.json`; the preferred version is also written under
 * `resources/<plural.group>/<version>-preferredversion/...`, which is the same object again.
 */
export async function objects(context: EngineContext, point: RecoveryPoint, namespaces: string[]): Promise<KubeObject[]> {
  await assertReadable(context, point.name);
  const archive = await artefact(context, 'BackupContents', point.name);
  const wanted = new Set(namespaces);
  const found: KubeObject[] = [];
  for (const { name, bytes } of archive ? filesOfTar(archive) : []) {
    const [root, type, scope, ...rest] = name.replace(/^\.\//, '').split('/');
    if (root !== 'resources') continue;
    const [namespace, file] = rest;
    const inside = scope === 'namespaces' && namespace !== undefined && wanted.has(namespace) && file?.endsWith('.json');
    const itself = type === 'namespaces' && scope === 'cluster' && rest.length === 1 && wanted.has(namespace!.replace(/\.json$/, ''));
    if (!inside && !itself) continue;
    const object = parse(bytes);
    if (object) found.push(object);
  }
  return found;
}

function parse(bytes: Uint8Array): KubeObject | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    const { kind, apiVersion, metadata } = fields(value);
    return typeof kind === 'string' && typeof apiVersion === 'string' && typeof fields(metadata).name === 'string'
      ? (value as KubeObject)
      : undefined;
  } catch {
    return undefined;
  }
}
