import type { Rewrite } from '../../ports/engine.ts';

/**
 * Rewrites as Velero's resource modifiers, version v1. Written as JSON, which is YAML. `value` is a string that the
 * server reads as JSON where it looks like JSON and quotes otherwise (internal/resourcemodifiers/json_patch.go), so
 * every value but a plain string is sent as its JSON.
 */
export function modifiers(rewrites: readonly Rewrite[]): string {
  return JSON.stringify({
    version: 'v1',
    resourceModifierRules: rewrites.map(({ resource, namespace, name, patches }) => ({
      conditions: { groupResource: resource, resourceNameRegex: `^${escape(name)}$`, namespaces: [namespace] },
      patches: patches.flatMap(certain).map(({ op, path, value }) => ({
        operation: op,
        path,
        ...(value === undefined ? {} : { value: typeof value === 'string' ? value : JSON.stringify(value) }),
      })),
    })),
  });
}

/**
 * The server applies the rules after its own actions (restore.go), which take off node ports and the like themselves; a
 * `remove` of what is gone already would be an error of the restore. A field that was just added can always be removed.
 */
function certain(patch: Rewrite['patches'][number]): Rewrite['patches'] {
  return patch.op === 'remove' && !/\/(?:\d+|-)$/.test(patch.path) ? [{ op: 'add', path: patch.path, value: 0 }, patch] : [patch];
}

function escape(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
